"""Compare a ratio of totals with the visitor as the unit: revenue per order, items per order."""

from __future__ import annotations

from experiments.statistics.money.arms import MetricColumns
from experiments.statistics.money.comparison import MethodChoice, compare
from experiments.statistics.results import Comparison
from experiments.statistics.summary import Summary


# The two arms, the two columns, and the options that all comparisons have.
def compare_ratios(  # noqa: PLR0913
    control: Summary,
    treatment: Summary,
    numerator: str,
    denominator: str,
    *,
    covariate: str | tuple[str, str] | None = None,
    method: MethodChoice = "auto",
    alpha: float = 0.05,
) -> Comparison:
    """Compare treatment's ratio of totals with control's.

    ``method="welch"``: Welch's test with the delta method's variance, ``var R = (var x - 2 R cov(x, y) + R^2 var y) /
    (n mean(y)^2)``, the visitor as the unit (A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric
    analytics", 2018), Fieller's interval of the lift. ``method="score"``: the skew-corrected score test per order
    (`score.ratio_statistic`), its intervals by inversion; it needs third-order sums of both columns. ``method="auto"``
    takes the score test where the sums allow it and both ratios are positive, else Welch's.

    With a ``covariate`` (a column, or numerator and denominator of a ratio) both ratios are adjusted for it first
    (CUPED).

    Not available: as for means, and everything where an arm's denominator is 0 (``no_orders``).
    """
    metric = MetricColumns(numerator, denominator)
    return compare(control, treatment, metric, _covariate_columns(covariate), method=method, alpha=alpha)


def _covariate_columns(covariate: str | tuple[str, str] | None) -> MetricColumns | None:
    if covariate is None:
        return None
    if isinstance(covariate, str):
        return MetricColumns(covariate)
    return MetricColumns(*covariate)
