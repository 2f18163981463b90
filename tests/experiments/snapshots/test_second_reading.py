"""Concluded tests are read again once, and keep what was decided and reported."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from experiments.management.commands import reread_concluded_tests
from experiments.models import Decision, Experiment, Snapshot, Status
from experiments.report import METHOD_VERSION, Report
from experiments.snapshots import analyse, take_snapshot
from tests import factories
from tests.experiments.analysis.visitors import NOW, add

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def concluded(**fields: Any) -> Experiment:
    """A test that ended before reports named their method: its stored one says +42.9%."""
    experiment = factories.make_experiment(
        status=Status.CONCLUDED, decision=Decision.KEEP_CONTROL, ended_at=NOW - timedelta(days=1), **fields
    )
    add(experiment, "control", 400, 100)
    add(experiment, "treatment", 400, 130)
    report = analyse(experiment, now=NOW).as_json()
    del report["method_version"], report["first_reported"]
    for result in report["metrics"]:
        del result["final"], result["steps"], result["disagreement"]
        if result["metric"] == "rpv":
            result["main"]["lift"]["estimate"] = 0.429
    Snapshot.objects.create(experiment=experiment, taken_at=NOW, report=report)
    return experiment


@pytest.fixture(autouse=True)
def a_day_later(monkeypatch):
    """The command reads the tests after they have ended, whatever the time is."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=1))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("reread_concluded_tests", *arguments, stdout=out)
    return out.getvalue()


def test_second_reading_stands_beside_the_first_and_says_what_that_was():
    experiment = concluded()
    old = experiment.snapshots.get()
    assert run() == "Read 1 concluded test again.\n"
    new = experiment.snapshots.first()
    assert new is not None
    assert new != old
    assert (new.is_reread, new.is_look, new.method_version) == (True, False, METHOD_VERSION)
    report = Report.from_json(new.report)
    assert [(first.metric, first.variant, first.lift, first.method_version) for first in report.first_reported] == [
        ("rpv", "treatment", 0.429, 1)
    ]
    kept = experiment.snapshots.get(pk=old.pk)
    assert (kept.report, kept.method_version, kept.is_reread) == (old.report, 1, False)
    experiment.refresh_from_db()
    assert experiment.decision == Decision.KEEP_CONTROL
    assert not experiment.audit_entries.exists()


def test_second_reading_is_made_once():
    concluded()
    run()
    assert run() == "Read 0 concluded tests again.\n"
    assert Snapshot.objects.count() == 2


def test_second_reading_goes_on_after_a_test_that_fails(monkeypatch):
    broken, sound = concluded(), concluded()

    def read(experiment: Experiment, now: Any) -> Snapshot:
        if experiment == broken:
            raise ZeroDivisionError
        return take_snapshot(experiment, is_reread=True, now=now)

    monkeypatch.setattr(reread_concluded_tests, "read_again", read)
    with pytest.raises(CommandError, match=broken.key):
        run()
    assert sound.snapshots.count() == 2
    monkeypatch.undo()
    assert run() == "Read 1 concluded test again.\n"


def test_running_tests_are_left_alone():
    experiment = factories.make_experiment()
    Snapshot.objects.create(experiment=experiment, taken_at=NOW, report=analyse(experiment, now=NOW).as_json())
    assert run() == "Read 0 concluded tests again.\n"
    assert analyse(experiment, now=NOW).first_reported == []


def test_look_of_before_the_end_is_no_report_of_the_end():
    experiment = concluded()
    Experiment.objects.filter(pk=experiment.pk).update(ended_at=NOW + timedelta(days=1))
    experiment.refresh_from_db()
    assert analyse(experiment, now=NOW + timedelta(days=2)).first_reported == []
