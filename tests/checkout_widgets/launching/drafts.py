"""Drafts for the checklist."""

from datetime import timedelta
from typing import Any

from checkout_widgets.models import Widget
from experiments.decisions import counts as decision_counts
from experiments.decisions.counts import Count, CountKey
from experiments.models import Experiment, Status
from tests import factories
from tests.factories import NOON


def ready(**fields: Any) -> Experiment:
    """A draft that nothing stands against."""
    settings = {"status": Status.DRAFT, "started_at": None, "planned_sample": 5_000, "planned_days": 14}
    experiment = factories.make_live_experiment(**settings | fields)
    Widget.objects.update(updated_at=NOON)
    experiment.previewed_at = NOON
    experiment.save()
    seen = Count(1, NOON - timedelta(hours=1), NOON - timedelta(hours=1))
    decision_counts.add({CountKey(experiment.store_id, NOON.date(), experiment.moment, None, "no_experiment"): seen})
    factories.make_order(experiment.store, visitor_id="v_1")
    return experiment
