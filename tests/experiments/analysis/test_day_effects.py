"""The effect by day of exposure: the first days' contrast and Q by hand, what is found, and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from math import log, sqrt
from typing import Any

import pytest
from scipy.stats import chi2, norm

from experiments.analysis.day_effects import day_effects, last_complete_day
from experiments.analysis.sample import Sample
from experiments.models import Experiment, PlanVersion, Source, Store, Variant
from experiments.reading.aggregation import Aggregate, aggregate_of
from experiments.report import DayEffect

FIRST_DAY = date(2026, 3, 2)
NOW = datetime(2026, 4, 30, tzinfo=UTC)
VISITORS = 1_500  # of an arm on a day
VALUE = 4_000


def aggregate(visitors: int, buyers: int) -> Aggregate:
    """Buyers whose orders are half as large, or half as large again, as the value."""
    low, high = VALUE // 2, 3 * VALUE // 2
    values: dict[tuple[str, ...], int] = {("converted",): buyers, ("orders",): buyers}
    for power in (1, 2, 3):
        values[("revenue",) * power] = buyers // 2 * (low**power + high**power)
    return aggregate_of(visitors, values)


def found(buyers: list[tuple[int, int]], *, goal: str = "rpv", **fields: Any) -> DayEffect:
    """The day effect of a test with these buyers of control and treatment on each day."""
    daily, totals = {}, [0, 0]
    for number, of_day in enumerate(buyers):
        totals = [total + more for total, more in zip(totals, of_day, strict=True)]
        visitors = VISITORS * (number + 1)
        arms = {key: aggregate(visitors, total) for key, total in zip(("control", "treatment"), totals, strict=True)}
        daily[FIRST_DAY + timedelta(days=number)] = arms
    (effect,) = day_effects(sample(daily[max(daily)], goal=goal, **fields), daily, NOW)
    return effect


def sample(arms: dict[str, Aggregate], **fields: Any) -> Sample:
    experiment = Experiment(
        store=Store(slug="shop", currency="EUR"),
        key="cart",
        goal_metric=fields.pop("goal", "rpv"),
        source=fields.pop("source", Source.IMPORTED),
        **fields,
    )
    return Sample(
        experiment=experiment,
        variants=[Variant(key="control", is_control=True), Variant(key="treatment")],
        observed=arms,
        compared=arms,
        has_covariate=False,
        fill_minor=0,
        visitors_per_day=None,
        visitors_per_month=None,
    )


def log_effect(control: int, treatment: int, days: int) -> tuple[float, float]:
    """The log ratio of two rates, and its variance."""
    visitors = VISITORS * days
    return log(treatment / control), 1 / control + 1 / treatment - 2 / visitors


def test_first_days_are_compared_with_the_rest_by_conversions_log_ratio():
    effect = found([(70, 100)] * 3 + [(70, 70)] * 11)
    first, later = log_effect(210, 300, 3), log_effect(770, 770, 11)
    z = (first[0] - later[0]) / sqrt(first[1] + later[1])
    assert (effect.state, effect.metric) == ("fading", "conversion")
    assert effect.first_days_p_value == pytest.approx(2 * norm.sf(z))
    thirds = [log_effect(70 * 5, 3 * 100 + 2 * 70, 5), log_effect(70 * 4, 70 * 4, 4), log_effect(70 * 5, 70 * 5, 5)]
    weights = [1 / variance for _, variance in thirds]
    mean = sum(w * x for w, (x, _) in zip(weights, thirds, strict=True)) / sum(weights)
    q = sum(w * (x - mean) ** 2 for w, (x, _) in zip(weights, thirds, strict=True))
    assert (effect.q, effect.df, effect.p_value) == pytest.approx((q, 2, chi2.sf(q, 2)))


def test_spans_have_the_visitors_of_their_days_and_the_goals_lift():
    effect = found([(70, 100)] * 3 + [(70, 70)] * 11)
    assert effect.first is not None
    assert effect.later is not None
    assert (effect.first.first_day, effect.first.last_day) == (FIRST_DAY, FIRST_DAY + timedelta(days=2))
    assert (effect.later.first_day, effect.later.last_day) == (
        FIRST_DAY + timedelta(days=3),
        FIRST_DAY + timedelta(days=13),
    )
    assert [span.visitors for span in (effect.first, effect.later)] == [2 * 3 * VISITORS, 2 * 11 * VISITORS]
    assert effect.first.lift is not None
    assert effect.first.lift.estimate == pytest.approx(100 / 70 - 1)
    assert effect.later.lift is not None
    assert effect.later.lift.estimate == pytest.approx(0.0)
    assert [span.visitors for span in effect.thirds] == [2 * days * VISITORS for days in (5, 4, 5)]


def test_fading_effect_without_a_later_win_holds_a_roll_out_up():
    effect = found([(70, 100)] * 3 + [(70, 70)] * 11)
    assert effect.is_held_up
    assert "The effect fades" in effect.text
    assert "+42.9%" in effect.text


def test_fading_effect_that_stays_a_win_holds_nothing_up():
    effect = found([(70, 140)] * 3 + [(70, 100)] * 11)
    assert (effect.state, effect.is_later_better, effect.is_held_up) == ("fading", True, False)


@pytest.mark.parametrize(
    ("buyers", "state"),
    [
        ([(70, 84)] * 14, "steady"),
        ([(70, 70)] * 3 + [(70, 100)] * 11, "growing"),
        # a slow decline, which the thirds show and the first days don't
        ([(200, 240)] * 10 + [(200, 200)] * 10 + [(200, 190)] * 10, "fading"),
    ],
)
def test_state_is_what_the_days_show(buyers, state):
    assert found(buyers).state == state


@pytest.mark.parametrize("buyers", [[(70, 100)] * 5, [(0, 0)] * 14])
def test_too_few_days_or_orders_say_so(buyers):
    effect = found(buyers)
    assert (effect.state, effect.unavailable, effect.is_held_up) == ("unknown", "too_few_orders", False)


def test_goal_that_is_a_share_is_tested_alone():
    effect = found([(70, 100)] * 3 + [(70, 70)] * 11, goal="conversion")
    assert (effect.state, effect.metric) == ("fading", "conversion")


def test_last_complete_day_of_a_daily_plan_is_the_last_whose_attribution_window_is_over():
    arms = {"control": aggregate(10, 2), "treatment": aggregate(10, 2)}
    daily = sample(arms, source=Source.LIVE, plan_version=PlanVersion.DAILY, attribution_window_days=7)
    assert last_complete_day(daily, NOW) == date(2026, 4, 22)
    assert last_complete_day(sample(arms), NOW) is None
