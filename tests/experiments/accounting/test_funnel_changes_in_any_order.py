"""The funnel equals a recomputation in plain Python, and the raw count, whatever arrives when, and at once."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets.erasure import erase_visitor
from experiments.accounting import funnel_changes, funnel_existing
from experiments.accounting.ingestion import EventRecord
from experiments.models import EventType, Experiment, FunnelChange, FunnelVisitor, UncountedEvents, Variant, WidgetEvent
from tests import factories
from tests.examples import examples
from tests.experiments.accounting import funnel_events
from tests.experiments.accounting.funnel_events import event, expected, from_days, from_events, from_sums, receive
from tests.factories import NOON

VISITORS = ["v_1", "v_2", "v_3"]
DAY_MINUTES = 24 * 60
KIND = st.sampled_from([*EventType.values, "accept", "undone", "undone"])
EVENT = st.tuples(
    st.just("event"),
    st.integers(1, 12),  # of the event's id: some come again, an hour and a half later
    st.sampled_from(VISITORS),
    st.integers(0, 1),
    KIND,
    st.integers(-40 * DAY_MINUTES, 3 * DAY_MINUTES),
    st.booleans(),
)
OTHER = st.sampled_from([("add up",), ("count",), ("erase", "v_1"), ("upgrade",), ("forget events",)])


@dataclass
class Shop:
    """A test with its variants, and every event that counts in it."""

    experiment: Experiment
    variants: list[Variant]
    stored: dict[UUID, EventRecord] = field(default_factory=dict)
    is_complete: bool = True  # while no event was deleted for its age

    def take(self, what: str, *rest: object) -> None:
        if what == "event":
            self.take_event(*rest)
        elif what == "erase":
            self.stored = {key: one for key, one in self.stored.items() if one.visitor_id != rest[0]}
            erase_visitor(self.experiment.store, str(rest[0]), actor="ada")
        elif what == "upgrade" and self.is_complete:
            UncountedEvents.objects.all().delete()
            funnel_events.forget_what_was_noted()
        elif what == "count":
            funnel_existing.count_next(timedelta(days=15))
        elif what == "forget events":
            # as the nightly job does: whatever isn't counted is counted first
            funnel_existing.count_existing()
            WidgetEvent.objects.filter(type="click").delete()
            self.is_complete = False
        elif what == "add up":
            funnel_changes.add_up_changes()

    def take_event(self, number, visitor_id, variant, kind, minutes, is_automated) -> None:
        record = event(
            self.variants[variant],
            visitor_id,
            "decline" if kind == "undone" else kind,
            minutes=minutes,
            event_id=UUID(int=number),
            undone=kind == "undone",
            is_automated=is_automated and visitor_id == "v_3",
        )
        again = self.stored.get(record.event_id)
        if again is None:
            receive(self.variants[variant], record, minutes=minutes)
            self.stored[record.event_id] = record
        elif self.is_complete:  # an id whose event was deleted would count again
            receive(self.variants[variant], again, minutes=int((again.occurred_at - NOON).total_seconds()) // 60 + 90)

    def check(self) -> None:
        """What is read is right at this instant, in each way that it can be read."""
        counts = expected(self.stored.values())
        if not UncountedEvents.objects.exists():
            assert from_sums(self.experiment) == counts
            assert funnel_events.days_that_differ() == []
        if self.is_complete:
            assert from_events(self.experiment) == counts


@pytest.mark.slow
@pytest.mark.django_db
@examples(60)
@given(steps=st.lists(st.one_of(EVENT, EVENT, EVENT, OTHER), min_size=4, max_size=22))
def test_funnel_any_arrival_order_equals_plain_recomputation(steps):
    experiment = factories.make_experiment()
    shop = Shop(experiment, list(experiment.variants.order_by("key")))
    for step in steps:
        shop.take(*step)
        shop.check()
    funnel_existing.count_existing()
    shop.check()
    funnel_changes.add_up_changes()
    shop.check()
    assert from_days(experiment) == expected(shop.stored.values())
    assert not FunnelChange.objects.filter(experiment=experiment).exists()
    assert {row.visitor_id for row in FunnelVisitor.objects.filter(experiment=experiment)} == {
        one.visitor_id for one in shop.stored.values() if one.type not in funnel_events.NOT_IN_FUNNELS
    }


def run_at_once(*actions) -> None:
    """Run each on a thread and a connection of its own; what one of them raises is raised here."""
    raised: list[BaseException] = []

    def run(action) -> None:
        try:
            action()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert raised == []


@contextmanager
def working() -> Iterator[None]:
    """Let a worker add up meanwhile, a few changes at a time."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            funnel_changes.add_up_batch(7)
            done.wait(0.05)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join(60)


@pytest.mark.django_db(transaction=True)
def test_visitor_erased_while_their_events_are_added_up_is_in_no_count():
    treatment = factories.make_experiment().variants.get(key="treatment")
    receive(treatment, event(treatment, "v_1", "click"))
    taken = threading.Event()

    def add_up_slowly() -> None:
        with transaction.atomic():
            funnel_changes.add_up_batch(9)
            taken.set()
            time.sleep(0.5)  # what is taken is written, and not committed

    def erase() -> None:
        taken.wait(10)
        erase_visitor(treatment.experiment.store, "v_1", actor="ada")

    run_at_once(add_up_slowly, erase)
    assert from_sums(treatment.experiment) == {}
    assert not FunnelVisitor.objects.exists()


def make_batches(variants: list[Variant], chance: random.Random) -> list[list[EventRecord]]:
    """Batches of eight visitors, who see both variants, accept, take back, and one of whom is found to be a robot."""
    batches = []
    for number in range(40):
        visitor_id = f"v_{number % 8}"
        batch = []
        for _ in range(chance.randint(1, 5)):
            kind = chance.choice([*EventType.values, "accept"])
            record = event(
                chance.choice(variants),
                visitor_id,
                kind,
                minutes=chance.randint(-3_000, 3_000),
                undone=kind == "decline" and chance.random() < 0.5,
                is_automated=visitor_id == "v_7" and chance.random() < 0.3,
            )
            batch.append(record)
        batches.append(batch)
    return batches


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_funnel_of_two_edges_a_worker_an_erasure_and_an_upgrade_at_once_equals_the_raw_count():
    experiment = factories.make_experiment()
    variants = list(experiment.variants.order_by("key"))
    chance = random.Random(14)
    batches = make_batches(variants, chance)
    for batch in batches[:15]:
        receive(variants[0], *batch)
    funnel_events.forget_what_was_noted()
    chance_of_edges = random.Random(15)

    def edge(order: list[list[EventRecord]]) -> None:
        for batch in order:
            receive(variants[0], *batch, minutes=chance_of_edges.randint(-50, 50))

    with working():
        run_at_once(
            lambda: edge(batches[8:]),
            lambda: edge(list(reversed(batches[8:]))),
            funnel_existing.count_existing,
            lambda: [erase_visitor(experiment.store, "v_1", actor="ada") for _ in range(4)],
        )
    assert not UncountedEvents.objects.exists()
    assert from_sums(experiment) == from_events(experiment)
    funnel_changes.add_up_changes()
    assert from_days(experiment) == from_events(experiment)
    assert funnel_events.days_that_differ() == []
    # Of the one who was erased nobody knows which batches came before it.
    others = [record for batch in batches for record in batch if record.visitor_id != "v_1"]
    FunnelVisitor.objects.filter(visitor_id="v_1").delete()
    assert from_days(experiment) == expected(others)
