"""The audit trail in words."""

import pytest

from dashboard.report.timeline import timeline
from experiments import audit
from experiments.models import AuditAction
from tests import factories

pytestmark = pytest.mark.django_db


def test_timeline_is_the_tests_own_newest_first_in_words():
    experiment, other = factories.make_experiment(), factories.make_experiment()
    audit.record(store=experiment.store, experiment=experiment, action=AuditAction.STARTED, actor="ada")
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.RAMPED,
        actor="schedule",
        reason="As planned",
        detail={"served_share": [0.25, 1.0]},
    )
    audit.record(store=other.store, experiment=other, action=AuditAction.PAUSED, actor="eve")
    ramped, started = timeline(experiment)
    assert (ramped.title, ramped.reason) == ("Traffic share changed", "As planned")
    assert ramped.details == [("Traffic", "25% → 100%")]
    assert (started.title, started.actor) == ("Started", "ada")


@pytest.mark.parametrize(
    ("detail", "details"),
    [
        ({"status": ["running", "paused"]}, []),
        ({"goal_metric": ["rpv", "aov"]}, [("Goal", "Revenue per visitor → Average order value")]),
        ({"decision": "keep_control", "variant": None}, [("Decision", "Keep control"), ("Variant", "none")]),
        ({"targeting": [{}, {"field": "device"}]}, [("Targeting", 'none → {"field": "device"}')]),
        ({"starts_at": "2026-11-27T09:30:00+00:00"}, [("Starts at", "27 November 2026, 09:30 UTC")]),
        ({"starts_at": "soon"}, [("Starts at", "soon")]),
        ({"warnings": ["clash", "preview"]}, [("Warnings", "another test at the moment, not previewed")]),
        ({"warnings": ["clash", "clash", "novel"]}, [("Warnings", "another test at the moment, novel")]),
        ([1, 2], []),
    ],
)
def test_timeline_details_are_written_for_people(detail, details):
    experiment = factories.make_experiment()
    audit.record(store=experiment.store, experiment=experiment, action=AuditAction.CHANGED, actor="ada", detail=detail)
    (happening,) = timeline(experiment)
    assert sorted(happening.details) == details
