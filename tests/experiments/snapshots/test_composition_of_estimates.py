"""One estimate of each metric, the same wherever a report shows it."""

from datetime import timedelta

import pytest

from experiments.models import Experiment, Exposure, Moment, PlanVersion
from experiments.report import Report
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = timedelta(days=1)
LATER = NOON + 30 * DAY
REFUNDS = [0.0] * 23 + [0.5] * 10 + [1.0] * 50
DELAYS = {"hours": 48, "orders": 500, "refund_shares": REFUNDS, "refund_rate": 0.1, "is_refund_known": True}
CAP = 20_000


def fill(experiment: Experiment, key: str, *, buyers: int, order_minor: int, smallest_cart: int) -> None:
    """A hundred visitors over ten days, all on the phone; who has much in the cart pays more, one pays very much.

    Fifteen more came yesterday and aren't mature.
    """
    variant = experiment.variants.get(key=key)
    rows = []
    for number in range(115):
        days_ago = 20 - number % 10
        if number >= 100:
            days_ago = 1
        cart = smallest_cart + 100 * (number * 7 % 50)
        is_buyer = number % 100 < buyers
        revenue = order_minor + cart
        if number == 3:
            revenue = 90_000
        rows.append(
            Exposure(
                experiment=experiment,
                variant=variant,
                store_id=experiment.store_id,
                visitor_id=f"v_{key}_{number}",
                exposed_at=LATER - days_ago * DAY,
                device="phone",
                cart_value_minor=cart,
                orders=int(is_buyer),
                items=int(is_buyer),
                has_converted=is_buyer,
                revenue_minor=revenue * is_buyer,
            )
        )
    Exposure.objects.bulk_create(rows)


@pytest.fixture
def report() -> Report:
    experiment = factories.make_experiment(
        plan_version=PlanVersion.WEEKLY, planned_sample=1_000, cap_minor=CAP, delays=DELAYS
    )
    fill(experiment, "control", buyers=60, order_minor=4_000, smallest_cart=2_000)
    fill(experiment, "treatment", buyers=66, order_minor=4_600, smallest_cart=2_500)
    return analyse(experiment, now=LATER)


def test_report_values_divide_to_the_lift_shown(report):
    for result in report.metrics:
        shown = result.shown
        if shown.lift is not None:
            assert shown.control is not None
            assert shown.treatment is not None
            assert shown.treatment / shown.control - 1 == pytest.approx(shown.lift.estimate, rel=1e-9)


def test_report_order_value_is_the_quotient_and_the_three_multiply(report):
    rpv, orders, value = (report.metric(name, "treatment") for name in ("rpv", "orders_per_visitor", "aov"))
    assert rpv.is_adjusted
    assert orders.is_adjusted
    assert value.shown.is_quotient
    assert rpv.shown.lift and orders.shown.lift and value.shown.lift  # noqa: PT018
    product = (1 + orders.shown.lift.estimate) * (1 + value.shown.lift.estimate)
    assert product == pytest.approx(1 + rpv.shown.lift.estimate, rel=1e-12)
    [split] = report.decompositions
    assert (split.final_rpv, split.final_orders_per_visitor, split.final_aov) == (
        rpv.shown.lift,
        orders.shown.lift,
        value.shown.lift,
    )
    # What its own test says is kept, and isn't the same.
    assert value.main.lift is not None
    assert value.main.lift.estimate != pytest.approx(value.shown.lift.estimate, rel=1e-6)


def test_report_steps_lead_from_what_was_observed_to_what_is_shown(report):
    rpv = report.metric("rpv", "treatment")
    codes = [step.code for step in rpv.steps]
    assert codes[:5] == ["observed", "mature", "capped", "reserve", "adjusted"]
    # 15 of those who came yesterday bought, too: 75 buyers of 115, who have 4,000 and their cart's value; one 90,000.
    carts = [2_000 + 100 * (number * 7 % 50) for number in range(115)]
    buyers = [number for number in range(115) if number % 100 < 60]
    paid = sum(4_000 + carts[number] for number in buyers if number != 3) + 90_000
    assert rpv.steps[0].control == pytest.approx(paid / 115)
    mature = sum(4_000 + carts[number] for number in buyers if number < 100 and number != 3)
    assert rpv.steps[1].control == pytest.approx((mature + 90_000) / 100)
    assert rpv.steps[2].control == pytest.approx((mature + CAP) / 100)
    reserve = next(one for one in report.maturity.open_refunds if one.variant == "control")
    assert rpv.steps[3].control == pytest.approx((mature + CAP - reserve.amount_minor) / 100)
    assert rpv.steps[4].lift == rpv.main.lift


def test_report_last_day_of_the_curve_is_what_was_compared(report):
    last = report.series.points[-1]
    rpv = report.metric("rpv", "treatment").main
    assert (last.control, last.treatment) == pytest.approx((rpv.control, rpv.treatment))
    assert last.lift is not None
    assert rpv.lift is not None
    assert last.lift.low == pytest.approx(rpv.lift.low)


def test_report_segment_of_everybody_is_the_whole(report):
    [phone] = [segment for segment in report.segments if segment.dimension == "device"]
    rpv = report.metric("rpv", "treatment")
    assert phone.shown.lift is not None
    assert rpv.shown.lift is not None
    assert phone.shown.control == pytest.approx(rpv.shown.control)
    assert phone.shown.lift.estimate == pytest.approx(rpv.shown.lift.estimate)
    assert phone.estimate.p_value == pytest.approx(rpv.main.p_value)


def test_report_money_a_month_is_the_shown_difference_at_full_traffic(report):
    [monthly] = report.monthly
    rpv = report.metric("rpv", "treatment").shown
    assert monthly.final is not None
    assert monthly.visitors_per_month is not None
    assert rpv.difference is not None
    assert monthly.final.estimate == pytest.approx(rpv.difference.estimate * monthly.visitors_per_month)


def test_report_at_the_confirmation_is_guarded_by_refunded_and_canceled_orders():
    experiment = factories.make_experiment(moment=Moment.CONFIRMATION)
    fill(experiment, "control", buyers=60, order_minor=4_000, smallest_cart=2_000)
    fill(experiment, "treatment", buyers=57, order_minor=4_000, smallest_cart=2_000)
    report = analyse(experiment, now=LATER)
    assert [(guardrail.metric, guardrail.margin) for guardrail in report.guardrails] == [
        ("refunded_share", 0.01),
        ("canceled_share", 0.01),
    ]
    canceled = report.metric("canceled_share", "treatment")
    # 60 and 57 of the first hundred have an order that counts, and all of the 15 of yesterday
    assert (canceled.control.value, canceled.treatment.value) == pytest.approx((40 / 115, 43 / 115))
    assert canceled.is_lower_better
