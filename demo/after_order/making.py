"""Makes the customers of the first start by the worker, a few days at a time, while the demo is in use already.

They take as long as all the rest of the demo, and nothing in the shop needs them. A file beside the database says how
far they are, so that pages can say so without asking the database.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from checkout_widgets.models import ConfirmationQuestion
from demo.after_order import days, ordering
from demo.after_order.customers import DAYS
from demo.after_order.ordering import SimulatedDay
from demo.simulation.effects import Basket, past_baskets
from experiments.accounting.rollups import refresh_after_bulk
from experiments.models import AssignmentUnit, Experiment, Store
from experiments.snapshots import take_snapshot
from journeys.models import CustomerMessage, Journey, Sender, StageSettings

QUESTION = {
    "is_on": True,
    "text": "Who is your order for?",
    "choices": [
        {"tag": "own-home", "text": "My own home"},
        {"tag": "gift", "text": "Somebody else: it is a gift"},
        {"tag": "business", "text": "My shop or office"},
    ],
}
DAYS_A_JOB = 15  # a few seconds: what a visitor waits for comes in between


class MakingProgress(NamedTuple):
    """How many of how many days are lived."""

    days: int
    of: int


def marker() -> Path:
    """Return where the number of days lived stands while customers are being made."""
    return Path(settings.DATA_DIR) / "demo_customers_made"


def progress() -> MakingProgress | None:
    """Return how far the customers are; nothing where none are being made."""
    try:
        return MakingProgress(int(marker().read_text() or 0), DAYS)
    except (FileNotFoundError, ValueError):
        return None


def note_progress(lived: int) -> None:
    """Write down how far they are: in whole, as pages read it meanwhile."""
    marker().parent.mkdir(parents=True, exist_ok=True)
    beside = marker().with_suffix(".new")
    beside.write_text(str(lived))
    beside.replace(marker())


def is_unmade(store: Store, now: datetime) -> bool:
    """Whether customers of the first start are missing."""
    if not Journey.objects.filter(store=store).exists():
        return True
    due = days.days_due(store, now)
    return bool(due) and due[0].number < DAYS


def make_some(store: Store, address: str, now: datetime) -> bool:
    """Live the next days, and return whether others are left."""
    if not Journey.objects.filter(store=store).exists():
        with transaction.atomic():
            days.begin(store, address, now)
            hold_sender(store, is_on=False)
    due = days.days_due(store, now)
    part = due[:DAYS_A_JOB]
    baskets = past_baskets(store)
    ordering.keep_customers(store, part)
    for day in part:
        live_unseen(store, day, baskets, is_last=day == due[-1])
        note_progress(day.number + 1)
    if len(part) < len(due):
        return True
    store_reports(store, now)
    StageSettings.objects.get_or_create(store=store, defaults={"is_on": True})
    ConfirmationQuestion.objects.get_or_create(store=store, defaults=QUESTION)
    days.work_out_stages(store, now)
    marker().unlink(missing_ok=True)
    return False


def live_unseen(store: Store, day: SimulatedDay, baskets: Sequence[Basket], *, is_last: bool) -> None:
    """Live a day whose sender nobody else sees on.

    Between two days the worker would find steps due that the next day plans at its own time, and messages too late to
    go out. Those of the last day are the worker's.
    """
    with transaction.atomic():
        hold_sender(store, is_on=True)
        days.live(store, day, baskets, days.DaysLived())
        if not is_last:
            days.hand_over(CustomerMessage.objects.filter(store=store, planned_at__lte=day.ends_at))
            hold_sender(store, is_on=False)


def hold_sender(store: Store, *, is_on: bool) -> None:
    """Switch the store's sender."""
    Sender.objects.filter(store=store).update(is_on=is_on)


def store_reports(store: Store, now: datetime) -> None:
    """Add up what the tests of journeys came to, and store their reports."""
    for experiment in Experiment.objects.filter(store=store, unit=AssignmentUnit.CUSTOMER):
        refresh_after_bulk(experiment)
        take_snapshot(experiment, now=now)
