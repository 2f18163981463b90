"""What customers order in the year after: within 90, 180 and 365 days, renewals included."""

from datetime import timedelta

import pytest

from experiments.accounting import rollups
from experiments.accounting.merging import merge_customers
from experiments.accounting.order_changes import add_refund, locked_for_change
from experiments.accounting.order_data import RefundData
from experiments.accounting.orders import record_order
from experiments.accounting.rebuild import rebuild
from experiments.models import LongOutcome, LongOutcomeDay, TouchedDay
from experiments.reading.long_outcomes import long_arms
from tests import factories
from tests.experiments.accounting.customers_of_orders import exposure_of, reach
from tests.experiments.accounting.outcomes_of_orders import expose, order
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def control():
    return factories.make_customer_experiment().variants.get(key="control")


def buy(control, number, days, **fields):
    record_order(
        control.experiment.store, order(str(number), "", customer_id="1", placed_at=NOON + days * DAY, **fields)
    )


def kept() -> dict[int, tuple[int, ...]]:
    rows = LongOutcome.objects.values_list("horizon_days", "orders", "revenue_minor", "refunded_minor")
    return {horizon: tuple(rest) for horizon, *rest in rows}


def test_orders_count_within_each_horizon_and_renewals_among_them(control):
    reach(control, "i_1")
    for number, days in enumerate((-1, 0, 1, 89, 90, 179, 364, 365)):
        buy(control, number, days)
    buy(control, "renewal", 100, repeat_kind="renewal")
    buy(control, "copy", 100, repeat_kind="copy")
    buy(control, "unpaid", 2, status="pending")
    assert kept() == {90: (2, 2000, 0), 180: (5, 5000, 0), 365: (6, 6000, 0)}
    # within the window of 30 days renewals count as the store says: not at all
    assert exposure_of(control, "i_1").orders == 1


def test_refund_cancellation_and_merge_follow_into_the_long_term(control):
    reach(control, "i_1")
    buy(control, 1, 1)
    buy(control, 2, 100)
    with locked_for_change(control.experiment.store, "2") as stored:
        add_refund(stored, RefundData("r", 300, NOON + 120 * DAY))
    assert kept() == {90: (1, 1000, 0), 180: (2, 2000, 300), 365: (2, 2000, 300)}
    merge_customers(control.experiment.store_id, "a_9", "i_1")
    assert set(LongOutcome.objects.values_list("visitor_id", flat=True)) == {"c:a_9"}
    buy(control, 1, 1, version=1, status="cancelled")
    assert kept() == {180: (1, 1000, 300), 365: (1, 1000, 300)}


def test_holdouts_visitors_are_followed_and_those_of_other_tests_are_not():
    store = factories.make_store()
    holdout = factories.make_holdout(store).variants.get(key="offers")
    expose(factories.make_experiment(store).variants.get(key="control"), "v_1")
    expose(holdout, "v_1")
    record_order(store, order("1", "v_1", placed_at=NOON + 100 * DAY, repeat_kind="renewal"))
    assert set(LongOutcome.objects.values_list("experiment", "horizon_days")) == {
        (holdout.experiment_id, 180),
        (holdout.experiment_id, 365),
    }


@pytest.mark.slow
def test_sums_are_read_the_same_from_kept_days_and_from_exposures_and_leave_the_young_out(control):
    experiment = control.experiment
    reach(control, "i_1")
    reach(control, "i_2")
    reach(control, "i_3", NOON + 5 * DAY)
    buy(control, 1, 1)
    buy(control, 2, 100)
    record_order(experiment.store, order("3", "", customer_id="3", placed_at=NOON + 10 * DAY))
    days = {90: (NOON + 5 * DAY).date(), 180: NOON.date(), 365: (NOON - DAY).date()}

    def read():
        arms = long_arms(experiment, days)
        return {
            horizon: (arm["control"].visitors, dict(arm["control"].sums), arm["treatment"].visitors)
            for horizon, arm in arms.items()
        }

    fresh = read()
    assert fresh[90] == (3, {"converted": 2, "orders": 2, "revenue": 2000}, 0)
    assert fresh[180] == (2, {"converted": 1, "orders": 2, "revenue": 2000}, 0)
    assert fresh[365][0] == 0
    rollups.refresh_touched()
    assert not TouchedDay.objects.exists()
    assert LongOutcomeDay.objects.count() == 6
    assert read() == fresh
    # an order beyond the attribution window changes no exposure, and yet its day
    buy(control, 4, 120)
    assert TouchedDay.objects.exists()
    assert read()[180][1]["orders"] == 3
    rollups.refresh_touched()
    assert read()[180][1] == {"converted": 1, "orders": 3, "revenue": 3000}
    LongOutcome.objects.update(revenue_minor=1)
    rollups.refresh_touched()
    assert rebuild(experiment).wrong_exposures > 0
    assert read()[180][1] == {"converted": 1, "orders": 3, "revenue": 3000}
