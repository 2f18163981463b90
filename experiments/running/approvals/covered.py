"""What an approval covers: a digest for each part of the test, which is another as soon as the part is."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from experiments import audit, shown_content
from experiments.models import ApprovedStep, Experiment, PairExposure
from experiments.models.experiment_values import default_covariates

# Whom the test is for, and how it is read.
SETTINGS = (
    "moment",
    "targeting",
    "traffic_share",
    "priority",
    "goal_metric",
    "guardrails",
    "is_pausing_on_harm",
    "alpha",
    "is_aa_test",
    "planned_looks",
    "planned_sample",
    "planned_days",
    "prior_sd",
    "attribution_window_days",
)
LABELS = {
    "settings": _("settings"),
    "cap": _("cap on order values"),
    "custom_metrics": _("custom metrics"),
    "variants": _("variants"),
    "page_own": _("variants"),
    "shown": _("what a variant shows"),
    "schedule": _("start and stop"),
    "ramp": _("ramp"),
    "decision": _("decision"),
    "verdict": _("verdict"),
}
TREATMENT = frozenset({"variants", "shown"})
SERVED = TREATMENT | {"settings"}  # what visitors get, and who gets it
# What nobody can change once the test has started: the launch sets the cap and what custom metrics count.
FIXED_AT_LAUNCH = frozenset({"cap", "custom_metrics", "page_own"})
PARTS: dict[ApprovedStep, frozenset[str]] = {
    ApprovedStep.LAUNCH: SERVED | FIXED_AT_LAUNCH | {"schedule", "ramp"},
    ApprovedStep.RESUME: SERVED,
    ApprovedStep.END_RAMP: SERVED,
    ApprovedStep.CONCLUDE: TREATMENT | {"decision", "verdict"},
}


def digests(experiment: Experiment, terms: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return the digest of each part of the test as it is; ``terms`` are those of a conclusion."""
    conclusion = terms or {}
    variants = experiment.variants.order_by("pk").values_list("key", "is_control", "weight")
    values: dict[str, Any] = {
        "settings": settings_of(experiment),
        "cap": cap_by_hand(experiment),
        "custom_metrics": custom_metrics_of(experiment),
        "page_own": variants_of_the_page(experiment),
        "variants": [list(variant) for variant in variants],
        "shown": shown_content.shown_by(experiment),
        "schedule": [in_utc(experiment.starts_at), in_utc(experiment.ends_at)],
        "ramp": experiment.ramp_plan,
        "decision": [conclusion.get("decision"), conclusion.get("variant")],
        "verdict": conclusion.get("verdict"),
    }
    return {name: digest(value) for name, value in values.items()}


def settings_of(experiment: Experiment) -> dict[str, Any]:
    """Return whom the test is for, and how it is read.

    The usual rule of exposure and the usual covariate aren't named, so that approvals of before there was a choice
    still hold.
    """
    settings = audit.values(experiment, SETTINGS)
    if experiment.pair_exposure != PairExposure.EVERY:
        settings["pair_exposure"] = experiment.pair_exposure
    if experiment.covariates != default_covariates():
        settings["covariates"] = experiment.covariates
    return settings


def cap_by_hand(experiment: Experiment) -> int | None:
    """Return the cap that somebody has typed for a draft.

    As it is stored: a launch that computes the cap itself has put it on ``experiment`` by the time it asks.
    """
    return Experiment.with_holdouts.values_list("cap_minor", flat=True).get(pk=experiment.pk)


def custom_metrics_of(experiment: Experiment) -> list[list[Any]] | None:
    """Return the custom metrics of a draft with what they count; None without any.

    By their categories: which products are in one changes by itself.
    """
    chosen = experiment.chosen_metrics.order_by("metric__key")
    meanings = chosen.values_list("metric__key", "metric__counted", "metric__skus", "metric__categories")
    return [list(meaning) for meaning in meanings] or None


def variants_of_the_page(experiment: Experiment) -> list[list[str]] | None:
    """Return the variants that the page shows itself, with what is said of them; None without any."""
    variants = experiment.variants.filter(is_page_own=True).order_by("pk").values_list("key", "description")
    return [list(variant) for variant in variants] or None


def in_utc(at: datetime | None) -> str | None:
    """Return a time the same way wherever it comes from: a form has it in the store's zone, the database in UTC."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat()


def digest(value: Any) -> str:
    """Return a short name for a value, the same for equal ones."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


NOTHING = digest(None)


def changed_parts(covers: Mapping[str, str], now: Mapping[str, str], parts: Iterable[str]) -> list[str]:
    """Return the parts that aren't any more as they were approved.

    A part that an approval doesn't name, because it is older than the part, was approved without anything in it.
    """
    return sorted(part for part in parts if covers.get(part, NOTHING) != now[part])


def named(parts: Iterable[str]) -> str:
    """Return the parts for a sentence, each name once."""
    return ", ".join(dict.fromkeys(str(LABELS[part]) for part in parts))
