"""What a running test may still bring, from its sums."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from scipy.special import ndtri

from experiments.analysis.looks.outlook import outlooks_of, with_chances
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.analysis.metric_results import compare_all
from experiments.analysis.sample import goal_comparisons
from experiments.models import Status
from experiments.plan.maturity import Maturity
from experiments.report import Look, Outlook, Plan
from tests.experiments.analysis.samples import NOW, arm, sample
from tests.factories import NOON


def bought(buyers: int, visitors: int = 10_000) -> Any:
    """An arm of which so many convert."""
    return arm(visitors, converted=buyers, orders=buyers)


def outlook(control: int, treatment: int, **fields: Any) -> Outlook:
    """The outlook of a test that goes by conversion, halfway through two weeks."""
    found = sample(
        {"a": bought(control), "b": bought(treatment)},
        weights=None,
        **{"goal_metric": "conversion", "planned_sample": 20_000} | fields,
    )
    mature = Maturity(hours=24, is_known=True, last_day=NOW.date() - timedelta(days=2), days=7)
    found = replace(found, maturity=mature, visitors_per_day=20_000 / 7)
    state = PlanProgress(
        sample=found,
        goals=goal_comparisons(found),
        past=[],
        scheduled=[],
        treatment_bounds={},
        is_look=False,
        now=NOW,
    )
    (one,) = outlooks_of(state, compare_all(state))
    return one


@pytest.mark.slow
def test_outlook_of_a_treatment_that_is_ahead_is_likelier_than_of_one_behind():
    ahead, level, behind = outlook(500, 580), outlook(500, 500), outlook(500, 440)
    assert ahead.win_chance is not None
    assert level.win_chance is not None
    assert behind.win_chance is not None
    assert ahead.win_chance > 0.6 > 0.2 > level.win_chance > behind.win_chance
    assert (ahead.is_futile, behind.is_futile) == (False, True)


def test_outlook_says_which_lift_would_have_been_found():
    # without a plan the always-valid interval decides: wider than a fixed one, so that it finds larger effects only
    anytime = outlook(500, 500, planned_sample=None)
    assert anytime.win_chance is None
    error = (2 * 0.05 * 0.95 / 10_000) ** 0.5 / 0.05
    fixed = (1.96 + float(ndtri(0.8))) * error
    assert anytime.detectable_lift is not None
    assert fixed < anytime.detectable_lift < 2 * fixed


def test_outlook_of_a_test_that_is_over_is_empty():
    with pytest.raises(ValueError, match="not enough values"):
        outlook(500, 500, status=Status.STOPPED)


def test_chances_are_kept_with_the_look_at_hand_alone():
    rows = []
    for number in (1, 2):
        rows.append(
            Look(
                number=number,
                taken_at=NOON,
                variant="b",
                visitors=1_000,
                information_fraction=0.1,
                spent=0.0,
                z=0.5,
                bound=3.0,
                has_crossed=False,
                lift=None,
                ship_above=None,
                stop_below=None,
            )
        )
    outlooks = [Outlook(variant="b", win_chance=0.3, is_futile=False, detectable_lift=None)]
    at_look = with_chances(Plan(design="group_sequential", is_look=True, looks=rows), outlooks)
    assert [look.win_chance for look in at_look.looks] == [None, 0.3]
    between = with_chances(Plan(design="group_sequential", looks=rows), outlooks)
    assert [look.win_chance for look in between.looks] == [None, None]
