"""What a test keeps of its store's past tests: how large effects usually are, by metric."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from experiments.models import Experiment
from experiments.statistics.priors.learning import default_prior
from experiments.statistics.priors.scale_mixture import SCALES, EffectPrior


def prior_figures(priors: Mapping[str, EffectPrior], now: datetime) -> dict[str, Any]:
    """Return priors by metric as JSON types, for `Experiment.learnt_prior`."""
    metrics = {}
    for metric, prior in priors.items():
        metrics[metric] = {"tests": prior.past_tests, "weights": list(prior.weights)}
    return {"learnt_at": now.isoformat(), "metrics": metrics}


def prior_of(experiment: Experiment, metric: str) -> EffectPrior:
    """Return what was learnt of effects on a metric; `default_prior` where nothing was."""
    known = experiment.learnt_prior.get("metrics", {}).get(str(metric))
    # A release with other scales learns them anew, within the day.
    if known is None or len(known["weights"]) != len(SCALES):
        return default_prior()
    return EffectPrior(tuple(known["weights"]), past_tests=known["tests"])
