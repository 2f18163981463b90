"""What each method needs of a summary: an estimate with its squared error, or raw sums up to the third order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from experiments.statistics.score import Arm
from experiments.statistics.score_cuped import Known
from experiments.statistics.summary import Summary
from experiments.statistics.welch import Estimate

Weights: TypeAlias = Mapping[str, float]

ROUNDING = 1e-13  # a sum below this share of its terms is what floating point left of zero


class Metric(NamedTuple):
    """A mean per visitor of one column, or the ratio of two columns' totals."""

    numerator: str
    denominator: str | None = None

    def is_defined(self, summary: Summary) -> bool:
        """Whether there are visitors, and a denominator that is not 0."""
        return bool(summary.n and (self.denominator is None or summary.means[self.denominator]))

    def value(self, summary: Summary) -> float:
        """The metric's value, where it is defined."""
        return summary.means[self.numerator] / (summary.means[self.denominator] if self.denominator else 1.0)

    def weights(self, summary: Summary) -> Weights:
        """The combination of columns whose variance is n times that of the metric's value (delta method)."""
        if self.denominator is None:
            return {self.numerator: 1.0}
        above, below = summary.means[self.numerator], summary.means[self.denominator]
        return {self.numerator: 1 / below, self.denominator: -above / below**2}


def linear_comoment(summary: Summary, left: Weights, right: Weights) -> float:
    """Sum over visitors of the product of two combinations of columns, each about its mean; noise of 0 becomes 0."""
    terms = [u * v * summary.comoment(a, b) for a, u in left.items() for b, v in right.items()]
    total = sum(terms)
    return total if abs(total) > ROUNDING * sum(map(abs, terms)) else 0.0


def estimate_of(summary: Summary, metric: Metric) -> Estimate:
    """The metric's value, where it is defined, with its squared error by the delta method."""
    return weighted_estimate(summary, metric.value(summary), metric.weights(summary))


def weighted_estimate(summary: Summary, value: float, weights: Weights) -> Estimate:
    """A value with the squared error of the combination ``weights`` (n - 1 in the variance; 0 below two visitors)."""
    squares = max(linear_comoment(summary, weights, weights), 0.0)
    return Estimate(value, squares / max(summary.n - 1, 1) / summary.n, summary.n)


def arm_of(summary: Summary, metric: Metric) -> Arm:
    """Raw sums for the score test. ``KeyError`` where third-order sums are missing."""
    if metric.denominator is None:
        return _arm_of_mean(summary, metric.numerator)
    return _arm_of_ratio(summary, metric.numerator, metric.denominator)


def _arm_of_mean(summary: Summary, y: str) -> Arm:
    buyers, total, square = float(summary.buyers or 0), raw_first(summary, y), raw_second(summary, y, y)
    cube = raw_third(summary, y, y, y)
    return Arm(summary.n, total, buyers, square, total, buyers, cube, square, total, buyers)


def _arm_of_ratio(summary: Summary, y: str, d: str) -> Arm:
    return Arm(
        n=summary.n,
        y=raw_first(summary, y),
        d=raw_first(summary, d),
        yy=raw_second(summary, y, y),
        yd=raw_second(summary, y, d),
        dd=raw_second(summary, d, d),
        yyy=raw_third(summary, y, y, y),
        yyd=raw_third(summary, y, y, d),
        ydd=raw_third(summary, y, d, d),
        ddd=raw_third(summary, d, d, d),
    )


def known_of(summary: Summary, metric: Metric, covariate: str, centre: float) -> Known:
    """Raw sums with the covariate measured from ``centre``. ``KeyError`` where third-order sums are missing."""
    y, d, x = metric.numerator, metric.denominator, covariate
    shift = {x: centre}
    of_y = {
        "x": raw_first(summary, x, shift),
        "xx": raw_second(summary, x, x, shift),
        "xxx": raw_third(summary, x, x, x, shift),
        "yx": raw_second(summary, y, x, shift),
        "yxx": raw_third(summary, y, x, x, shift),
        "yyx": raw_third(summary, y, y, x, shift),
    }
    if d is None:
        return Known(**of_y)
    return Known(
        **of_y,
        dx=raw_second(summary, d, x, shift),
        dxx=raw_third(summary, d, x, x, shift),
        ydx=raw_third(summary, y, d, x, shift),
        ddx=raw_third(summary, d, d, x, shift),
    )


NO_SHIFT: Mapping[str, float] = {}


def raw_first(summary: Summary, a: str, shift: Mapping[str, float] = NO_SHIFT) -> float:
    """Sum of a column, measured from ``shift`` where one is given."""
    return summary.n * (summary.means[a] - shift.get(a, 0.0))


def raw_second(summary: Summary, a: str, b: str, shift: Mapping[str, float] = NO_SHIFT) -> float:
    """Sum of the products of two columns, each measured from its shift."""
    mean_a, mean_b = summary.means[a] - shift.get(a, 0.0), summary.means[b] - shift.get(b, 0.0)
    return summary.comoment(a, b) + summary.n * mean_a * mean_b


def raw_third(summary: Summary, a: str, b: str, c: str, shift: Mapping[str, float] = NO_SHIFT) -> float:
    """Sum of the products of three columns, each measured from its shift."""
    mean_a, mean_b, mean_c = (summary.means[name] - shift.get(name, 0.0) for name in (a, b, c))
    mixed = mean_a * summary.comoment(b, c) + mean_b * summary.comoment(a, c) + mean_c * summary.comoment(a, b)
    return summary.third_comoment(a, b, c) + mixed + summary.n * mean_a * mean_b * mean_c
