"""Overlaps of tests are counted once a day, each test's in one go."""

from datetime import timedelta

import pytest

from experiments.models import Overlap, Status
from experiments.reading.overlaps import overlap_cells
from experiments.running.overlaps import count_due
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=10)


@pytest.fixture
def tests():
    store = factories.make_store()
    pair = [
        factories.make_experiment(store, key=key, name=key.title(), started_at=NOON - timedelta(days=1))
        for key in ("mine", "other")
    ]
    for experiment in pair:
        for number in range(40):
            key = "treatment" if number % 2 else "control"
            factories.make_exposure(experiment.variants.get(key=key), visitor_id=f"v{number}", exposed_at=NOON)
    return pair


def test_overlaps_are_counted_once_a_day_for_both_tests(tests):
    assert count_due(NOW) == 2
    assert {(one.experiment, one.other) for one in Overlap.objects.all()} == {tuple(tests), tuple(tests[::-1])}
    assert count_due(NOW + timedelta(hours=1)) == 0
    assert count_due(NOW + timedelta(hours=21)) == 2
    assert Overlap.objects.count() == 2


@pytest.mark.slow
def test_tests_long_over_are_left_as_they_were_counted(tests):
    for experiment in tests:
        experiment.status, experiment.ended_at = Status.STOPPED, NOW - timedelta(days=3)
        experiment.save()
    assert count_due(NOW) == 0


def test_test_without_another_is_not_counted():
    factories.make_experiment(started_at=NOON)
    assert count_due(NOW) == 0


@pytest.mark.slow
def test_test_that_cannot_be_counted_costs_no_other_its_counts(tests, monkeypatch):
    def fail(experiment, *args, **options):
        if experiment.key == "mine":
            raise RuntimeError
        return overlap_cells(experiment, *args, **options)

    monkeypatch.setattr("experiments.running.overlaps.overlap_cells", fail)
    assert count_due(NOW) == 1


@pytest.mark.slow
def test_report_has_each_other_test_with_its_name(tests):
    count_due(NOW)
    (result,) = analyse(tests[0], now=NOW).overlaps
    assert (result.other, result.other_name, result.variant) == ("other", "Other", "treatment")
    assert (result.visitors, result.shared) == (40, 40)
    assert result.interaction_text.startswith("Too few orders")
