"""Outcomes and sums from scratch, on a database in use: a proof that what is kept equals what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from experiments.accounting import identity, outcomes, rollups, single_use
from experiments.accounting.outcomes import LockSubject
from experiments.models import Experiment, Exposure

BATCH = 2_000


@dataclass(slots=True)
class RebuildResult:
    """What was computed again, and how much of it had been wrong: whose orders are, whose outcomes hang on the
    wrong order of an acceptance, exposures, and sums of days not yet touched."""

    exposures: int = 0
    wrong_links: int = 0
    wrong_acceptances: int = 0
    wrong_exposures: int = 0
    days: int = 0
    wrong_sums: int = 0

    @property
    def wrong(self) -> int:
        """All that differed."""
        return self.wrong_links + self.wrong_acceptances + self.wrong_exposures + self.wrong_sums


def rebuild(experiment: Experiment, *, on_progress: Callable[[int], None] = lambda exposures: None) -> RebuildResult:
    """Find again whose orders are and for which each acceptance counts, compute every outcome column and every day's
    sums, and put right what differs.

    Exposures whose outcome is nothing, of visitors who have no order, are right as they are; all others are computed.
    Each batch of visitors and each month of days is a transaction of its own, so that nothing that arrives meanwhile
    has to wait for long. ``on_progress`` is told how many exposures are done.
    """
    rebuilt = RebuildResult(
        wrong_links=relink(experiment.store_id), wrong_acceptances=settle_again(experiment.store_id)
    )
    rebuilt.exposures = Exposure.objects.for_experiment(experiment).count()
    visitors = outcomes.visitors_to_compute(experiment.store_id, experiment.pk)
    on_progress(rebuilt.exposures - len(visitors))
    for start in range(0, len(visitors), BATCH):
        batch = visitors[start : start + BATCH]
        with transaction.atomic():
            outcomes.lock(LockSubject.VISITOR, experiment.store_id, batch)
            rebuilt.wrong_exposures += outcomes.recompute(experiment.store_id, batch)
        on_progress(rebuilt.exposures - len(visitors) + start + len(batch))
    days = rollups.days_of(experiment)
    rebuilt.days, rebuilt.wrong_sums = len(days), rollups.refresh_each(experiment.pk, days).wrong
    return rebuilt


def relink(store_id: int) -> int:
    """Find again whose the orders are that name no visitor, and say how many had been linked wrongly."""
    wrong = 0
    orders = identity.linkable(store_id)
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH]
        with transaction.atomic():
            outcomes.lock(LockSubject.ORDER, store_id, [external_id for external_id, _ in batch])
            outcomes.lock(LockSubject.CUSTOMER, store_id, {customer_id for _, customer_id in batch} - {""})
            links = identity.link(store_id, [external_id for external_id, _ in batch], [])
            moved = identity.visitors_with_other_orders(links)
            outcomes.lock(LockSubject.VISITOR, store_id, moved)
            outcomes.recompute(store_id, moved)
        wrong += sum(one.before != one.now for one in links)
    return wrong


def settle_again(store_id: int) -> int:
    """Let each acceptance count for its first order, and say how many visitors had a line of another one."""
    wrong = 0
    acceptances = single_use.carried_by_several(store_id)
    for start in range(0, len(acceptances), BATCH):
        batch = acceptances[start : start + BATCH]
        with transaction.atomic():
            single_use.lock(store_id, batch)
            visitors = single_use.settle(store_id, batch)
            outcomes.lock(LockSubject.VISITOR, store_id, visitors)
            outcomes.recompute(store_id, visitors)
        wrong += len(visitors)
    return wrong
