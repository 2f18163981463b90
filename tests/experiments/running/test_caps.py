"""The cap on order values: fixed by a launch, or by a store's first orders before anybody has seen a result."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.accounting import outcomes
from experiments.models import AuditAction, Decision, Experiment, Order, OrderLine, Status, Store
from experiments.running import caps, holdout, lifecycle, looks
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


def sell(store: Store, values: Any, *, at: Any = NOON, **fields: Any) -> None:
    """One order of each value, a minute apart."""
    given = {"store": store, "currency": store.currency, "updated_at": at, "source": "api"} | fields
    start = Order.objects.count()
    Order.objects.bulk_create(
        Order(
            external_id=f"o{start + number}",
            placed_at=at + timedelta(seconds=number),
            subtotal_minor=value,
            total_minor=value,
            **given,
        )
        for number, value in enumerate(values)
    )


def launched(store: Store, now: Any = LATER, **fields: Any) -> Experiment:
    experiment = factories.make_experiment(store, status=Status.DRAFT, started_at=None, **fields)
    lifecycle.start(experiment=experiment, actor="ada", now=now)
    return experiment


def test_launch_fixes_the_99th_percentile_of_past_orders():
    store = factories.make_store()
    sell(store, range(1_000, 1_201))  # 201 orders: type 7 puts the 99th percentile at 1000 + 0.99 x 200
    experiment = launched(store)
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (1_198, False)
    started = experiment.audit_entries.get(action=AuditAction.STARTED)
    assert started.detail["cap_minor"] == [None, 1_198]


@pytest.mark.slow
def test_launch_counts_only_orders_that_count():
    store = factories.make_store(unsigned_orders="never")
    sell(store, [1_000] * 150)
    sell(store, [1_000] * 50, status="on_hold")
    sell(store, [0] * 50)
    left_out = {"status": "cancelled"}, {"status": "pending"}, {"currency": "USD"}, {"source": "snippet"}
    for fields in (*left_out, {"repeat_kind": "renewal"}):
        sell(store, [9_000_000] * 50, **fields)
    sell(factories.make_store(), [9_000_000] * 50)
    sell(store, [9_000_000] * 50, at=LATER + timedelta(days=1))
    assert caps.planned_cap(store, LATER) == caps.PlannedCap(1_000, 200)
    assert launched(store).cap_minor == 1_000


@pytest.mark.slow
def test_launch_takes_the_newest_ten_thousand_orders():
    store = factories.make_store()
    sell(store, [9_000_000] * 300, at=NOON - timedelta(days=400))
    sell(store, [1_000] * 10_000)
    assert launched(store).cap_minor == 1_000


def test_order_value_is_what_reports_count_as_revenue():
    store = factories.make_store(is_tax_revenue=True, is_shipping_revenue=True)
    sell(store, [1_000] * 200, discount_minor=100, tax_minor=180, shipping_minor=490)
    assert caps.planned_cap(store, LATER).cap_minor == 1_570
    order = Order.objects.filter(store=store)[0]
    OrderLine.objects.create(order=order, position=0, sku="tea", quantity=2, price_minor=500, discount_minor=100)
    Order.objects.filter(pk=order.pk).update(visitor_id="v_1")
    variant = factories.make_experiment(store).variants.get(key="control")
    exposure = factories.make_exposure(variant, visitor_id="v_1", exposed_at=NOON - timedelta(hours=1))
    outcomes.recompute(store.pk, ["v_1"])
    exposure.refresh_from_db()
    assert exposure.revenue_minor == 1_570


def test_cap_set_by_hand_stays():
    store = factories.make_store()
    sell(store, [1_000] * 200)
    experiment = launched(store, cap_minor=777)
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (777, False)


@pytest.mark.slow
def test_store_with_few_orders_gets_its_cap_from_the_first_200_and_keeps_it():
    store = factories.make_store()
    sell(store, range(1_000, 1_150))
    experiment = launched(store, NOON + timedelta(hours=3))
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (None, True)
    sell(store, range(1_150, 1_199), at=NOON + timedelta(hours=4))
    assert caps.fix_due_caps(LATER) == 0, "199 orders"
    sell(store, [1_199], at=NOON + timedelta(hours=5))
    sell(store, [9_000_000] * 100, at=NOON + timedelta(hours=6))
    assert caps.fix_due_caps(LATER) == 1
    experiment.refresh_from_db()
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (1_197, False)  # 1000 + 0.99 x 199, rounded
    entry = experiment.audit_entries.get(action=AuditAction.CAPPED)
    assert entry.detail == {"cap_minor": [None, 1_197], "orders": 200}
    assert entry.reason == "€11.97: 99% of the store's first 200 orders were worth less."
    sell(store, [5_000_000] * 300, at=NOON + timedelta(hours=7))
    assert caps.fix_due_caps(LATER) == 0
    assert not caps.fix_cap(experiment, LATER), "of two who try, one does"


def test_tests_that_run_already_keep_what_they_began_with():
    store = factories.make_store()
    sell(store, [1_000] * 300)
    running = factories.make_experiment(store)
    assert caps.fix_due_caps(LATER) == 0
    lifecycle.pause(experiment=running, actor="ada", reason="Rest")
    lifecycle.resume(experiment=running, actor="ada", reason="On", now=LATER)
    assert (running.cap_minor, running.is_cap_awaited) == (None, False)


def expose(experiment: Experiment, buyers: dict[str, int]) -> None:
    """A hundred visitors a variant, so many of whom spent 73.21."""
    for key, number_of_buyers in buyers.items():
        variant = experiment.variants.get(key=key)
        for number in range(100):
            is_buyer = number < number_of_buyers
            factories.make_exposure(
                variant,
                visitor_id=f"{key}{number}",
                orders=int(is_buyer),
                has_converted=is_buyer,
                revenue_minor=7_321 * is_buyer,
            )


@pytest.mark.slow
def test_report_shows_no_result_until_the_cap_is_fixed():
    store = factories.make_store()
    experiment = launched(store, NOON)
    expose(experiment, {"control": 40, "treatment": 60})
    sell(store, [7_321] * 100, at=NOON + timedelta(hours=1))
    report = analyse(experiment, now=LATER)
    assert report.awaited_orders
    assert (report.awaited_orders.orders, report.awaited_orders.needed) == (100, 200)
    assert report.verdict.headline == "Results appear after the store's first 200 orders: 100 so far."
    assert [variant.visitors for variant in report.variants] == [100, 100]
    assert report.health.sample_ratio.p_value == pytest.approx(1.0)
    told = report.as_json()
    assert "7321" not in str(told)
    assert "439260" not in str(told)  # 60 x 7321
    results = (
        "metrics", "decompositions", "segments", "funnel", "monthly", "guardrails", "effects", "curves", "sums",
        "heterogeneity",
    )  # fmt: skip
    assert {name: told[name] for name in results if told[name]} == {}
    assert told["series"]["points"] == []
    assert type(report).from_json(told) == report
    sell(store, [7_321] * 100, at=NOON + timedelta(hours=2))
    caps.fix_due_caps(LATER)
    experiment.refresh_from_db()
    report = analyse(experiment, now=LATER)
    assert report.awaited_orders is None
    assert report.cap_minor == 7_321
    assert report.metric("conversion", "treatment").treatment.value == 0.6


@pytest.mark.slow
def test_data_that_cannot_be_trusted_is_said_at_once():
    experiment = launched(factories.make_store(), NOON)
    for number in range(200):
        factories.make_exposure(experiment.variants.get(key="control"), visitor_id=f"v{number}")
    factories.make_exposure(experiment.variants.get(key="treatment"))
    assert analyse(experiment, now=LATER).verdict.code == "invalid"


def test_no_look_is_taken_while_there_are_no_results():
    experiment = launched(factories.make_store(), NOON)
    factories.make_exposure(experiment.variants.get(key="control"))
    assert looks.take_looks(LATER) == 0
    Experiment.objects.update(is_cap_awaited=False)
    assert looks.take_looks(LATER) == 1


@pytest.mark.parametrize("end", ["stop", "conclude"])
def test_test_that_ends_early_is_capped_by_the_orders_there_are(end):
    store = factories.make_store()
    experiment = launched(store, NOON)
    sell(store, range(1_000, 1_101), at=NOON + timedelta(minutes=1))  # 101 orders: the 99th percentile is the 100th
    if end == "stop":
        lifecycle.stop(experiment=experiment, actor="ada", reason="Enough")
    else:
        conclusion = lifecycle.Conclusion(decision=Decision.KEEP_CONTROL)
        lifecycle.conclude(experiment=experiment, actor="ada", conclusion=conclusion)
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (1_099, False)
    assert experiment.audit_entries.filter(action=AuditAction.CAPPED).count() == 1


def test_test_that_ends_without_an_order_has_no_cap_and_shows_that():
    experiment = launched(factories.make_store(), NOON)
    lifecycle.stop(experiment=experiment, actor="ada", reason="Nobody came")
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (None, False)
    assert experiment.audit_entries.get(action=AuditAction.CAPPED).reason.startswith("No cap:")


def test_holdout_begins_with_a_cap_too():
    store = factories.make_store(holdout_share=0.1)
    sell(store, [1_000] * 200)
    experiment = holdout.sync_holdout(store, LATER)
    assert experiment
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (1_000, False)


def test_holdouts_cap_is_fixed_once_its_orders_have_come_in():
    store = factories.make_store()
    experiment = factories.make_holdout(store)
    assert experiment.is_cap_awaited
    sell(store, [1_000] * 200)
    assert caps.fix_due_caps(LATER) == 1
    experiment.refresh_from_db()
    assert (experiment.cap_minor, experiment.is_cap_awaited) == (1_000, False)
