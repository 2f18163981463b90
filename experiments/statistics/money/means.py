"""Compare the mean per visitor of one column: revenue, margin, items."""

from __future__ import annotations

from experiments.statistics.money.arms import MetricColumns
from experiments.statistics.money.comparison import MethodChoice, compare
from experiments.statistics.results import Comparison
from experiments.statistics.summary import Summary


def compare_means(
    control: Summary,
    treatment: Summary,
    column: str,
    *,
    covariate: str | None = None,
    method: MethodChoice = "auto",
    alpha: float = 0.05,
) -> Comparison:
    """Compare treatment's mean per visitor with control's.

    ``method="welch"``: Welch's test (1947), Welch's interval of the difference, Fieller's (1954) of the lift.
    ``method="score"``: the skew-corrected two-part score test (`score.mean_statistic`), its intervals by inversion; it
    needs third-order sums of the column and the number of buyers. ``method="auto"`` takes the score test where the
    sums allow it and both means are positive, else Welch's.

    With a ``covariate`` column both means are adjusted for it first (CUPED), its coefficient found over both arms.

    Not available: everything without visitors (``no_units``); beyond the estimates, the test with one visitor
    (``one_unit``), without variation (``zero_variance``), or where the chosen score test lacks sums (``missing_sums``),
    a positive mean (``not_positive``) or, in "auto", 10 buyers in each arm (``too_few_orders``); the lift over a
    control of 0 (``control_is_zero``).
    """
    covariate_columns = None
    if covariate is not None:
        covariate_columns = MetricColumns(covariate)
    return compare(control, treatment, MetricColumns(column), covariate_columns, method=method, alpha=alpha)
