"""The Bayesian reading of a comparison, and its curve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import pi, sqrt

import numpy as np

from experiments.analysis.estimates import code_of, scaled
from experiments.analysis.luck import belief_prior
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import Sample
from experiments.reading.aggregation import Aggregate
from experiments.report import Belief, Density, MetricResult, Scale
from experiments.statistics import Comparison, Posterior, Reason, normal_posterior
from experiments.statistics.bayesian import unavailable_posterior
from experiments.statistics.priors.likelihood import Floats
from experiments.statistics.priors.posterior import EffectPosterior, comparison_posterior

# Standard errors from which control's value is told from zero, at 95%.
KNOWN_FROM_ZERO = 1.96
CURVE_POINTS, CURVE_REACH = 121, 4.0  # points, and posterior standard deviations to both sides
CURVE_TAIL = 5e-5  # what a lift's curve leaves out on each side
PEAK_STEP = 4  # of the points that the posterior was integrated over, so many are left out for one that is drawn


def belief_of(
    sample: Sample, definition: Definition, comparison: Comparison, arms: tuple[Aggregate, Aggregate]
) -> Belief:
    """Return the Bayesian reading, its losses in the metric's unit; ``arms`` are control's and the treatment's sums."""
    control, treatment = arms
    scale = scale_of(definition, comparison)
    if scale == "difference" and not definition.is_in_points:
        posterior = difference_posterior(sample, definition, comparison, arms)
    else:
        prior = belief_prior(sample, definition)
        posterior = definition.posterior(control, treatment, comparison, prior=prior, alpha=sample.experiment.alpha)
    # The engine takes more for better: of refunds, the treatment wins where it is lower.
    if definition.is_lower_better:
        posterior = negated_posterior(posterior)
    unit = 1.0
    if scale == "lift":
        unit = comparison.control or 0.0  # the losses of a lift are fractions of control's value
    loss_ship = scaled(posterior.expected_loss_ship, unit)
    loss_keep = scaled(posterior.expected_loss_keep, unit)
    return Belief(
        scale=scale,
        chance_to_win=posterior.chance_to_win,
        expected_loss_ship=loss_ship,
        expected_loss_keep=loss_keep,
        expected_loss_monthly_minor=monthly_loss(sample, definition, control, loss_ship),
        mean=posterior.mean,
        sd=posterior.sd,
        low=posterior.low,
        high=posterior.high,
        unavailable=code_of(posterior.unavailable),
    )


def scale_of(definition: Definition, comparison: Comparison) -> Scale:
    """Return what is believed in: the lift, unless control's value is a loss or can't be told from zero.

    A lift of nothing is anything, and its logarithm is no effect that other tests' could be compared with.
    """
    if definition.is_in_points:
        return "difference"
    control, error = comparison.control, comparison.control_error
    # Where nothing could be compared there is no difference to believe in either; a share of nobody is exactly that.
    if control is None or error is None or definition.is_proportion:
        return "lift"
    if control < KNOWN_FROM_ZERO * error:
        return "difference"
    return "lift"


def difference_posterior(
    sample: Sample, definition: Definition, comparison: Comparison, arms: tuple[Aggregate, Aggregate]
) -> Posterior:
    """Return what to believe of the difference, of which no other tests tell anything: a flat prior.

    By each arm's own error: the score test takes a treatment's values to be as many times as wide as they are large,
    which of a control near zero is anything.
    """
    own = definition.compare(*arms, alpha=sample.experiment.alpha, has_covariate=sample.has_covariate, is_by_welch=True)
    if own.estimated_difference is None or own.standard_error is None:
        return unavailable_posterior(own.unavailable or Reason.ZERO_VARIANCE)
    return normal_posterior(own.estimated_difference, own.standard_error * sqrt(1 + comparison.outer_noise**2))


def negated_posterior(posterior: Posterior) -> Posterior:
    """Return the posterior of a metric that should fall: to win is to be lower."""
    chance_to_win = posterior.chance_to_win
    if chance_to_win is not None:
        chance_to_win = 1 - chance_to_win
    return replace(
        posterior,
        chance_to_win=chance_to_win,
        expected_loss_ship=posterior.expected_loss_keep,
        expected_loss_keep=posterior.expected_loss_ship,
    )


def monthly_loss(sample: Sample, definition: Definition, control: Aggregate, loss: float | None) -> float | None:
    """Return what a roll-out would cost a month at full traffic, in minor units; ``None`` of a metric not in money."""
    if sample.visitors_per_month is None or definition.unit != "money" or not control.visitors:
        return None
    # A loss is per unit of the metric, such as an order; traffic is known in visitors.
    units = definition.units(control) / control.visitors
    return scaled(loss, units * sample.visitors_per_month)


def curves_of(sample: Sample, goals: Mapping[str, Comparison], metrics: Sequence[MetricResult]) -> list[Density]:
    """Return the posterior of every treatment's goal as a curve."""
    curves = []
    for result in metrics:
        if result.role != "goal" or result.variant not in goals:
            continue
        posterior = None
        if result.belief is not None and result.belief.scale == "lift":
            prior = belief_prior(sample, sample.goal)
            posterior = comparison_posterior(goals[result.variant], prior, alpha=sample.experiment.alpha)
        curve = curve_of(result, posterior)
        if curve is not None:
            curves.append(curve)
    return curves


def curve_of(result: MetricResult, posterior: EffectPosterior | None) -> Density | None:
    """Return the density of a belief: a lift's as it is, a difference's as a normal one of its mean and deviation.

    Both have the point 0 where it lies inside. ``None`` without a belief.
    """
    belief = result.belief
    if belief is None or belief.mean is None or not belief.sd or belief.chance_to_win is None:
        return None
    if posterior is not None:
        effect, density = lift_curve(posterior)
    else:
        effect = np.array(points_around(belief.mean, CURVE_REACH * belief.sd))
        density = np.exp(-0.5 * ((effect - belief.mean) / belief.sd) ** 2) / (belief.sd * sqrt(2 * pi))
    return Density(
        variant=result.variant,
        metric=result.metric,
        scale=belief.scale,
        effect=effect.tolist(),
        density=density.tolist(),
        chance_to_win=belief.chance_to_win,
        unit=result.unit,
    )


def lift_curve(posterior: EffectPosterior) -> tuple[Floats, Floats]:
    """Return a lift's density at points that hold all but a ten-thousandth of it."""
    low, high = np.log1p(posterior.quantiles((CURVE_TAIL, 1 - CURVE_TAIL)))
    even = np.array(points_around((low + high) / 2, (high - low) / 2))
    # Where past effects were small, most of it may lie in a peak around 0, between two even points.
    peak = posterior.points[(posterior.points > low) & (posterior.points < high)][::PEAK_STEP]
    points = np.union1d(even, peak)
    # Drawings fill the curve above zero: without a point there, the area would begin beside it.
    if low < 0 < high:
        points = np.union1d(points, [0.0])
    # The axis is stretched by exp(x): the area below the curve stays one.
    return np.expm1(points), posterior.height(points) / np.exp(points)


def points_around(middle: float, reach: float) -> list[float]:
    """Return points at even distances, ``reach`` to both sides; 0 is one of them where it lies inside."""
    points = []
    for i in range(CURVE_POINTS):
        points.append(middle + reach * (2 * i / (CURVE_POINTS - 1) - 1))
    # Drawings fill the curve above zero: without a point there, the area would begin beside it.
    if points[0] < 0 < points[-1]:
        points.append(0.0)
    return sorted(set(points))
