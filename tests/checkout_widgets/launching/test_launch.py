"""Starting a test once the checklist allows it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.launching import LaunchRefused, duplicate, launch
from checkout_widgets.models import Widget
from experiments.models import AuditAction, Status
from tests import factories
from tests.checkout_widgets.launching.drafts import ready
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_launch_of_a_test_that_is_ready_starts_it():
    experiment = ready()
    entry = launch(experiment=experiment, actor="ada", now=NOON)
    assert (experiment.status, entry.action, entry.actor) == (Status.RUNNING, AuditAction.STARTED, "ada")


def test_launch_against_a_blocking_point_is_refused_whatever_the_reason():
    experiment = ready()
    Widget.objects.all().delete()
    with pytest.raises(LaunchRefused) as raised:
        launch(experiment=experiment, actor="ada", override_reason="I know", now=NOON)
    assert [check.code for check in raised.value.checks] == ["widget"]
    experiment.refresh_from_db()
    assert experiment.status == Status.DRAFT
    assert not experiment.audit_entries.exists()


def test_launch_against_a_warning_needs_a_reason_which_is_kept():
    experiment = ready(planned_days=7)
    for reason in ("", "   "):
        with pytest.raises(LaunchRefused, match="give a reason"):
            launch(experiment=experiment, actor="ada", override_reason=reason, now=NOON)
    launch(experiment=experiment, actor="ada", override_reason="It ends with the season", now=NOON)
    kept = experiment.audit_entries.get(action=AuditAction.OVERRIDDEN)
    assert (kept.reason, kept.detail) == ("It ends with the season", {"warnings": ["sample"]})
    assert experiment.status == Status.RUNNING


def test_launch_at_a_time_schedules():
    experiment = ready()
    starts_at = timezone.now() + timedelta(days=1)
    launch(experiment=experiment, actor="ada", starts_at=starts_at, now=NOON)
    assert (experiment.status, experiment.starts_at) == (Status.SCHEDULED, starts_at)


def test_duplicate_is_a_draft_of_its_own_with_variants_and_widgets():
    original = factories.make_live_experiment(
        key="care", name="Care balm", planned_sample=900, learning="It sells", cap_minor=9_000
    )
    copy = duplicate(experiment=original, actor="ada")
    original.refresh_from_db()
    assert (copy.key, copy.name, copy.status, copy.started_at) == ("care-2", "Care balm (copy)", Status.DRAFT, None)
    assert (copy.planned_sample, copy.learning) == (900, "")
    assert copy.cap_minor is None, "its own launch fixes it"
    assert copy.salt != original.salt
    assert [variant.key for variant in copy.variants.all()] == ["control", "treatment"]
    assert copy.variants.get(key="treatment").widget.headline == "Goes well with tea"
    assert original.variants.get(key="treatment").widget.pk != copy.variants.get(key="treatment").widget.pk
    assert duplicate(experiment=original, actor="ada").key == "care-3"
