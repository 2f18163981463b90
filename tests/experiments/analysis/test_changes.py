"""What was changed while a test ran, in words."""

from datetime import timedelta

import pytest

from experiments import audit
from experiments.analysis.changes import changes_of
from experiments.models import AuditAction, Experiment
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def note(experiment: Experiment, action: AuditAction, hours: int, **detail: object) -> None:
    at = NOON + timedelta(hours=hours)
    audit.record(store=experiment.store, experiment=experiment, action=action, actor="mk", detail=detail, at=at)


def test_changes_of_settings_are_said_with_both_values():
    experiment = factories.make_experiment()
    note(experiment, AuditAction.RAMPED, 1, served_share=[0.25, 1.0])
    note(experiment, AuditAction.CHANGED, 2, cap_minor=[None, 12_345], planned_sample=[1_000, 20_000], name=["a", "b"])
    note(experiment, AuditAction.CHANGED, 3, targeting=[{}, {"device": ["phone"]}], goal_metric=["rpv", "upsell_rpv"])
    note(experiment, AuditAction.LOOK, 4)
    note(factories.make_experiment(), AuditAction.RAMPED, 1, served_share=[0.1, 0.2])
    assert [one.text for one in changes_of(experiment)] == [
        "Traffic 25% → 100%",
        "Cap on order values none → €123.45",
        "Planned visitors per variant 1,000 → 20,000",
        "Targeting changed",
        "Goal Revenue per visitor → Upsell revenue per visitor",
    ]


def test_changes_of_a_paused_test_are_spans():
    experiment = factories.make_experiment()
    note(experiment, AuditAction.PAUSED, 1, status=["running", "paused"])
    note(experiment, AuditAction.RESUMED, 5)
    note(experiment, AuditAction.PAUSED, 9)
    spans = [(one.kind, one.at, one.until) for one in changes_of(experiment)]
    assert spans == [
        ("pause", NOON + timedelta(hours=1), NOON + timedelta(hours=5)),
        ("pause", NOON + timedelta(hours=9), None),
    ]
    experiment.ended_at = NOON + timedelta(hours=12)
    assert changes_of(experiment)[-1].until == experiment.ended_at


def test_changes_of_an_untouched_test_are_none():
    assert changes_of(factories.make_experiment()) == []
