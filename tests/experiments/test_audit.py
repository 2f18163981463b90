"""The audit trail."""

from datetime import UTC, datetime

import pytest

from experiments import audit
from experiments.models import AuditAction
from tests import factories


@pytest.mark.django_db
def test_record_names_who_did_what_to_which_experiment_and_why():
    experiment = factories.make_experiment()
    entry = audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.PAUSED,
        actor="ada",
        reason="The payment page is slow",
        at=factories.NOON,
    )
    entry.refresh_from_db()
    assert (entry.store, entry.experiment, entry.at) == (experiment.store, experiment, factories.NOON)
    assert str(entry) == "Paused by ada"
    assert entry.reason == "The payment page is slow"


@pytest.mark.django_db
def test_changes_keep_the_fields_that_differ_with_both_values():
    experiment = factories.make_experiment(traffic_share=0.25, ends_at=None)
    before = audit.values(experiment, ("traffic_share", "ends_at", "name"))
    experiment.traffic_share, experiment.ends_at = 1.0, datetime(2026, 12, 1, tzinfo=UTC)
    after = audit.values(experiment, ("traffic_share", "ends_at", "name"))
    assert audit.changes(before, after) == {
        "traffic_share": [0.25, 1.0],
        "ends_at": [None, "2026-12-01T00:00:00+00:00"],
    }
