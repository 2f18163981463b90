"""What a test would have got of last week's decisions: estimated from a sample, in decisions and in visitors."""

import random
from datetime import UTC, timedelta
from typing import Any

import pytest

from checkout_widgets.edge import arbiter
from checkout_widgets.edge.arbiter import Shopper
from checkout_widgets.edge.causes import Cause
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.payloads import DecideBody, Visitor
from checkout_widgets.edge.robots import Robot
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.reach.estimate import range_of, reach_of, replayed
from checkout_widgets.reach.replay import Obstacle
from checkout_widgets.reach.week import SampledDecision, Week
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import Experiment, Status, Store
from tests import factories
from tests.checkout_widgets.reach.configurations import make_store, make_test
from tests.factories import NOON

PHONES = {"field": "device", "op": "is", "value": "phone"}


def decided(
    store: Store, contexts: list[Context], *, count: int, days_ago: int = 1, reason: str = "", test: Any = None
) -> None:
    """Store a day's decisions: so many, of which these were sampled."""
    at = NOON - timedelta(days=days_ago)
    ranked = [Ranked(place / len(contexts), context, reason) for place, context in enumerate(contexts)]
    decision_samples.add({SampleGroup(store.pk, "cart", at.date()): ranked})
    key = CountKey(store.pk, at.date(), "cart", test and test.pk, reason or (test and "served") or "no_experiment")
    decision_counts.add({key: Count(count, at, at)})


def draft(store: Store, **fields: Any) -> Experiment:
    return factories.make_live_experiment(store, **{"status": Status.DRAFT, "started_at": None} | fields)


@pytest.mark.django_db
def test_reach_is_none_where_no_page_asked_last_week():
    store = factories.make_store()
    experiment = draft(store)
    assert reach_of(experiment, NOON) is None
    decided(store, [Context()], count=10, days_ago=9)
    assert reach_of(experiment, NOON) is None


@pytest.mark.django_db
def test_reach_of_the_only_test_is_everybody_that_its_rules_match():
    store = factories.make_store()
    decided(store, [Context(device="phone")] * 30 + [Context(device="desktop")] * 10, count=4_000)
    reach = reach_of(draft(store, targeting=PHONES), NOON)
    assert reach is not None
    assert reach.decisions == 4_000
    assert reach.got.middle == pytest.approx(3_000)
    assert reach.got.low == pytest.approx(4_000 * 0.5981, abs=5)  # Wilson's interval of 30 in 40
    assert reach.got.high == pytest.approx(4_000 * 0.8581, abs=5)
    assert reach.lost == pytest.approx({Obstacle(Cause.RULES): 1_000})


@pytest.mark.django_db
def test_reach_behind_a_test_for_everybody_is_nothing_and_names_it():
    store = factories.make_store()
    first = factories.make_live_experiment(store, name="Cake stand", priority=5)
    decided(store, [Context()] * 40, count=5_437)
    reach = reach_of(draft(store, name="Mug"), NOON)
    assert reach is not None
    assert reach.got.middle == 0
    assert reach.lost == pytest.approx({Obstacle(Cause.OTHER_TEST, first.pk): 5_437})
    assert reach.names == {first.pk: "Cake stand"}
    assert reach.displacements == []


@pytest.mark.django_db
def test_reach_before_a_running_test_says_what_that_one_loses():
    store = factories.make_store()
    running = factories.make_live_experiment(store, name="Cake stand")
    decided(store, [Context(device="phone")] * 30 + [Context(device="desktop")] * 10, count=4_000)
    reach = reach_of(draft(store, priority=5, targeting=PHONES, traffic_share=0.5), NOON)
    assert reach is not None
    assert reach.got.middle == pytest.approx(1_500)
    (displaced,) = reach.displacements
    assert displaced.test_id == running.pk
    assert (displaced.before, displaced.after) == pytest.approx((4_000, 2_500))


@pytest.mark.django_db
def test_reach_weighs_each_day_by_its_decisions_and_leaves_silenced_visitors_out():
    store = factories.make_store()
    decided(store, [Context(device="phone")] * 10, count=1_000, days_ago=1)
    decided(store, [Context(device="desktop")] * 10, count=3_000, days_ago=2)
    decided(store, [Context(device="phone")] * 10, count=500, days_ago=3, reason="declined_recently")
    reach = reach_of(draft(store, targeting=PHONES), NOON)
    assert reach is not None
    assert reach.decisions == 4_500
    assert reach.got.middle == pytest.approx(1_000)
    assert reach.lost == pytest.approx({Obstacle(Cause.RULES): 3_000, Obstacle(Cause.DECLINED_RECENTLY): 500})


@pytest.mark.django_db
def test_reach_takes_the_holdout_as_it_is_now():
    store = factories.make_store()
    decided(store, [Context()] * 40, count=1_000)
    decided(store, [Context()] * 40, count=0, days_ago=2, reason="holdout")
    store.holdout_share = 0.2
    store.save()
    reach = reach_of(draft(store), NOON)
    assert reach is not None
    assert reach.got.middle == pytest.approx(800)
    assert reach.lost == pytest.approx({Obstacle(Cause.HOLDOUT): 200})


@pytest.mark.django_db
def test_reach_in_visitors_is_by_the_exposures_for_each_served_decision():
    store = factories.make_store()
    running = factories.make_live_experiment(store, started_at=NOON - timedelta(days=7))
    decided(store, [Context()] * 40, count=1_400, test=running)
    variant = running.variants.get(is_control=True)
    for number in range(7):
        factories.make_exposure(variant, visitor_id=f"v_{number}", exposed_at=NOON - timedelta(days=2))
    reach = reach_of(draft(store, priority=5), NOON)
    assert reach is not None
    assert reach.visitors_per_decision == 7 / 1_400
    assert reach.visitors_per_day.middle == pytest.approx(1.0)


@pytest.mark.django_db
def test_reach_of_a_test_that_is_not_saved_comes_last_among_equals():
    store = factories.make_store()
    factories.make_live_experiment(store, traffic_share=0.25)
    decided(store, [Context()] * 40, count=1_000)
    reach = reach_of(Experiment(store=store, moment="cart"), NOON)
    assert reach is not None
    assert reach.got.middle == pytest.approx(750)


@pytest.mark.django_db
def test_reach_never_sees_another_store():
    store, other = factories.make_store(), factories.make_store(slug="other")
    factories.make_live_experiment(other, priority=9)
    decided(other, [Context(device="tablet")] * 40, count=9_000)
    decided(store, [Context()] * 40, count=1_000)
    reach = reach_of(draft(store), NOON)
    assert reach is not None
    assert (reach.decisions, reach.names) == (1_000, {})
    assert reach.got.middle == pytest.approx(1_000)


DEVICES = ("phone", "desktop", "tablet")
COUNTRIES = ("de", "fr", "ch", "at")


def random_test(number: int, source: random.Random):
    devices = frozenset(source.sample(DEVICES, source.randint(1, 3)))
    countries = frozenset(source.sample(COUNTRIES, source.randint(1, 4)))
    return make_test(
        number,
        traffic_share=source.choice([0.1, 0.3, 0.5, 1.0]),
        is_targeted=lambda context: context.device in devices and context.country in countries,
        is_paused=source.random() < 0.1,
    )


def shopper(store: StoreConfiguration, visitor_id: str, context: Context) -> Shopper:
    """The visitor whose page says what the context holds."""
    body = DecideBody(["cart"], device=context.device, visitor=Visitor(country=context.country))  # type: ignore[arg-type]
    return Shopper(
        store=store,
        body=body,
        visitor_id=visitor_id,
        robot=Robot(False, False),
        is_server=False,
        context=AskedContext(body, NOON, UTC),
        now=NOON,
        offers_left=1,
    )


@pytest.mark.parametrize("seed", range(20))
def test_reach_in_random_configurations_is_what_the_arbiter_gives(seed):
    """10,000 visitors of whom 1,400 were sampled; the arbiter hashes each, the estimate knows only what pages said."""
    source = random.Random(seed)
    order = [random_test(number, source) for number in range(1, source.randint(3, 7))]
    test = order[source.randrange(len(order))]
    store = make_store(order)
    contexts = [Context(device=source.choice(DEVICES), country=source.choice(COUNTRIES)) for _ in range(10_000)]
    true = 0
    for number, context in enumerate(contexts):
        chosen = arbiter.choose(shopper(store, f"v_{seed}_{number}", context), "cart")
        true += chosen.experiment is not None and chosen.experiment.id == test.id
    sample = [SampledDecision(context, "", 10_000 / 1_400) for context in source.sample(contexts, 1_400)]
    week = Week(10_000, sample)
    got = range_of(replayed(week, test, order, NOON).among[test.id], week, 0.0)
    assert got.low <= true <= got.high or got.middle == pytest.approx(true, rel=0.1)
