"""Whether a test would get the visitors that its plan needs, and what it takes from others."""

from datetime import timedelta
from typing import Any

import pytest

from checkout_widgets.launching import LaunchRefused, checklist, launch
from checkout_widgets.launching.candidate import Check
from checkout_widgets.launching.reach_points import state_of
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import DecisionDay, Experiment
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON


def asked(experiment: Experiment, number: int) -> None:
    """So many requests at the test's moment, yesterday."""
    at = NOON - timedelta(days=1)
    group = SampleGroup(experiment.store_id, experiment.moment, at.date())
    decision_samples.add({group: [Ranked(place / 100, Context()) for place in range(100)]})
    key = CountKey(experiment.store_id, at.date(), experiment.moment, None, "no_experiment")
    before = key._replace(day=at.date() - timedelta(days=7))
    decision_counts.add({key: Count(number, at, at), before: Count(1, at, at)})


def point(experiment: Experiment, code: str) -> Check:
    (found,) = (check for check in checklist(experiment, NOON) if check.code == code)
    return found


@pytest.mark.parametrize(
    ("at_most", "likely", "needed", "gets_any", "state"),
    [
        (499, 499, 10_000, True, "fail"),
        (500, 450, 10_000, True, "warn"),
        (9_500, 8_999, 10_000, True, "warn"),
        (9_500, 9_000, 10_000, True, "pass"),
        (10, 0, 0, False, "fail"),
        (10, 5, 0, True, "pass"),
    ],
)
def test_state_of_a_reach_is_by_the_visitors_that_the_plan_needs(at_most, likely, needed, gets_any: Any, state):
    assert state_of(at_most, likely, needed, gets_any=gets_any) == state


@pytest.mark.django_db
def test_reach_that_is_enough_passes_with_its_numbers():
    experiment = ready(planned_sample=100)
    asked(experiment, 5_436)
    check = point(experiment, "reach")
    assert check.state == "pass"
    assert check.text == "This test would get all of last week's 5,436 requests at this moment"
    assert point(experiment, "clash").state == "pass"


@pytest.mark.slow
@pytest.mark.django_db
def test_reach_behind_a_test_for_everybody_blocks_the_launch_and_says_why_and_what_to_do():
    experiment = ready()
    factories.make_live_experiment(experiment.store, name="A cake stand", key="stand", priority=5)
    asked(experiment, 5_436)
    check = point(experiment, "reach")
    assert check.state == "fail"
    assert "Most others: Go to “A cake stand”, which comes first" in check.text
    assert "In the planned 14 days that is 0 of 10,000 visitors" in check.text
    assert "raise this test's priority" in check.fix
    with pytest.raises(LaunchRefused):
        launch(experiment=experiment, actor="ada", override_reason="now", now=NOON)


@pytest.mark.django_db
def test_what_a_test_takes_from_a_running_one_is_a_warning_with_both_numbers():
    experiment = ready(priority=5, planned_sample=100)
    factories.make_live_experiment(experiment.store, name="A cake stand", key="stand")
    asked(experiment, 999)
    check = point(experiment, "clash")
    assert (check.state, check.text) == (
        "warn",
        "“A cake stand” would get 0 of last week's requests instead of 999",
    )


@pytest.mark.django_db
def test_reach_in_a_shops_first_week_is_not_held_against_a_plan():
    experiment = ready()
    asked(experiment, 1)
    DecisionDay.objects.filter(day__lt=(NOON - timedelta(days=5)).date()).delete()
    assert point(experiment, "reach").state == "pass"
