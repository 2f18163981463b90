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

# Whom the test is for, and how it is read. What changes by itself while it runs, such as the cap, isn't here.
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
    "variants": _("variants"),
    "shown": _("what a variant shows"),
    "schedule": _("start and stop"),
    "ramp": _("ramp"),
    "decision": _("decision"),
    "verdict": _("verdict"),
}
TREATMENT = frozenset({"variants", "shown"})
SERVED = TREATMENT | {"settings"}  # what visitors get, and who gets it
PARTS: dict[ApprovedStep, frozenset[str]] = {
    ApprovedStep.LAUNCH: SERVED | {"schedule", "ramp"},
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


def in_utc(at: datetime | None) -> str | None:
    """Return a time the same way wherever it comes from: a form has it in the store's zone, the database in UTC."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat()


def digest(value: Any) -> str:
    """Return a short name for a value, the same for equal ones."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def changed_parts(covers: Mapping[str, str], now: Mapping[str, str], parts: Iterable[str]) -> list[str]:
    """Return the parts that aren't any more as they were approved."""
    return sorted(part for part in parts if covers.get(part) != now[part])


def named(parts: Iterable[str]) -> str:
    """Return the parts for a sentence."""
    return ", ".join(str(LABELS[part]) for part in parts)
