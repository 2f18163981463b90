"""What the overview says was done since yesterday."""

from datetime import timedelta

import pytest

from dashboard.overview.recent import MOST, recent_changes
from experiments import audit
from experiments.models import AuditAction
from tests import factories
from tests.factories import NOON


@pytest.mark.django_db
def test_recent_changes_are_of_the_last_day_of_this_store_the_newest_first():
    experiment = factories.make_experiment(name="Mug")
    store = experiment.store
    for hours, action in (
        (1, AuditAction.PAUSED),
        (2, AuditAction.LOOK),
        (3, AuditAction.STARTED),
        (25, AuditAction.CREATED),
    ):
        at = NOON - timedelta(hours=hours)
        audit.record(store=store, experiment=experiment, action=action, actor="ada", at=at)
    audit.record(store=factories.make_store(), action=AuditAction.CHANGED, actor="bob", at=NOON)
    audit.record(store=store, action=AuditAction.CHANGED, actor="eve", reason="Offer Stand", at=NOON)
    changes = recent_changes(store, NOON)
    assert [(change.test, change.actor) for change in changes] == [
        ("Offer Stand", "eve"),
        ("Mug", "ada"),
        ("Mug", "ada"),
    ]
    assert changes[0].url == ""
    assert changes[1].url.endswith(f"/{experiment.key}/")


@pytest.mark.django_db
def test_recent_changes_are_few():
    experiment = factories.make_experiment()
    for _ in range(MOST + 3):
        audit.record(store=experiment.store, experiment=experiment, action=AuditAction.CHANGED, actor="ada", at=NOON)
    assert len(recent_changes(experiment.store, NOON)) == MOST


@pytest.mark.django_db
def test_annotation_of_all_tests_is_named_by_what_it_says():
    store = factories.make_store()
    detail = {"text": "Newsletter", "kind": "campaign"}
    audit.record(store=store, action=AuditAction.ANNOTATION_CHANGED, actor="ada", detail=detail, at=NOON)
    assert [change.test for change in recent_changes(store, NOON)] == ["Newsletter"]
