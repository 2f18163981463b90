"""A test that can't be decided in eight weeks is told so before its launch, with what no proof would risk."""

from datetime import timedelta

import pytest

from checkout_widgets.launching import checklist
from checkout_widgets.launching.candidate import Check
from experiments.models import Experiment
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def points(experiment: Experiment) -> list[Check]:
    return [check for check in checklist(experiment, NOON) if check.code == "duration"]


def visited(experiment: Experiment) -> None:
    """An earlier test at the moment: 400 visitors in control in four weeks, 40 of whom bought."""
    earlier = factories.make_experiment(experiment.store, moment=experiment.moment)
    control = earlier.variants.get(key="control")
    for number in range(400):
        bought = {"orders": 1, "has_converted": True, "revenue_minor": 4_000 + 50 * number} if number % 10 == 0 else {}
        factories.make_exposure(control, exposed_at=NOON - timedelta(days=1 + number % 27), **bought)


@pytest.mark.slow
def test_test_that_takes_longer_than_eight_weeks_is_offered_a_decision_by_expected_cost():
    experiment = ready(planned_sample=40_000, planned_days=28)
    visited(experiment)
    (check,) = points(experiment)
    assert check.state == "warn"
    assert check.text.startswith("This test can't be decided in eight weeks: 40,000 visitors per variant take about")
    assert "decide by expected cost" in check.fix
    assert "This is no proof" in check.fix
    assert "worse than control" in check.fix


def test_test_that_is_planned_longer_than_eight_weeks_is_told_so_where_nothing_is_known():
    (check,) = points(ready(planned_sample=4_000, planned_days=70))
    assert "take about 10 weeks" in check.text
    assert "expected cost" not in check.fix


@pytest.mark.slow
def test_test_within_eight_weeks_is_told_nothing():
    experiment = ready(planned_sample=300, planned_days=28)
    visited(experiment)
    assert points(experiment) == []
