"""What all offers of a store together are worth, and all its messages: those who never get any, against everybody else.

A store that holds visitors out has one hidden experiment, whose report is like any other's. Exposed are visitors who
reach a moment at which something could have been offered, held out or not, so that the two kinds are the same. When the
share changes, a new one begins: with the old one's visitors the split would be neither share. The holdout of messages
is the same with customers, who are exposed at send points (``journeys/message_holdout.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments.assignment.allocation import is_held_out
from experiments.models import (
    CUSTOMER_WINDOW_DAYS,
    AssignmentUnit,
    Experiment,
    Order,
    Source,
    Status,
    Store,
    Variant,
)
from experiments.reading.exposures import has_exposures
from experiments.running import caps

HELD_OUT, OFFERS, MESSAGES = "held-out", "offers", "messages"  # keys of variants
WEIGHTS = 10_000  # of both variants together


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutKind:
    """What a holdout measures: whom it holds out, and what they don't get.

    ``key`` is that of the experiment while it runs, ``treatment`` the key of the variant that gets everything.
    """

    unit: AssignmentUnit
    key: str
    treatment: str
    treatment_name: str | Promise
    name: str | Promise
    hypothesis: str | Promise
    window_days: int


OF_OFFERS = HoldoutKind(
    unit=AssignmentUnit.VISITOR,
    key="holdout",
    treatment=OFFERS,
    treatment_name=gettext_lazy("Offers"),
    name=gettext_lazy("Holdout: all offers against none"),
    hypothesis=gettext_lazy("All offers of the store, at all moments together, earn more per visitor than no offers."),
    window_days=30,
)
OF_MESSAGES = HoldoutKind(
    unit=AssignmentUnit.CUSTOMER,
    key="message-holdout",
    treatment=MESSAGES,
    treatment_name=gettext_lazy("Messages"),
    name=gettext_lazy("Message holdout: all messages against none"),
    hypothesis=gettext_lazy("All messages of the store, of all journeys together, earn more per customer than none."),
    window_days=CUSTOMER_WINDOW_DAYS,
)


def sync_holdout(store: Store, now: datetime) -> Experiment | None:
    """Make sure that the store's holdout experiment is there and follows its share.

    None where nobody, or everybody, is held out. Safe to repeat, and for several callers at once.
    """
    with transaction.atomic():
        # locked, so that of two callers at once one begins an experiment and the other finds it
        share = Store.objects.select_for_update().values_list("holdout_share", flat=True).get(pk=store.pk)
        return follow_share(OF_OFFERS, store, share, now)


def sync_all_holdouts(now: datetime) -> None:
    """Make sure of every store's holdout experiment."""
    running = running_holdouts(OF_OFFERS).values("store")
    for store in Store.objects.filter(holdout_share__gt=0) | Store.objects.filter(pk__in=running):
        sync_holdout(store, now)


def running_holdouts(kind: HoldoutKind) -> QuerySet[Experiment]:
    """Query the experiments of the kind that run, of all stores."""
    return Experiment.with_holdouts.filter(source=Source.HOLDOUT, status=Status.RUNNING, unit=kind.unit)


def follow_share(kind: HoldoutKind, store: Store, share: float, now: datetime) -> Experiment | None:
    """Let the experiment of the kind have this share: as it is, a new one, or none where nobody is held out.

    The caller has locked the row that the share stands in.
    """
    current = running_holdouts(kind).filter(store=store).first()
    wanted = weights(share, kind)
    if current and weights_of(current) == wanted:
        return current
    if current:
        end_holdout(kind, current, now)
    if not wanted:
        return None
    return start_holdout(kind, store, wanted, now)


def weights(share: float, kind: HoldoutKind = OF_OFFERS) -> dict[str, int]:
    """Return the weights of the two variants where this share is held out; none where nobody is."""
    if not 0 < share < 1:
        return {}
    held_out = min(max(round(share * WEIGHTS), 1), WEIGHTS - 1)  # a variant of weight 0 would be no variant
    return {HELD_OUT: held_out, kind.treatment: WEIGHTS - held_out}


def weights_of(experiment: Experiment) -> dict[str, int]:
    """Return the weights that the experiment's variants have."""
    return dict(experiment.variants.values_list("key", "weight"))


def start_holdout(kind: HoldoutKind, store: Store, shares: Mapping[str, int], now: datetime) -> Experiment:
    """Make the experiment, running from now on, with a control that gets nothing."""
    experiment = Experiment.with_holdouts.create(
        store=store,
        key=store.free_key(kind.key),
        name=str(kind.name),
        hypothesis=str(kind.hypothesis),
        moment="",  # all of them
        unit=kind.unit,
        status=Status.RUNNING,
        source=Source.HOLDOUT,
        started_at=now,
        day_zone=store.zone.key,
        attribution_window_days=kind.window_days,
    )
    for name, value in caps.fields_at_launch(experiment, now).items():
        setattr(experiment, name, value)
    experiment.save()
    held_out, treated = shares[HELD_OUT], shares[kind.treatment]
    Variant.objects.create(experiment=experiment, key=HELD_OUT, name=_("Held out"), is_control=True, weight=held_out)
    Variant.objects.create(experiment=experiment, key=kind.treatment, name=str(kind.treatment_name), weight=treated)
    return experiment


def end_holdout(kind: HoldoutKind, experiment: Experiment, now: datetime) -> None:
    """End the experiment and give its key away; one that never exposed anybody goes without a trace."""
    if not has_exposures(experiment):
        experiment.delete()
        return
    experiment.status, experiment.ended_at = Status.STOPPED, now
    experiment.key = experiment.store.free_key(f"{kind.key}-until-{now:%Y-%m-%d}")
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
