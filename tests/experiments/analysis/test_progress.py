"""How far a test has come, and what its traffic is at full share."""

from dataclasses import replace
from datetime import timedelta

import pytest

from experiments.analysis import progress
from experiments.models import Experiment, PlanVersion, Source
from experiments.reading.facts import facts_of
from experiments.snapshots import analyse
from tests import factories
from tests.experiments.arrivals import arrive
from tests.experiments.verdict.figures import MATURE
from tests.factories import NOON

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(days=5)


@pytest.mark.slow
def test_progress_counts_what_is_left_at_the_present_pace():
    experiment = factories.make_experiment(planned_sample=1_000, planned_days=14)
    for day in range(5):
        arrive(experiment, day, 50)
    found = analyse(experiment, now=NOW).progress
    assert found is not None
    assert (found.visitors, found.visitors_left, found.share, found.days) == (250, 750, 0.25, 6)
    span = 4 + 49 / 1440  # days from the first exposure to the last
    assert found.days_left == -(-750 // (250 / span))
    assert found.ends_on == (NOW + timedelta(days=found.days_left)).date()


def test_progress_waits_for_the_planned_days_even_with_visitors_enough():
    experiment = factories.make_experiment(planned_sample=100, planned_days=14)
    for day in range(5):
        arrive(experiment, day, 50)
    found = analyse(experiment, now=NOW).progress
    assert found is not None
    assert (found.visitors_left, found.share, found.days_left) == (0, 1.0, 8)


def test_progress_without_traffic_or_of_an_imported_test_isnt_known():
    found = analyse(factories.make_experiment(planned_sample=100), now=NOW).progress
    assert found is not None
    assert (found.days, found.days_left, found.ends_on) == (0, None, None)
    assert analyse(factories.make_experiment(source=Source.IMPORTED), now=NOW).progress is None


def test_mean_share_of_a_ramped_week_weighs_both_shares_by_their_days():
    plan = [{"share": 0.25, "days": 2}]
    experiment = factories.make_experiment(ramp_plan=plan, ramp_step=1, ramped_at=NOON + timedelta(days=3))
    for day in (0, 4):
        factories.make_exposure(experiment.variants.get(key="control"), exposed_at=NOON + timedelta(days=day))
    facts = facts_of(experiment, NOW)
    assert progress.mean_share(experiment, facts) == pytest.approx((3 * 0.25 + 1 * 1.0) / 4)
    experiment.ramped_at = NOON - timedelta(days=1)
    assert progress.mean_share(experiment, facts) == 1.0


def test_progress_of_mature_visitors_waits_until_the_last_one_is_old_enough():
    experiment = factories.make_experiment(
        planned_sample=1_000, planned_days=14, plan_version=PlanVersion.WEEKLY, delays={"hours": 48}
    )
    for day in range(5):
        arrive(experiment, day, 50)
    found = analyse(experiment, now=NOW).progress
    assert found is not None
    # of five days' visitors, those of the first three are 48 hours old, by whole UTC days
    assert (found.visitors, found.exposed, found.too_recent, found.visitors_left) == (150, 250, 100, 750)
    span = 4 + 49 / 1440
    assert found.days_left == -(-750 // (250 / span)) + 3
    assert found.days_needed == 14 + 3


def test_progress_of_a_test_that_waits_for_refunds_ends_when_they_are_settled():
    experiment = factories.make_experiment(planned_sample=100, planned_days=14)
    arrive(experiment, 0, 50)
    now = analyse(experiment, now=NOW).progress
    waiting = replace(MATURE, refunds_settled_on=(NOW + timedelta(days=20)).date())
    found = progress.until_settled(now, waiting, NOW)
    assert found is not None
    assert (found.days_left, found.ends_on) == (20, waiting.refunds_settled_on)
    assert progress.until_settled(now, MATURE, NOW) == now


def test_progress_has_the_day_that_lists_have_and_counts_the_runtime_from_the_first_visitor():
    store = factories.make_store(timezone="America/New_York")
    experiment = factories.make_experiment(store, planned_days=14, started_at=NOON - timedelta(hours=1))
    arrive(experiment, 0, 5)  # at 7 in the morning there
    now = NOON + timedelta(days=3, hours=15)  # 10 in the evening there, and the next day in UTC
    found = analyse(experiment, now=now).progress
    assert found is not None
    assert found.days == experiment.day_at(now) == 4
    assert (found.days_left, found.ends_on) == (10, (NOON + timedelta(days=13)).date())
    Experiment.objects.update(started_at=NOON - timedelta(days=2))
    late = analyse(Experiment.objects.get(), now=now).progress
    assert late is not None
    assert (late.days, late.days_left) == (6, 10)
