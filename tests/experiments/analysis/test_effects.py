"""Money a month, guardrails and a test's effect, by hand."""

from datetime import timedelta
from math import log

import pytest

from experiments import formatting
from experiments.analysis.effects import state_of
from experiments.models import Metric
from experiments.report import Range
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.analysis.visitors import add
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=30)


def test_monthly_effect_is_the_difference_of_rpv_times_a_months_visitors():
    experiment = factories.make_experiment(traffic_share=0.5)
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 150)
    report = analyse(experiment, now=NOW)
    [monthly] = report.monthly
    rpv = report.metric("rpv", "treatment")
    assert monthly.amount is not None
    assert rpv.main.difference is not None
    visitors = 800 / 10 * 365.25 / 12 / 0.5
    assert monthly.visitors_per_month == pytest.approx(visitors, rel=0.01)
    per_month = monthly.visitors_per_month or 0.0
    assert monthly.amount.estimate == pytest.approx(rpv.main.difference.estimate * per_month)
    assert monthly.amount.low == pytest.approx((rpv.main.difference.low or 0.0) * per_month)
    assert monthly.sequential is not None
    assert (monthly.sequential.low or 0.0) < (monthly.amount.low or 0.0)


def test_monthly_effect_without_a_day_of_traffic_says_so():
    experiment = factories.make_experiment()
    factories.make_exposure(experiment.variants.get(key="control"))
    [monthly] = analyse(experiment, now=NOW).monthly
    assert (monthly.amount, monthly.unavailable) == (None, "no_traffic")


@pytest.mark.slow
def test_effects_are_of_the_goal_and_of_rpv_beside():
    experiment = factories.make_experiment(goal_metric=Metric.AOV)
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 100, values=[4400, 6600])
    report = analyse(experiment, with_cuped=False, now=NOW)
    aov, rpv = report.effects
    assert (aov.metric, aov.monthly_base_minor, rpv.metric) == ("aov", None, "rpv")
    assert aov.log_lift == pytest.approx(log(5500 / 4400))
    assert rpv.log_lift == pytest.approx(log(5500 / 4400))
    assert rpv.monthly_base_minor == pytest.approx(1100 * (report.visitors_per_month or 0.0))
    assert report.goal_note.startswith("Average order value counts buyers only")
    shown = report.metric("rpv", "treatment").shown.lift
    assert shown is not None
    note = f"Revenue per visitor, which counts all of this, changed by {formatting.lift(shown.estimate)}"
    assert note in report.goal_note


@pytest.mark.slow
def test_guardrails_carry_margin_interval_and_state():
    margins = [{"metric": "conversion", "margin": -0.5}, {"metric": "refunded_share", "margin": 0.01}]
    experiment = factories.make_experiment(guardrails=margins)
    add(experiment, "control", 600, 200)
    add(experiment, "treatment", 600, 200, refunded_minor=0)
    found = {one.metric: one for one in analyse(experiment, now=NOW).guardrails}
    assert found["conversion"].state == "holds"
    assert (found["refunded_share"].is_in_points, found["refunded_share"].is_lower_better) == (True, True)
    assert found["refunded_share"].margin == 0.01


@pytest.mark.parametrize(
    ("effect", "margin", "is_lower_better", "state"),
    [
        (Range(0.0, -0.01, 0.02), -0.02, False, "holds"),
        (Range(0.0, -0.03, 0.02), -0.02, False, "unproven"),
        (Range(-0.04, -0.06, -0.03), -0.02, False, "harmed"),
        (Range(0.0, None, 0.02), -0.02, False, "unproven"),
        (Range(0.0, -0.01, 0.009), 0.01, True, "holds"),
        (Range(0.0, -0.01, 0.02), 0.01, True, "unproven"),
        (Range(0.02, 0.011, 0.03), 0.01, True, "harmed"),
        (None, 0.01, True, "unproven"),
    ],
)
def test_guardrail_state_is_by_the_whole_interval(effect, margin, is_lower_better, state):
    assert state_of(effect, margin, is_lower_better=is_lower_better) == state
