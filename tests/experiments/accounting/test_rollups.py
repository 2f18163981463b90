"""Reports from sums equal reports from exposures, to the cent, whenever the sums were last brought up to date."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from checkout_widgets.erasure import erase_visitor
from experiments.accounting import rollups
from experiments.accounting.orders import record_order
from experiments.models import Experiment, Exposure, ExposureDay, TouchedDay
from experiments.reading import aggregation, sums
from experiments.reading.aggregation import cutting_parameters
from experiments.reading.facts import facts_of
from experiments.tasks import refresh_touched_days
from tests import factories
from tests.experiments.accounting.day_sums import of_everybody
from tests.experiments.accounting.outcomes_of_orders import WINDOW_DAYS, expose, order
from tests.experiments.imports.importing import run
from tests.factories import NOON

pytestmark = pytest.mark.django_db
FILL = 4_321


@pytest.fixture
def exposure() -> Exposure:
    experiment = factories.make_experiment(key="first", attribution_window_days=WINDOW_DAYS)
    return factories.make_exposure(experiment.variants.get(key="treatment"), visitor_id="v_1", device="phone")


def revenue_of(experiment, **options) -> int:
    return aggregation.aggregates(experiment, **options)["treatment"].sums["revenue"]


def kept(experiment) -> dict[tuple[str, str], int]:
    rows = ExposureDay.objects.filter(experiment=experiment)
    return {(row.dimension, row.value): row.visitors for row in rows}


def test_refresh_adds_up_touched_days_once(exposure):
    assert rollups.refresh_touched() == 1
    assert kept(exposure.experiment) == {("", ""): 1, ("device", "phone"): 1}
    assert not TouchedDay.objects.exists()
    assert rollups.refresh_touched() == 0


def test_refresh_task_adds_up_touched_days(exposure):
    refresh_touched_days(0)
    assert ExposureDay.objects.filter(experiment=exposure.experiment).count() == 2


def test_refresh_of_a_day_nothing_changed_on_writes_nothing(exposure):
    day = NOON.date()
    assert rollups.refresh_days(exposure.experiment_id, [day]) == rollups.Refreshed(rows=2, wrong=0)
    assert rollups.refresh_days(exposure.experiment_id, [day]) == rollups.Refreshed(rows=0, wrong=0)
    ExposureDay.objects.filter(dimension="").update(revenue=1)
    assert rollups.refresh_days(exposure.experiment_id, [day]) == rollups.Refreshed(rows=1, wrong=1)


def test_refresh_of_many_days_with_gaps_adds_each_up_by_itself(exposure):
    days = (1, 2, 40, 400)
    for number in days:
        factories.make_exposure(
            exposure.variant,
            visitor_id=f"d_{number}",
            exposed_at=NOON + timedelta(days=number),
            cart_value_minor=number,
        )
    assert rollups.refresh_touched() == 5
    by_day = dict(ExposureDay.objects.filter(dimension="").values_list("day", "cart_value"))
    assert by_day == {NOON.date(): 0} | {NOON.date() + timedelta(days=number): number for number in days}


@pytest.mark.parametrize("value", [2_097_151, 2_097_152, 3_037_000_500, 10**12])
def test_sums_of_large_carts_are_exact(exposure, value):
    factories.make_exposure(exposure.variant, visitor_id="large", cart_value_minor=value)
    factories.make_exposure(exposure.variant, visitor_id="small", cart_value_minor=3)
    expected = value**3 + 27, value**2 + 9, value + 3
    names = [sums.column(("cart_value",) * degree) for degree in (3, 2, 1)]
    products = aggregation.aggregates(exposure.experiment)["treatment"].products
    assert tuple(products[name] for name in names) == expected
    rollups.refresh_touched()
    assert tuple(map(of_everybody, names)) == expected


def test_report_reads_sums_of_days_that_are_not_touched(exposure):
    rollups.refresh_touched()
    ExposureDay.objects.filter(dimension="").update(revenue=777, visitors=9)
    ExposureDay.objects.filter(dimension="device").update(revenue=778)
    assert revenue_of(exposure.experiment) == 777
    assert facts_of(exposure.experiment, NOON + timedelta(days=30)).visitors == 9
    open_from_that_noon = NOON + timedelta(days=WINDOW_DAYS)
    facts = facts_of(exposure.experiment, open_from_that_noon)
    assert (facts.visitors, facts.immature, facts.recent_visitors) == (9, 0, 9)
    facts = facts_of(exposure.experiment, open_from_that_noon - timedelta(seconds=1))
    assert (facts.visitors, facts.immature) == (9, 1), "counted from the exposures of that day"
    segment = aggregation.segment_aggregates(exposure.experiment)["device", "phone"]["treatment"]
    assert segment.sums["revenue"] == 778


def test_report_of_a_touched_day_reads_its_exposures(exposure):
    rollups.refresh_touched()
    record_order(exposure.store, order())
    assert revenue_of(exposure.experiment) == 1000
    assert set(TouchedDay.objects.values_list("experiment_id", "day")) == {(exposure.experiment_id, NOON.date())}
    rollups.refresh_touched()
    assert revenue_of(exposure.experiment) == 1000
    assert of_everybody("revenue") == 1000


def test_day_is_that_of_utc(exposure):
    late = NOON.replace(hour=23, minute=59)
    for visitor_id, at in [("v_2", late), ("v_3", late + timedelta(minutes=1))]:
        factories.make_exposure(exposure.variant, visitor_id=visitor_id, exposed_at=at)
    rollups.refresh_touched()
    by_day = dict(ExposureDay.objects.filter(dimension="").values_list("day", "visitors"))
    assert by_day == {NOON.date(): 2, NOON.date() + timedelta(days=1): 1}


def test_planner_knows_how_many_days_there_are(exposure):
    for hours in range(40):
        factories.make_exposure(exposure.variant, exposed_at=NOON + timedelta(hours=hours))
    days = [NOON.date() + timedelta(days=number) for number in range(3)]
    asked = {"experiment_id": exposure.experiment_id, "days": days, "cap_minor": None}
    query = f"""
        WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {sums.SPANS}
        SELECT count(*) FROM ({sums.by_day([("orders",)])}) AS by_day
    """
    with connection.cursor() as cursor:
        # All tables of the query: what another test left in the statistics of one would change the plan.
        cursor.execute("ANALYZE")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query}", asked | cutting_parameters(exposure.experiment))
        ((plan,),) = cursor.fetchall()
    grouped = [node for node in nodes_of(plan[0]["Plan"]) if node.get("Group Key")]
    # Not of every instant, for which it would sort the exposures of all days: there are forty of them.
    assert len(grouped) == 2
    assert max(node["Plan Rows"] for node in grouped) < 20


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all that it is made of."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes_of(part)


def test_cap_changed_later_is_applied_to_every_day(exposure):
    experiment = exposure.experiment
    record_order(exposure.store, order())
    rollups.refresh_touched()
    assert revenue_of(experiment, cap_minor=300) == 300, "a cap that isn't the experiment's"
    experiment.cap_minor = 400
    experiment.save()
    assert TouchedDay.objects.filter(experiment=experiment).exists()
    assert revenue_of(experiment, cap_minor=400) == 400
    rollups.refresh_touched()
    assert of_everybody("capped_revenue") == 400
    assert revenue_of(experiment, cap_minor=400) == 400
    assert revenue_of(experiment) == 1000


def test_erased_visitor_leaves_the_sums(exposure):
    rollups.refresh_touched()
    erase_visitor(exposure.store, "v_1", actor="test")
    assert facts_of(exposure.experiment, NOON).visitors == 0
    rollups.refresh_touched()
    assert not ExposureDay.objects.exists()


@pytest.mark.slow
def test_imported_again_with_other_figures_changes_the_sums():
    run()
    rollups.refresh_touched()
    experiment = Experiment.objects.get(key="mail")
    assert aggregation.aggregates(experiment)["b"].sums["revenue"] == 1_734
    run(["u1,A,0,0,Web", "u2,B,20,1,Shop", "u5,B,1,1,Shop"])
    for _ in range(2):
        assert aggregation.aggregates(experiment)["b"].sums["revenue"] == 2_100
        assert aggregation.segment_aggregates(experiment)["channel", "Shop"]["b"].visitors == 2
        rollups.refresh_touched()


def test_deleted_experiment_takes_its_sums_along(exposure):
    rollups.refresh_touched()
    exposure.experiment.delete()
    assert not ExposureDay.objects.exists()
    rollups.refresh_touched()
    assert not TouchedDay.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_reports_while_orders_arrive_and_days_are_added_up_show_whole_orders():
    variant = factories.make_experiment().variants.get(key="treatment")
    store, visitors = variant.experiment.store, [f"v_{number}" for number in range(30)]
    is_done = threading.Event()

    def sell() -> None:
        for visitor_id in visitors:
            expose(variant, visitor_id)
            record_order(store, order(visitor_id, visitor_id))
        is_done.set()
        connection.close()

    def add_up() -> None:
        while not is_done.is_set():
            rollups.refresh_touched()
        connection.close()

    threads = [threading.Thread(target=target) for target in (sell, add_up, add_up)]
    for thread in threads:
        thread.start()
    seen = []
    while any(thread.is_alive() for thread in threads):
        sums = aggregation.aggregates(variant.experiment)["treatment"].sums
        assert sums["revenue"] == sums["orders"] * 1000
        seen.append(sums["orders"])
    assert seen == sorted(seen)
    for _ in range(2):
        assert revenue_of(variant.experiment) == len(visitors) * 1000
        rollups.refresh_touched()
    assert of_everybody("revenue") == len(visitors) * 1000


@pytest.mark.parametrize("cap_minor", [None, 6_000])
def test_cumulative_aggregates_are_those_of_the_visitors_up_to_each_day(cap_minor):
    experiment = factories.make_experiment(cap_minor=4_000)
    for number in range(24):
        variant = experiment.variants.all()[number % 2]
        bought = {"orders": 1, "revenue_minor": 700 * number, "has_converted": True} if number % 3 else {}
        cart = None if number % 5 == 0 else 900 * number
        at = NOON + timedelta(hours=9 * number)
        factories.make_exposure(variant, exposed_at=at, cart_value_minor=cart, **bought)
    options = {"cap_minor": cap_minor, "missing_cart_value_minor": 3_000}
    columns = ("orders", "revenue", "cart_value")
    from_exposures = aggregation.cumulative_aggregates(experiment, columns, **options)
    rollups.refresh_days(experiment.pk, [NOON.date()])
    mixed = aggregation.cumulative_aggregates(experiment, columns, **options)
    rollups.refresh_touched()
    assert aggregation.cumulative_aggregates(experiment, columns, **options) == mixed == from_exposures
    assert list(mixed) == [NOON.date() + timedelta(days=day) for day in range(10)]
    whole = aggregation.aggregates(experiment, **options)
    for key, last in mixed[max(mixed)].items():
        assert last.visitors == whole[key].visitors == 12
        assert all(whole[key].sums[name] == value for name, value in last.sums.items())
        assert last.summary.variance("revenue") == whole[key].summary.variance("revenue")
        assert last.summary.covariance("revenue", "cart_value") == whole[key].summary.covariance(
            "revenue", "cart_value"
        )
    first = mixed[NOON.date()]
    assert {key: one.visitors for key, one in first.items()} == {"control": 1, "treatment": 1}
    assert first["treatment"].sums["revenue"] == 700


def test_holdouts_days_are_added_up_and_its_cap_is_applied():
    holdout = factories.make_holdout(factories.make_store())
    variant = holdout.variants.get(key="offers")
    factories.make_exposure(variant, orders=1, has_converted=True, revenue_minor=9_000)
    rollups.refresh_touched()
    assert kept(holdout) == {("", ""): 1}
    holdout.cap_minor = 5_000
    holdout.save()
    rollups.refresh_touched()
    assert of_everybody("capped_revenue") == 5_000


def test_visits_are_added_up_by_hour_and_cart_value_of_the_store(exposure):
    """Of those whose page said what the visit is like: of the others nothing of it is recorded."""
    store, variant = exposure.store, exposure.variant
    store.timezone = "Asia/Kolkata"
    store.save()
    told = {"snippet": "3", "channel": "email"}
    late = NOON.replace(hour=21, minute=45)  # 3:15 in Kolkata
    for number, (at, cart) in enumerate([(NOON, 1_999), (NOON, 2_000), (late, 2_000), (late, None), (late, 10**9)]):
        factories.make_exposure(
            variant, visitor_id=f"v_told_{number}", exposed_at=at, cart_value_minor=cart, segments=told
        )
    record_order(store, order(visitor_id="v_told_1"))
    rollups.refresh_touched()
    found = kept(exposure.experiment)
    assert {value: number for (name, value), number in found.items() if name == "hour"} == {"16": 2, "02": 3}
    bands = {value: number for (name, value), number in found.items() if name == "cart_band"}
    assert bands == {"1000": 1, "2000": 2, "500000": 1}
    assert found["channel", "email"] == found["snippet", "3"] == 5
    assert found["", ""] == 6
    by_band = ExposureDay.objects.get(dimension="cart_band", value="2000")
    sums = [int(value) for value in (by_band.revenue, by_band.converted, by_band.cart_value)]
    assert sums == [1000, 1, 4_000]


def test_report_of_touched_visits_is_that_of_their_sums(exposure):
    told = {"snippet": "3", "page_type": "cart"}
    for number in range(4):
        factories.make_exposure(
            exposure.variant, visitor_id=f"v_{number + 2}", cart_value_minor=number * 3_000, segments=told
        )
    record_order(exposure.store, order(visitor_id="v_3"))
    fresh = aggregation.segment_aggregates(exposure.experiment, missing_cart_value_minor=FILL)
    rollups.refresh_touched()
    assert aggregation.segment_aggregates(exposure.experiment, missing_cart_value_minor=FILL) == fresh
    assert {name for name, _ in fresh} == {"device", "snippet", "page_type", "hour", "cart_band"}
