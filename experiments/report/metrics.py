"""What a report says about metrics: the numbers of each treatment against control."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "share", "number"]
Scale = Literal["lift", "difference"]
Role = Literal["goal", "guardrail", "explains", "secondary"]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with its interval; ``low`` or ``high`` is ``None`` where the interval has no end on that side."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric of one variant as observed.

    - ``numerator``, ``denominator``: exact sums, money in minor units; ``value``: one over the other, ``None`` where
      the denominator is zero.
    """

    numerator: int
    denominator: int
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Treatment against control, one way of estimating it.

    - ``control``, ``treatment``: the values compared, adjusted where the covariate is used, capped where a cap is.
    - ``difference``: in the metric's unit; ``lift``: as a fraction of control; ``p_value``: two-sided.
    - ``method``: names the test; ``unavailable``: the reason why a number is missing; the lift alone can be missing.
    - ``monte_carlo_error``: of a p-value found by drawing; ``standard_error``: of the difference.
    """

    control: float | None
    treatment: float | None
    difference: Range | None
    lift: Range | None
    p_value: float | None
    method: str
    unavailable: str | None
    monte_carlo_error: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialResult:
    """The interval of the difference that holds although one looks early, and its p-value.

    - ``low``, ``high``: in the metric's unit; ``relative_low``, ``relative_high``: as fractions of control's value.
    - ``method``: ``always_valid`` holds whenever one looks; ``group_sequential`` is the goal's at the plan's newest
      look, at that look's bound, and has no ``p_value``.
    - ``level``: its error rate; ``nominal_level``: that of a fixed interval of the same width (group-sequential alone).
    - ``unavailable``: the reason why the numbers are missing.
    """

    low: float | None
    high: float | None
    relative_low: float | None
    relative_high: float | None
    p_value: float | None
    unavailable: str | None
    method: Literal["always_valid", "group_sequential"] = "always_valid"
    level: float | None = None
    nominal_level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The Bayesian reading.

    - ``mean``, ``sd``, ``low``, ``high``: of the effect on ``scale``, the interval holds 95%.
    - ``chance_to_win``: that the treatment is better, whichever way is better for the metric.
    - ``expected_loss_ship``, ``expected_loss_keep``: what rolling out, or keeping control, costs if it is wrong, in the
      metric's unit per visitor (or order); ``expected_loss_monthly_minor``: of rolling out, money a month at full
      traffic, for metrics in money.
    - ``unavailable``: the reason why the numbers are missing.
    """

    scale: Scale
    chance_to_win: float | None
    expected_loss_ship: float | None
    expected_loss_keep: float | None
    expected_loss_monthly_minor: float | None
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResult:
    """One metric of one treatment against control.

    ``main`` is the estimate to read; ``without_cuped`` and ``without_cap`` are there where they differ from it.
    ``corrected_p_value`` is Holm's over the treatments for the goal, Benjamini and Hochberg's over the other metrics.
    ``is_lower_better``: a rise is bad, as of refunds. ``is_in_points``: read the difference rather than the lift.
    ``method_reason`` is a code that says why this test was used: ``proportion``, ``few_expected``, ``skewed_money``,
    ``few_buyers``, ``means``, ``no_test``.
    """

    metric: str
    label: str
    unit: Unit
    role: Role
    variant: str
    control: Ratio
    treatment: Ratio
    main: Estimate
    is_adjusted: bool
    variance_reduction: float | None
    without_cuped: Estimate | None
    without_cap: Estimate | None
    corrected_p_value: float | None
    sequential: SequentialResult | None
    belief: Belief | None
    method_reason: str = ""
    is_lower_better: bool = False
    is_in_points: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Where a treatment's RPV lift comes from: (1 + orders per visitor) x (1 + AOV) = 1 + RPV. All are lifts."""

    variant: str
    rpv: Range | None
    orders_per_visitor: Range | None
    aov: Range | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyEffect:
    """What a treatment earns a month at full traffic, in minor units: the difference of RPV x visitors a month.

    Positive: more than control. ``amount`` has the fixed interval, ``sequential`` the one that holds although one looks
    early. ``expected_loss_minor`` is what a roll-out would cost a month on average, weighed by how likely it is to
    lose. ``amount`` is ``None``, with the reason, where RPV or the traffic is unknown.
    """

    variant: str
    visitors_per_month: float | None
    amount: Range | None
    sequential: Range | None
    expected_loss_minor: float | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A guardrail metric of a treatment: ``holds`` (the whole interval is on the right side of the margin),
    ``unproven`` (part of it is), ``harmed`` (none of it is).

    ``effect`` is the lift, or the difference for a metric in points; ``margin`` is on the same scale: -0.02 is not more
    than 2% lower, +0.01 of a metric in points at most one point higher. ``is_harm_certain``: the always-valid interval
    is past the margin, too.
    """

    variant: str
    metric: str
    label: str
    margin: float
    is_in_points: bool
    effect: Range | None
    state: Literal["holds", "unproven", "harmed"]
    is_lower_better: bool = False
    is_harm_certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A treatment's effect on a metric as other tests' are added to it: the log of 1 + lift with its standard error.

    The goal's, and RPV's where that isn't the goal. ``monthly_base_minor``: what control would earn in a month at full
    traffic (RPV alone), so that the lift times it is money a month.
    """

    variant: str
    metric: str
    log_lift: float | None
    log_lift_error: float | None
    monthly_base_minor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The posterior of the goal's effect as a curve: ``density[i]`` at ``effect[i]``, ascending, on ``scale``."""

    variant: str
    metric: str
    scale: Scale
    effect: list[float]
    density: list[float]
    chance_to_win: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentResult:
    """The goal metric within one value of a dimension, such as device = phone.

    ``corrected_p_value`` is Holm's over all segments of the report: below alpha, this segment alone would stand.
    """

    dimension: str
    value: str
    variant: str
    control: Ratio
    treatment: Ratio
    estimate: Estimate
    corrected_p_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """Whether a treatment's effect differs between the values of a dimension: Cochran's Q (1954) on the differences.

    ``corrected_p_value`` is Holm's over dimensions and treatments; ``text`` says it in a sentence. ``unavailable``
    where fewer than two values have an effect with an error.
    """

    dimension: str
    variant: str
    q: float | None
    df: int | None
    p_value: float | None
    corrected_p_value: float | None
    text: str
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSums:
    """The exact sums behind a variant's numbers: ``orders_x_revenue`` is the sum over visitors of orders x revenue.

    ``is_capped``: order values counted up to the experiment's cap. Money is in minor units.
    """

    variant: str
    is_capped: bool
    visitors: int
    sums: dict[str, int]
