"""What each method needs of a summary: an estimate with its squared error, or raw sums up to the third order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from experiments.statistics.money.score import ArmSums
from experiments.statistics.money.score_cuped import CovariateSums
from experiments.statistics.money.welch import ArmEstimate
from experiments.statistics.summary import Summary

ColumnWeights: TypeAlias = Mapping[str, float]

ROUNDING = 1e-13  # a sum below this share of its terms is what floating point left of zero


class MetricColumns(NamedTuple):
    """A mean per visitor of one column, or the ratio of two columns' totals."""

    numerator: str
    denominator: str | None = None

    def is_defined(self, summary: Summary) -> bool:
        """Whether there are visitors, and a denominator that is not 0."""
        return bool(summary.n and (self.denominator is None or summary.means[self.denominator]))

    def value(self, summary: Summary) -> float:
        """The metric's value, where it is defined."""
        return summary.means[self.numerator] / (summary.means[self.denominator] if self.denominator else 1.0)

    def columns(self) -> set[str]:
        """The columns it is made of."""
        return {self.numerator} if self.denominator is None else {self.numerator, self.denominator}

    def weights(self, summary: Summary) -> ColumnWeights:
        """The combination of columns whose variance is n times that of the metric's value (delta method)."""
        if self.denominator is None:
            return {self.numerator: 1.0}
        above, below = summary.means[self.numerator], summary.means[self.denominator]
        return {self.numerator: 1 / below, self.denominator: -above / below**2}


def linear_comoment(summary: Summary, left: ColumnWeights, right: ColumnWeights) -> float:
    """Sum over visitors of the product of two combinations of columns, each about its mean; noise of 0 becomes 0."""
    terms = [u * v * summary.comoment(a, b) for a, u in left.items() for b, v in right.items()]
    total = sum(terms)
    return total if abs(total) > ROUNDING * sum(map(abs, terms)) else 0.0


def pool(control: Summary, treatment: Summary, *metrics: MetricColumns) -> Summary:
    """Both arms' visitors together, on the columns of the metrics alone."""
    columns = sorted(set().union(*(metric.columns() for metric in metrics)))
    return control.select(*columns) + treatment.select(*columns)


def estimate_of(summary: Summary, metric: MetricColumns) -> ArmEstimate:
    """The metric's value, where it is defined, with its squared error by the delta method."""
    return weighted_estimate(summary, metric.value(summary), metric.weights(summary))


def weighted_estimate(summary: Summary, value: float, weights: ColumnWeights) -> ArmEstimate:
    """A value with the squared error of the combination ``weights`` (n - 1 in the variance; 0 below two visitors)."""
    squares = max(linear_comoment(summary, weights, weights), 0.0)
    return ArmEstimate(value, squares / max(summary.n - 1, 1) / summary.n, summary.n)


def arm_sums_of(summary: Summary, metric: MetricColumns) -> ArmSums:
    """Raw sums for the score test. ``KeyError`` where third-order sums are missing."""
    if metric.denominator is None:
        return _arm_sums_of_mean(summary, metric.numerator)
    return _arm_sums_of_ratio(summary, metric.numerator, metric.denominator)


def _arm_sums_of_mean(summary: Summary, y: str) -> ArmSums:
    raw = RawSums(summary, summary.means)
    buyers, total, square, cube = float(summary.buyers or 0), raw.first(y), raw.second(y, y), raw.third(y, y, y)
    return ArmSums(summary.n, total, buyers, square, total, buyers, cube, square, total, buyers)


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
    """Raw sums with the covariate measured from ``centre``. ``KeyError`` where third-order sums are missing."""
    y, d, x = metric.numerator, metric.denominator, covariate
    raw = RawSums(summary, {**summary.means, x: summary.means[x] - centre})
    of_y = raw.second(y, x), raw.third(y, x, x), raw.third(y, y, x)
    of_x = raw.first(x), raw.second(x, x), raw.third(x, x, x)
    if d is None:
        return CovariateSums(*of_x, *of_y)
    return CovariateSums(*of_x, *of_y, raw.second(d, x), raw.third(d, x, x), raw.third(y, d, x), raw.third(d, d, x))


class RawSums(NamedTuple):
    """Raw sums of products of columns whose means are ``means``: the summary's own, or measured from elsewhere."""

    summary: Summary
    means: Mapping[str, float]

    def first(self, a: str) -> float:
        """Sum of a column."""
        return self.summary.n * self.means[a]

    def second(self, a: str, b: str) -> float:
        """Sum of the products of two columns."""
        return self.summary.comoment(a, b) + self.summary.n * self.means[a] * self.means[b]

    def third(self, a: str, b: str, c: str) -> float:
        """Sum of the products of three columns."""
        comoment, mean_a, mean_b, mean_c = self.summary.comoment, self.means[a], self.means[b], self.means[c]
        mixed = mean_a * comoment(b, c) + mean_b * comoment(a, c) + mean_c * comoment(a, b)
        return self.summary.third_comoment(a, b, c) + mixed + self.summary.n * mean_a * mean_b * mean_c
