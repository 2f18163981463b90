"""A metric more closely says what the report says of it, within segments and day by day."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Length

from experiments.accounting import rollups
from experiments.models import CountedValue, Experiment, Exposure, PlanVersion
from experiments.snapshots import analyse
from experiments.snapshots.metric_views import view_of
from tests import factories
from tests.experiments.arrivals import arrive
from tests.experiments.custom_metrics_of_tests import all_revenue_is_of, displacing_test, has_metric
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=12)


def running_test(**fields: Any) -> Experiment:
    experiment = factories.make_experiment(attribution_window_days=1, **fields)
    for day in range(8):
        arrive(experiment, day, 150, lift=0.2)
    Exposure.objects.filter(visitor_id__endswith="1").update(device="phone")
    Exposure.objects.exclude(visitor_id__endswith="1").update(device="desktop")
    Exposure.objects.filter(orders__gt=0).update(items=Length("visitor_id"), margin_minor=F("revenue_minor") / 3)
    return experiment


def test_metric_of_all_products_says_what_revenue_per_visitor_says():
    experiment = running_test(cap_minor=9_000)
    all_revenue_is_of(has_metric(experiment, "tea", name="Everything"))
    report = analyse(experiment, now=NOW, with_cuped=False)
    rpv, own = report.metric("rpv", "treatment"), report.metric("custom-metric-0", "treatment")
    assert (own.label, own.unit, own.role) == ("Everything", "money", "secondary")
    assert (own.control, own.treatment, own.main, own.without_cap) == (
        rpv.control,
        rpv.treatment,
        rpv.main,
        rpv.without_cap,
    )
    assert own.sequential == rpv.sequential
    assert (own.corrected, own.final) == (rpv.corrected, rpv.final)
    assert [step.code for step in own.steps] == [step.code for step in rpv.steps]
    # one more test among those that aren't the goal
    assert own.corrected_p_value is not None
    assert report.custom_metrics[0].skus == ["tea"]


@pytest.mark.slow
def test_metric_of_all_products_waits_for_orders_and_refunds_as_revenue_does():
    experiment = running_test(plan_version=PlanVersion.WEEKLY)
    Exposure.objects.filter(revenue_minor__gt=4_000).update(refunded_minor=500)
    experiment.delays = {
        "hours": 24, "orders": 500, "refund_shares": [0.01 * step for step in range(60)], "refund_rate": 0.1,
        "is_refund_known": True,
    }  # fmt: skip
    experiment.save()
    all_revenue_is_of(has_metric(experiment, "tea"))
    report = analyse(experiment, now=NOW, with_cuped=False)
    rpv, own = report.metric("rpv", "treatment"), report.metric("custom-metric-0", "treatment")
    assert report.maturity is not None
    assert report.maturity.open_refunds
    assert [step.code for step in own.steps] == [step.code for step in rpv.steps]
    assert "reserve" in {step.code for step in own.steps}
    assert own.main.lift is not None
    assert rpv.main.lift is not None
    assert own.main.lift.estimate == pytest.approx(rpv.main.lift.estimate)
    assert own.main.lift.low == pytest.approx(rpv.main.lift.low)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("counted", "unit", "value"), [(CountedValue.UNITS, "number", 2.0), (CountedValue.BUYERS, "share", 1.0)]
)
def test_units_and_buyers_are_divided_by_visitors(counted, unit, value):
    experiment = running_test()
    all_revenue_is_of(has_metric(experiment, "tea", counted=counted))
    report = analyse(experiment, now=NOW)
    conversion, own = report.metric("conversion", "treatment"), report.metric("custom-metric-0", "treatment")
    assert own.unit == unit
    assert own.treatment.value == pytest.approx(value * conversion.treatment.value)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["rpv", "conversion", "aov", "items_per_order", "margin"])
def test_view_of_each_metric_ends_with_the_reports_own_figures(metric):
    experiment = running_test()
    report, view = analyse(experiment, now=NOW), view_of(experiment, metric, now=NOW)
    assert view is not None
    result = report.metric(metric, "treatment")
    assert view.results == [result]
    last = view.series.points[-1]
    assert (last.control, last.treatment, last.lift) == (result.main.control, result.main.treatment, result.main.lift)
    assert {(segment.dimension, segment.value) for segment in view.segments} == {
        ("device", "phone"),
        ("device", "desktop"),
    }
    parts = sum(segment.treatment.numerator for segment in view.segments)
    assert parts == result.treatment.numerator


def test_view_of_a_metric_that_nobody_sent_is_empty():
    view = view_of(running_test(), "take_rate", now=NOW)
    assert view is not None
    assert ([result.main.unavailable for result in view.results], view.segments) == (["missing_sums"], [])
    assert view.series.points == []


@pytest.mark.slow
def test_view_of_the_goal_is_what_the_report_has():
    experiment = running_test()
    report, view = analyse(experiment, now=NOW), view_of(experiment, "rpv", now=NOW)
    assert view is not None
    assert (view.segments, view.heterogeneity, view.series) == (report.segments, report.heterogeneity, report.series)


@pytest.mark.slow
def test_view_of_a_custom_metric_adds_up_whether_its_days_are_added_up_or_not():
    experiment, chosen = displacing_test()
    before = view_of(experiment, chosen.code, now=NOW)
    rollups.refresh_touched()
    view = view_of(experiment, chosen.code, now=NOW)
    assert view is not None
    assert before == view
    (result,) = view.results
    last = view.series.points[-1]
    assert (last.lift, last.difference) == (result.main.lift, result.main.difference)
    days = sum(point.day_visitors or 0 for point in view.series.points)
    assert days == last.visitors
    assert result.main.lift is not None
    assert result.main.lift.high is not None
    assert result.main.lift.high < 0


@pytest.mark.slow
def test_offer_that_displaces_a_product_is_said_beside_the_verdict():
    experiment, _ = displacing_test()
    report = analyse(experiment, now=NOW)
    (rule,) = [rule for rule in report.verdict.rules if rule.code == "custom_metric"]
    assert (rule.state, rule.text) == ("warn", "Revenue from pots")
    assert "lower" in rule.detail
    lift = report.metric("rpv", "treatment").main.lift
    assert lift is not None
    assert lift.estimate > 0


def test_view_of_a_metric_that_the_test_has_not_is_none():
    experiment = running_test()
    assert view_of(experiment, "custom-nothing", now=NOW) is None
    assert view_of(experiment, "canceled_share", now=NOW) is None  # of confirmations alone


def test_view_while_the_cap_is_awaited_says_nothing():
    experiment = running_test(is_cap_awaited=True)
    view = view_of(experiment, "conversion", now=NOW)
    assert view is not None
    assert (view.label, view.results, view.segments, view.series.points) == ("Conversion", [], [], [])
