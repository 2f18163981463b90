"""Long-term results are of customers old enough alone, each treatment beside control."""

from datetime import UTC, date, datetime, timedelta

import pytest

from experiments.accounting.orders import record_orders
from experiments.analysis import long_term
from experiments.models import Experiment
from experiments.report import Report
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.accounting.customers_of_orders import reach
from tests.experiments.accounting.outcomes_of_orders import order
from tests.factories import NOON

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        # exposed on May 1st at 23:59 at the latest: 90 days later it is July 30th, 23:59
        (datetime(2026, 7, 30, 23, 59, tzinfo=UTC), date(2026, 4, 30)),
        (datetime(2026, 7, 31, 0, 0, tzinfo=UTC), date(2026, 5, 1)),
    ],
)
def test_last_day_is_over_for_all_of_its_customers(now, last):
    assert long_term.last_days(Experiment(), now)[90] == last


@pytest.mark.slow
@pytest.mark.django_db
def test_report_of_customers_has_their_unit_and_long_term_results_and_survives_being_stored():
    experiment = factories.make_customer_experiment()
    control, treatment = experiment.variants.all()
    orders = []
    for number in range(60):
        variant = treatment if number % 2 else control
        reach(variant, f"i_{number}", prior_order_minor=1000)
        if number % 3 == 0:
            placed = NOON + (40 + number) * DAY
            orders.append(order(str(number), "", customer_id=str(number), placed_at=placed))
    record_orders(experiment.store, orders)
    report = analyse(experiment, now=NOON + 120 * DAY)
    assert (report.unit, report.visitors) == ("customer", 60)
    of_90 = [result for result in report.long_term if result.horizon_days == 90]
    # every third of them, those with numbers 0 to 48 within 90 days: half of each arm
    assert [(one.variant, one.units, one.buyers, one.revenue_minor) for one in of_90] == [
        ("control", 30, 9, 9000),
        ("treatment", 30, 8, 8000),
    ]
    assert of_90[1].revenue_per_unit_minor == pytest.approx(8000 / 30)
    # fewer than ten buyers in each arm: no interval
    lift = of_90[1].lift
    assert lift is not None
    assert lift.estimate == pytest.approx(8 / 9 - 1)
    assert lift.low is lift.high is None
    assert of_90[1].unavailable == "too_few_orders"
    later = [result for result in report.long_term if result.horizon_days == 365]
    assert [one.units for one in later] == [0, 0]
    assert later[0].known_on == (NOON + 366 * DAY).date()
    assert Report.from_json(report.as_json()).long_term == report.long_term


@pytest.mark.django_db
def test_report_of_visitors_has_no_long_term_results():
    experiment = factories.make_experiment()
    factories.make_exposure(experiment.variants.get(key="control"))
    report = analyse(experiment, now=NOON + 400 * DAY)
    assert (report.unit, report.long_term) == ("visitor", [])
