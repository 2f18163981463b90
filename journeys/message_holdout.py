"""The holdout of messages: a share of a store's customers who get no message of any journey, compared with all others.

An experiment whose unit is the customer (``experiments/running/holdout.py``). Exposed is whoever comes to this check at
a send point, in both arms at the same instant: what holds a message back before it knows no arm, and what comes after
it, such as the hours or the cap, is a part of what messages are. Who was counted in an earlier holdout, before its
share was changed, isn't counted again: messages have made such customers different, as those who opted out come here no
more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from experiments.models import AssignmentUnit, Experiment, Source, Store
from experiments.reading.replica import read_connection
from experiments.running.holdout import HELD_OUT, MESSAGES, OF_MESSAGES, follow_share, running_holdouts, weights
from experiments.sql_files import read_sql
from journeys.models import Sender

CONTACTS_WITHOUT_VISITOR = read_sql(__file__, "contacts_without_visitor")
LATELY = timedelta(days=90)
# The newest: a share of a store's last weeks is known well enough by so many, however large the store.
MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class MessageHoldout:
    """A running experiment on a store's messages, by row IDs."""

    experiment_id: int
    held_out_id: int
    messages_id: int

    def variant_id(self, *, is_held_out: bool) -> int:
        """Return which variant a customer is in."""
        if is_held_out:
            return self.held_out_id
        return self.messages_id


class VisitorsKnown(NamedTuple):
    """Customers at send points of the last 90 days: all, and those of whom no visitor is known. The store's holdout
    can't be told of these."""

    contacts: int
    unknown: int

    @property
    def unknown_share(self) -> float | None:
        """The share without a known visitor; None where nobody came to a send point."""
        if not self.contacts:
            return None
        return self.unknown / self.contacts


def sync_message_holdout(store: Store, now: datetime) -> Experiment | None:
    """Make sure that the experiment of the store's messages is there and follows the sender's share.

    None where nobody is held out. Safe to repeat, and for several callers at once.
    """
    with transaction.atomic():
        # locked, so that of two callers at once one begins an experiment and the other finds it
        locked = Sender.objects.select_for_update(of=("self",), no_key=True).filter(store=store)
        share = locked.values_list("holdout_share", flat=True).first()
        return follow_share(OF_MESSAGES, store, share or 0.0, now)


def sync_all_message_holdouts(now: datetime) -> None:
    """Make sure of the experiment of every store's messages."""
    running = running_holdouts(OF_MESSAGES).values("store")
    for store in Store.objects.filter(sender__holdout_share__gt=0) | Store.objects.filter(pk__in=running):
        sync_message_holdout(store, now)


def message_holdout_of(sender: Sender) -> MessageHoldout | None:
    """Return the experiment that customers of the sender's store are exposed in; None where there is none."""
    wanted = weights(sender.holdout_share, OF_MESSAGES)
    if not wanted:
        return None
    variants = {}
    for experiment in running_holdouts(OF_MESSAGES).filter(store=sender.store_id).prefetch_related("variants"):
        variants = {variant.key: variant for variant in experiment.variants.all()}
    # One of another share is about to end: its split would be neither.
    if {key: variant.weight for key, variant in variants.items()} != wanted:
        return None
    held_out, messages = variants[HELD_OUT], variants[MESSAGES]
    return MessageHoldout(held_out.experiment_id, held_out.pk, messages.pk)


def message_holdouts(store: Store) -> QuerySet[Experiment]:
    """Query the experiments of a store's messages, the running one first, then the newest."""
    found = Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT, unit=AssignmentUnit.CUSTOMER)
    return found.select_related("store").order_by("-started_at", "-pk")


def visitors_known(store: Store, now: datetime) -> VisitorsKnown:
    """Count of how many customers at send points no visitor is known."""
    parameters: dict[str, Any] = {"store_id": store.pk, "since": now - LATELY, "most": MOST_POINTS}
    with read_connection().cursor() as cursor:
        cursor.execute(CONTACTS_WITHOUT_VISITOR, parameters)
        return VisitorsKnown(*cursor.fetchone())
