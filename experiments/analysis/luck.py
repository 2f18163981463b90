"""Estimates corrected for luck: winners were chosen because they looked good, and look better than they are."""

from experiments.analysis.estimates import scale_interval
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import Sample
from experiments.models import Experiment
from experiments.plan.learnt_prior import prior_of
from experiments.plan.thresholds import PRIOR_CONFLICT
from experiments.report import CorrectedEstimate, Estimate, Range
from experiments.statistics import Comparison
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior, points_of
from experiments.statistics.priors.scale_mixture import EffectPrior, normal_prior

# What `Experiment.prior_sd` is where nobody has chosen another: then the belief goes by what was learnt.
NOT_CHOSEN = Experiment._meta.get_field("prior_sd").default


def belief_prior(sample: Sample, definition: Definition) -> EffectPrior:
    """Return how large effects are believed to be beforehand: as somebody chose for the test, else as was learnt."""
    if sample.experiment.prior_sd != NOT_CHOSEN:
        return normal_prior(sample.experiment.prior_sd)
    return prior_of(sample.experiment, definition.metric)


def corrected_estimate(
    sample: Sample, definition: Definition, comparison: Comparison, main: Estimate
) -> CorrectedEstimate | None:
    """Return what the report's estimate ``main`` becomes; ``None`` where it has no lift, and in points.

    By the learnt prior in any case: one that was chosen for the test could undo the correction.
    """
    if main.lift is None or main.control is None or definition.is_in_points:
        return None
    likelihood = EffectLikelihood.of_comparison(comparison, alpha=sample.experiment.alpha)
    if likelihood is None:
        return None
    prior = prior_of(sample.experiment, definition.metric)
    posterior = effect_posterior(likelihood, prior).summary()
    chance = prior.chance_of_more(likelihood, points_of(likelihood))
    lift = Range(posterior.mean or 0.0, posterior.low, posterior.high)
    difference = scale_interval(lift, main.control)
    if difference is None:
        return None
    return CorrectedEstimate(
        control=main.control,
        treatment=main.control * (1 + lift.estimate),
        lift=lift,
        difference=difference,
        past_tests=prior.past_tests,
        chance_of_more=chance,
        is_contradicted=chance < PRIOR_CONFLICT,
    )
