"""What each method needs of a summary: an estimate with its squared error, or raw sums up to the third order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from experiments.statistics.money.score import ArmSums
from experiments.statistics.money.score_cuped import CovariateSums
from experiments.statistics.money.welch import ArmEstimate
from experiments.statistics.summary import Summary

ColumnWeights: TypeAlias = Mapping[str, float]

# A sum below this share of its terms is what floating point left of zero.
ROUNDING = 1e-13


class MetricColumns(NamedTuple):
    """The columns of a metric: the mean per visitor of one, or the ratio of two columns' totals.

    - ``numerator``: the column that is summed; ``denominator``: the one it is divided by, ``None`` for a mean.
    """

    numerator: str
    denominator: str | None = None

    @property
    def is_mean(self) -> bool:
        """Whether it is a mean per visitor."""
        return self.denominator is None

    def is_defined(self, summary: Summary) -> bool:
        """Whether there are visitors, and a denominator that is not 0."""
        if not summary.n:
            return False
        if self.denominator is None:
            return True
        return summary.means[self.denominator] != 0

    def value(self, summary: Summary) -> float:
        """Return the metric's value, where it is defined."""
        if self.denominator is None:
            return summary.means[self.numerator]
        return summary.means[self.numerator] / summary.means[self.denominator]

    def value_or_none(self, summary: Summary) -> float | None:
        """Return the metric's value; ``None`` where it is not defined."""
        if not self.is_defined(summary):
            return None
        return self.value(summary)

    def columns(self) -> set[str]:
        """Return the columns it is made of."""
        if self.denominator is None:
            return {self.numerator}
        return {self.numerator, self.denominator}

    def weights(self, summary: Summary) -> ColumnWeights:
        """Return the combination of columns whose variance is n times that of the metric's value (delta method)."""
        if self.denominator is None:
            return {self.numerator: 1.0}
        above, below = summary.means[self.numerator], summary.means[self.denominator]
        return {self.numerator: 1 / below, self.denominator: -above / below**2}


def linear_comoment(summary: Summary, left: ColumnWeights, right: ColumnWeights) -> float:
    """Return the sum over visitors of the product of two combinations of columns, each about its mean.

    Noise of 0 becomes 0. ``KeyError`` where a pair was not summed.
    """
    total = size = 0.0
    for a, weight_a in left.items():
        for b, weight_b in right.items():
            term = weight_a * weight_b * summary.comoment(a, b)
            total += term
            size += abs(term)
    if abs(total) > ROUNDING * size:
        return total
    return 0.0


def pool(control: Summary, treatment: Summary, *metrics: MetricColumns) -> Summary:
    """Return both arms' visitors together, on the columns of the metrics alone."""
    columns: set[str] = set()
    for metric in metrics:
        columns |= metric.columns()
    # Sorted, so that sums are always added in the same order and the last digit stays the same.
    ordered = sorted(columns)
    return control.select(*ordered) + treatment.select(*ordered)


def estimate_of(summary: Summary, metric: MetricColumns) -> ArmEstimate:
    """Return the metric's value, where it is defined, with its squared error by the delta method."""
    return weighted_estimate(summary, metric.value(summary), metric.weights(summary))


def weighted_estimate(summary: Summary, value: float, weights: ColumnWeights) -> ArmEstimate:
    """Return a value with the squared error of the combination ``weights``.

    With n - 1 in the variance; 0 below two visitors.
    """
    squares = max(linear_comoment(summary, weights, weights), 0.0)
    return ArmEstimate(value, squares / max(summary.n - 1, 1) / summary.n, summary.n)


def arm_sums_of(summary: Summary, metric: MetricColumns) -> ArmSums:
    """Return raw sums for the score test. ``KeyError`` where third-order sums are missing."""
    if metric.denominator is None:
        return _arm_sums_of_mean(summary, metric.numerator)
    return _arm_sums_of_ratio(summary, metric.numerator, metric.denominator)


def _arm_sums_of_mean(summary: Summary, y: str) -> ArmSums:
    """Return the sums of a mean, whose d is 1 for a buyer: powers of d change nothing, and only buyers have a y."""
    raw = RawSums(summary, summary.means)
    buyers, total, square = float(summary.buyers or 0), raw.first(y), raw.second(y, y)
    return ArmSums(
        n=summary.n,
        y=total,
        d=buyers,
        yy=square,
        yd=total,
        dd=buyers,
        yyy=raw.third(y, y, y),
        yyd=square,
        ydd=total,
        ddd=buyers,
    )


def _arm_sums_of_ratio(summary: Summary, y: str, d: str) -> ArmSums:
    raw = RawSums(summary, summary.means)
    return ArmSums(
        n=summary.n,
        y=raw.first(y),
        d=raw.first(d),
        yy=raw.second(y, y),
        yd=raw.second(y, d),
        dd=raw.second(d, d),
        yyy=raw.third(y, y, y),
        yyd=raw.third(y, y, d),
        ydd=raw.third(y, d, d),
        ddd=raw.third(d, d, d),
    )


def covariate_sums_of(summary: Summary, metric: MetricColumns, covariate: str, centre: float) -> CovariateSums:
    """Return raw sums with the covariate measured from ``centre``. ``KeyError`` where third-order sums are missing."""
    y, d, x = metric.numerator, metric.denominator, covariate
    raw = RawSums(summary, {**summary.means, x: summary.means[x] - centre})
    sums = CovariateSums(
        x=raw.first(x),
        xx=raw.second(x, x),
        xxx=raw.third(x, x, x),
        yx=raw.second(y, x),
        yxx=raw.third(y, x, x),
        yyx=raw.third(y, y, x),
    )
    if d is None:
        return sums
    return sums._replace(dx=raw.second(d, x), dxx=raw.third(d, x, x), ydx=raw.third(y, d, x), ddx=raw.third(d, d, x))


class RawSums(NamedTuple):
    """Raw sums of products of columns, rebuilt from a summary's centred ones.

    - ``summary``: where the centred sums come from; ``means``: the columns' means, the summary's own or measured from
      another origin.
    """

    summary: Summary
    means: Mapping[str, float]

    def first(self, a: str) -> float:
        """Return the sum of a column."""
        return self.summary.n * self.means[a]

    def second(self, a: str, b: str) -> float:
        """Return the sum of the products of two columns."""
        return self.summary.comoment(a, b) + self.summary.n * self.means[a] * self.means[b]

    def third(self, a: str, b: str, c: str) -> float:
        """Return the sum of the products of three columns."""
        comoment, mean_a, mean_b, mean_c = self.summary.comoment, self.means[a], self.means[b], self.means[c]
        mixed = mean_a * comoment(b, c) + mean_b * comoment(a, c) + mean_c * comoment(a, b)
        return self.summary.third_comoment(a, b, c) + mixed + self.summary.n * mean_a * mean_b * mean_c
