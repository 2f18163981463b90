"""Every running test gets one look on each day of its store."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import snapshots
from experiments.models import Experiment, Snapshot, Source, Status
from experiments.running.looks import start_of_day, store_final_results, store_holdout_reports, take_looks
from experiments.snapshots import composition
from experiments.tasks import take_looks as task
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def looks_at(experiment: Experiment) -> list[datetime]:
    return list(experiment.snapshots.filter(is_look=True).order_by("taken_at").values_list("taken_at", flat=True))


@pytest.mark.slow
def test_take_looks_stores_one_report_a_day():
    experiment = factories.make_experiment()
    factories.make_exposure(experiment.variants.get(key="control"))
    hours = [NOON + timedelta(hours=hour) for hour in range(48)]
    assert sum(take_looks(hour) for hour in hours) == 3
    assert looks_at(experiment) == [hours[0], hours[12], hours[36]]
    assert experiment.snapshots.latest("taken_at").report["visitors"] == 1


def test_take_looks_day_begins_at_the_stores_midnight():
    store = factories.make_store(timezone="America/New_York")
    experiment = factories.make_experiment(store)
    before, after = datetime(2026, 11, 3, 4, 59, tzinfo=UTC), datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
    assert (take_looks(before), take_looks(after)) == (1, 1)
    assert looks_at(experiment) == [before, after]


def test_start_of_day_that_changes_the_clock_is_its_midnight():
    store = factories.make_store(timezone="Europe/London")
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)  # clocks went from 1:00 to 2:00: at midnight it was still UTC
    assert start_of_day(store, spring) == datetime(2026, 3, 29, tzinfo=UTC)
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
    assert start_of_day(store, summer) == datetime(2026, 6, 30, 23, tzinfo=UTC)


@pytest.mark.slow
def test_holdout_is_reported_once_a_day_without_a_look():
    store = factories.make_store()
    experiment = factories.make_holdout(store)
    experiment.is_cap_awaited = False
    experiment.save()
    factories.make_exposure(experiment.variants.get(key="offers"))
    hours = [NOON + timedelta(hours=hour) for hour in range(48)]
    assert sum(store_holdout_reports(hour) for hour in hours) == 3
    assert looks_at(experiment) == []
    assert experiment.snapshots.latest("taken_at").report["visitors"] == 1


def test_holdout_that_waits_for_its_cap_has_no_report():
    experiment = factories.make_holdout(factories.make_store())
    assert experiment.is_cap_awaited
    assert store_holdout_reports(NOON) == 0


def test_take_looks_snapshot_that_is_no_look_does_not_count_as_one():
    experiment = factories.make_experiment()
    snapshots.take_snapshot(experiment, now=NOON)
    assert take_looks(NOON + timedelta(minutes=1)) == 1


@pytest.mark.parametrize(
    "fields", [{"status": status} for status in Status if status != Status.RUNNING] + [{"source": Source.IMPORTED}]
)
def test_take_looks_test_that_is_not_served_now_gets_none(fields):
    factories.make_experiment(**fields)
    assert take_looks(NOON) == 0
    assert not Snapshot.objects.exists()


def test_take_looks_analysis_that_fails_costs_no_other_its_look(caplog):
    broken, whole = factories.make_experiment(), factories.make_experiment()
    read_inputs = composition.read_inputs

    def fail_once(experiment, *when, **options):
        return 1 / 0 if experiment == broken else read_inputs(experiment, *when, **options)

    with patch("experiments.snapshots.storage.read_inputs", fail_once):
        assert take_looks(NOON) == 1
    assert (looks_at(broken), looks_at(whole)) == ([], [NOON])
    assert f"The look at {broken.key} failed" in caplog.text
    assert take_looks(NOON + timedelta(hours=1)) == 1  # an hour later it is tried again


def test_take_looks_planned_look_and_new_verdict_are_kept_and_told_once():
    planned, unplanned = factories.make_experiment(planned_sample=5_000), factories.make_experiment()
    verdicts = iter(["collecting", "collecting", "ship", "ship", "ship", "invalid"])

    def stored(experiment: Experiment, *, is_look: bool, now: datetime) -> Snapshot:
        report = {"verdict": {"code": next(verdicts), "headline": "So it is"}}
        return Snapshot.objects.create(experiment=experiment, taken_at=now, is_look=is_look, report=report)

    with patch("experiments.running.looks.take_snapshot", stored):
        for day in range(3):
            take_looks(NOON + timedelta(days=day))
    kept = [(entry.action, entry.detail["verdict"]) for entry in planned.audit_entries.order_by("pk")]
    assert kept == [("look", "collecting"), ("look", "ship"), ("verdict", "ship"), ("look", "ship")]
    kept = [(entry.action, entry.detail["verdict"]) for entry in unplanned.audit_entries.order_by("pk")]
    assert kept == [("verdict", "ship"), ("verdict", "invalid")]
    assert ProcrastinateJob.objects.filter(task_name__endswith=".tell").count() == 6


def test_final_results_are_stored_after_the_end_and_when_the_last_orders_are_in():
    ended = factories.make_experiment(status=Status.CONCLUDED, ended_at=NOON, attribution_window_days=7)
    factories.make_experiment()
    snapshots.take_snapshot(ended, is_look=True, now=NOON - timedelta(hours=5))
    moments = [NOON + timedelta(hours=1), NOON + timedelta(days=6), NOON + timedelta(days=7), NOON + timedelta(days=40)]
    assert [store_final_results(now) for now in moments] == [1, 0, 1, 0]
    assert looks_at(ended) == [NOON - timedelta(hours=5)]
    assert ended.snapshots.count() == 3


def test_final_results_of_a_test_that_never_had_one_or_never_ran():
    factories.make_experiment(status=Status.ARCHIVED, started_at=None, ended_at=None)
    factories.make_experiment(status=Status.STOPPED, ended_at=NOON)
    assert store_final_results(NOON + timedelta(hours=1)) == 1
    assert store_final_results(NOON + timedelta(hours=2)) == 0


def test_take_looks_is_a_job_of_every_hour():
    experiment = factories.make_experiment()
    for hour in range(2):
        task.func(hour)
    assert len(looks_at(experiment)) == 1
    (job,) = [one for one in app.periodic_registry.periodic_tasks.values() if one.task.name == task.name]
    assert job.cron == "7 * * * *"


def test_take_snapshot_notes_how_much_of_the_plan_the_smallest_variant_has():
    experiment = factories.make_experiment(planned_sample=10)
    for key, number in (("control", 5), ("treatment", 3)):
        for _ in range(number):
            factories.make_exposure(experiment.variants.get(key=key))
    assert snapshots.take_snapshot(experiment).information_fraction == 0.3
    experiment.planned_sample = 2
    assert snapshots.take_snapshot(experiment).information_fraction == 1
    experiment.planned_sample = None
    assert snapshots.take_snapshot(experiment).information_fraction is None
