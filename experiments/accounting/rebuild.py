"""Outcomes and sums from scratch, on a database in use: a proof that what is kept equals what it is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from experiments.accounting import customers, funnel_check, identity, outcomes, rollups, single_use
from experiments.accounting.outcomes import LockSubject
from experiments.batches import batches
from experiments.models import Experiment, Exposure

# How many visitors, orders or acceptances a transaction holds the locks of: what arrives about them waits meanwhile.
BATCH = 2_000


@dataclass(slots=True)
class RebuildResult:
    """What was computed again, and how much of it had been wrong: whose orders are, by visitor and by customer, whose
    outcomes hang on the wrong order of an acceptance, exposures, sums of days not yet touched, and visitors and days of
    the funnel."""

    exposures: int = 0
    wrong_links: int = 0
    missing_keys: int = 0
    wrong_acceptances: int = 0
    wrong_exposures: int = 0
    days: int = 0
    wrong_sums: int = 0
    wrong_funnel_counts: int = 0

    @property
    def wrong(self) -> int:
        """All that differed."""
        of_orders = self.wrong_links + self.missing_keys + self.wrong_acceptances + self.wrong_exposures
        return of_orders + self.wrong_sums + self.wrong_funnel_counts


def rebuild(experiment: Experiment, *, on_progress: Callable[[int], None] = lambda exposures: None) -> RebuildResult:
    """Find again whose orders are and for which each acceptance counts, compute every outcome column and every day's
    sums and the funnel, and put right what differs.

    Exposures whose outcome is nothing, of visitors who have no order, are right as they are; all others are computed.
    Each batch of visitors and each month of days is a transaction of its own, so that nothing that arrives meanwhile
    has to wait for long. ``on_progress`` is told how many exposures are done.
    """
    rebuilt = RebuildResult(
        missing_keys=customers.fill_missing_keys(experiment.store_id),
        wrong_links=relink(experiment.store_id),
        wrong_acceptances=settle_again(experiment.store_id),
    )
    rebuilt.exposures = Exposure.objects.for_experiment(experiment).count()
    visitors = outcomes.visitors_to_compute(experiment.store_id, experiment.pk)
    done = rebuilt.exposures - len(visitors)
    on_progress(done)
    for batch in batches(visitors, BATCH):
        with transaction.atomic():
            # Against orders and exposures that arrive at this instant: their outcomes would be overwritten.
            outcomes.lock(LockSubject.VISITOR, experiment.store_id, batch)
            rebuilt.wrong_exposures += outcomes.recompute(experiment.store_id, batch)
        done += len(batch)
        on_progress(done)
    days = rollups.days_of(experiment)
    rebuilt.days, rebuilt.wrong_sums = len(days), rollups.refresh_each(experiment.pk, days).wrong
    rebuilt.wrong_funnel_counts = funnel_check.rebuild_funnel(experiment)
    return rebuilt


def relink(store_id: int) -> int:
    """Find again whose the orders are that name no visitor, and return how many had been linked wrongly."""
    wrong = 0
    for batch in batches(identity.linkable(store_id), BATCH):
        external_ids, customers = zip(*batch, strict=True)
        with transaction.atomic():
            # Against orders and sightings that arrive at this instant: a link would be stored that they disprove.
            outcomes.lock(LockSubject.ORDER, store_id, external_ids)
            outcomes.lock(LockSubject.CUSTOMER, store_id, identity.known_only(set(customers)))
            links = identity.link(store_id, external_ids, [])
            moved = identity.visitors_with_other_orders(links)
            outcomes.lock(LockSubject.VISITOR, store_id, moved)
            outcomes.recompute(store_id, moved)
        for order in links:
            if order.before != order.now:
                wrong += 1
    return wrong


def settle_again(store_id: int) -> int:
    """Let each acceptance count for its first order, and return how many visitors had a line of another one."""
    wrong = 0
    for batch in batches(single_use.carried_by_several(store_id), BATCH):
        with transaction.atomic():
            single_use.lock(store_id, batch)
            visitors = single_use.settle(store_id, batch)
            outcomes.lock(LockSubject.VISITOR, store_id, visitors)
            outcomes.recompute(store_id, visitors)
        wrong += len(visitors)
    return wrong
