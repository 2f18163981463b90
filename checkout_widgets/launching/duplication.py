"""A new draft from a test that exists."""

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from checkout_widgets.models import NextWidget, Widget
from experiments import audit
from experiments.discussion.ownership import owner_named
from experiments.models import AuditAction, ChosenMetric, Experiment, Variant
from experiments.models.experiment_values import new_salt

# What makes the question; what was found, when it ran and what was decided stay with the old test.
KEPT = (
    "hypothesis", "moment", "priority", "traffic_share", "targeting", "pair_exposure", "goal_metric", "guardrails",
    "is_pausing_on_harm", "alpha", "covariates", "planned_looks", "prior_sd", "is_aa_test", "attribution_window_days",
    "planned_sample", "planned_days", "ramp_plan", "tags",
)  # fmt: skip


def duplicate(*, experiment: Experiment, actor: str) -> Experiment:
    """Create a draft with the same settings, variants and widgets, a key of its own, and visitors assigned anew."""
    settings = {}
    for name in KEPT:
        settings[name] = getattr(experiment, name)
    with transaction.atomic():
        copy = Experiment.objects.create(
            store=experiment.store,
            key=experiment.store.free_key(experiment.key[:56]),  # of 64 characters: there is room for a number
            name=_("%(name)s (copy)") % {"name": experiment.name[:180]},
            owner=owner_named(actor, experiment.store),
            salt=new_salt(),  # the same visitors in the same variants again would carry over what they saw
            **settings,
        )
        widgets: dict[int, list[Widget | NextWidget]] = defaultdict(list)
        for model in (Widget, NextWidget):
            for widget in model.objects.filter(variant__experiment=experiment):
                widgets[widget.variant_id].append(widget)
        for variant in experiment.variants.all():
            copy_variant(variant, copy, widgets[variant.pk])
        for chosen in experiment.chosen_metrics.filter(metric__archived_at=None):
            ChosenMetric.objects.create(experiment=copy, metric_id=chosen.metric_id)
        audit.record(
            store=copy.store,
            experiment=copy,
            action=AuditAction.DUPLICATED,
            actor=actor,
            detail={"of": experiment.key},
        )
    return copy


def copy_variant(variant: Variant, experiment: Experiment, widgets: list[Widget | NextWidget]) -> None:
    """Copy the variant and what it shows, first and second, to new rows."""
    # Without its key, and marked as new, Django inserts the row instead of changing the one it was read from.
    variant.pk, variant.experiment = None, experiment
    variant._state.adding = True
    variant.save()
    for widget in widgets:
        widget.pk, widget.variant = None, variant
        widget._state.adding = True
        widget.save()
