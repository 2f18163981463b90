"""What all offers of a store together are worth: its holdout, who never sees one, against everybody else.

A store that holds visitors out has one hidden experiment, whose report is like any other's. Exposed are visitors who
reach a moment at which something could have been offered, held out or not, so that the two kinds are the same. When the
share changes, a new one begins: with the old one's visitors the split would be neither share.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments.assignment.allocation import is_held_out
from experiments.models import AssignmentUnit, Experiment, Order, Source, Status, Store, Variant
from experiments.reading.exposures import has_exposures
from experiments.running import caps

KEY = "holdout"
HELD_OUT, OFFERS = "held-out", "offers"
WEIGHTS = 10_000  # of both variants together
WINDOW_DAYS = 30
HYPOTHESIS = gettext_lazy("All offers of the store, at all moments together, earn more per visitor than no offers.")


def sync_holdout(store: Store, now: datetime) -> Experiment | None:
    """Make sure that the store's holdout experiment is there and follows its share.

    None where nobody, or everybody, is held out. Safe to repeat, and for several callers at once.
    """
    with transaction.atomic():
        # locked, so that of two callers at once one begins an experiment and the other finds it
        share = Store.objects.select_for_update().values_list("holdout_share", flat=True).get(pk=store.pk)
        # of visitors: one of customers would be that of messages
        current = Experiment.with_holdouts.filter(
            store=store, source=Source.HOLDOUT, status=Status.RUNNING, unit=AssignmentUnit.VISITOR
        ).first()
        if current and weights_of(current) == weights(share):
            return current
        if current:
            end_holdout(current, now)
        if not 0 < share < 1:
            return None
        return start_holdout(store, share, now)


def sync_all_holdouts(now: datetime) -> None:
    """Make sure of every store's holdout experiment."""
    running = Experiment.with_holdouts.filter(source=Source.HOLDOUT, status=Status.RUNNING).values("store")
    for store in Store.objects.filter(holdout_share__gt=0) | Store.objects.filter(pk__in=running):
        sync_holdout(store, now)


def weights(share: float) -> dict[str, int]:
    """Return the weights of the two variants where ``share`` of the visitors is held out; none where nobody is."""
    if not 0 < share < 1:
        return {}
    held_out = min(max(round(share * WEIGHTS), 1), WEIGHTS - 1)  # a variant of weight 0 would be no variant
    return {HELD_OUT: held_out, OFFERS: WEIGHTS - held_out}


def weights_of(experiment: Experiment) -> dict[str, int]:
    """Return the weights that the experiment's variants have."""
    return dict(experiment.variants.values_list("key", "weight"))


def start_holdout(store: Store, share: float, now: datetime) -> Experiment:
    """Make the experiment, running from now on, with a control that sees no offers."""
    experiment = Experiment.with_holdouts.create(
        store=store,
        key=store.free_key(KEY),
        name=_("Holdout: all offers against none"),
        hypothesis=str(HYPOTHESIS),
        moment="",  # all of them
        status=Status.RUNNING,
        source=Source.HOLDOUT,
        started_at=now,
        day_zone=store.zone.key,
        attribution_window_days=WINDOW_DAYS,
    )
    for name, value in caps.fields_at_launch(experiment, now).items():
        setattr(experiment, name, value)
    experiment.save()
    shares = weights(share)
    Variant.objects.create(
        experiment=experiment, key=HELD_OUT, name=_("Held out"), is_control=True, weight=shares[HELD_OUT]
    )
    Variant.objects.create(experiment=experiment, key=OFFERS, name=_("Offers"), weight=shares[OFFERS])
    return experiment


def end_holdout(experiment: Experiment, now: datetime) -> None:
    """End the experiment and give its key away; one that never saw a visitor goes without a trace."""
    if not has_exposures(experiment):
        experiment.delete()
        return
    experiment.status, experiment.ended_at = Status.STOPPED, now
    experiment.key = experiment.store.free_key(f"{KEY}-until-{now:%Y-%m-%d}")
    experiment.save(update_fields=["status", "ended_at", "key", "updated_at"])
    caps.fix_cap(experiment, now)


def holdout_of_order(order: Order) -> bool | None:
    """Return whether whoever placed the order is in the store's holdout, and never sees an offer.

    The holdout is one of visitors: an order tells it by the visitor that it names or is linked to. None where nobody
    knows the visitor, such as of a telephone order.
    """
    visitor_id = order.visitor_id or order.linked_visitor_id
    if not visitor_id:
        return None
    return is_held_out(order.store.slug, visitor_id, order.store.holdout_share)
