"""The Bayesian reading of a comparison, and its curve."""

from dataclasses import replace
from math import exp, log1p, pi, sqrt

from experiments.analysis.estimates import code_of, scaled
from experiments.analysis.metrics import Definition
from experiments.analysis.sample import Sample
from experiments.reading.aggregation import Aggregate
from experiments.report import Belief, Density, MetricResult, Scale
from experiments.statistics import Comparison, Posterior

CURVE_POINTS, CURVE_REACH = 121, 4.0  # points, and posterior standard deviations to both sides


def belief_of(
    sample: Sample, definition: Definition, comparison: Comparison, arms: tuple[Aggregate, Aggregate]
) -> Belief:
    """Return the Bayesian reading, its losses in the metric's unit; ``arms`` are control's and the treatment's sums."""
    control, treatment = arms
    posterior = definition.posterior(control, treatment, comparison, prior_sd=sample.experiment.prior_sd)
    # The engine takes more for better: of refunds, the treatment wins where it is lower.
    if definition.is_lower_better:
        posterior = negated_posterior(posterior)
    scale: Scale = "lift"
    unit = comparison.control or 0.0  # the losses of a lift are fractions of control's value
    if definition.is_proportion:
        scale, unit = "difference", 1.0
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


def curves_of(metrics: list[MetricResult]) -> list[Density]:
    """Return the posterior of every treatment's goal as a curve."""
    curves = []
    for result in metrics:
        curve = curve_of(result.metric, result.variant, result.belief)
        if result.role == "goal" and curve is not None:
            curves.append(curve)
    return curves


def curve_of(metric: str, variant: str, belief: Belief | None) -> Density | None:
    """Return the density over four standard deviations to both sides, with the point 0 where it lies inside.

    A lift's is normal on log(1 + lift), with the two parameters that give the belief's mean and deviation; a
    difference of rates is drawn as a normal of the exact posterior's.
    """
    if belief is None or belief.mean is None or not belief.sd or belief.chance_to_win is None:
        return None
    mean, sd = belief.mean, belief.sd
    if belief.scale == "lift":
        # Mean and deviation of the logarithm from those of the lift: the log-normal distribution's formulas.
        sd = sqrt(log1p((sd / (1 + mean)) ** 2))
        mean = log1p(mean) - sd * sd / 2
    effect, density = [], []
    for x in points_around(mean, CURVE_REACH * sd):
        height = exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * sqrt(2 * pi))
        if belief.scale == "lift":
            effect.append(exp(x) - 1)
            density.append(height / exp(x))  # the axis is stretched by exp(x): the area below the curve stays one
        else:
            effect.append(x)
            density.append(height)
    return Density(
        variant=variant,
        metric=metric,
        scale=belief.scale,
        effect=effect,
        density=density,
        chance_to_win=belief.chance_to_win,
    )


def points_around(middle: float, reach: float) -> list[float]:
    """Return points at even distances, ``reach`` to both sides; 0 is one of them where it lies inside."""
    points = []
    for i in range(CURVE_POINTS):
        points.append(middle + reach * (2 * i / (CURVE_POINTS - 1) - 1))
    # Drawings fill the curve above zero: without a point there, the area would begin beside it.
    if points[0] < 0 < points[-1]:
        points.append(0.0)
    return sorted(set(points))
