"""What a report says about metrics: the numbers of each treatment against control."""

from dataclasses import dataclass, field
from typing import Literal

from experiments.report.estimates import Disagreement, Estimate, EstimateStep, FinalEstimate, Range, Ratio

Unit = Literal["money", "share", "number"]
Scale = Literal["lift", "difference"]
Role = Literal["goal", "guardrail", "explains", "secondary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialResult:
    """The interval of the difference that stays valid when a test is read before its end, and its p-value."""

    low: float | None  # in the metric's unit
    high: float | None  # in the metric's unit
    # As fractions of the size of control's value, whose own error is in them; None where that can't be told from 0
    relative_low: float | None
    relative_high: float | None
    p_value: float | None  # always valid; None of a group-sequential interval
    unavailable: str | None  # reason why the numbers are missing
    # Valid at any time, or the goal's at the plan's newest look, by that look's bound
    method: Literal["always_valid", "group_sequential"] = "always_valid"
    level: float | None = None  # error rate of all looks together
    nominal_level: float | None = None  # error rate of a fixed interval of this width; group-sequential alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The Bayesian reading. The interval holds 95%."""

    scale: Scale  # whether the effect is a lift or a difference
    chance_to_win: float | None  # that the treatment is better, whichever way is better for the metric
    # What a roll-out costs where it is wrong, in the metric's unit per visitor (or order)
    expected_loss_ship: float | None
    expected_loss_keep: float | None  # what keeping control costs where that is wrong, in the same unit
    # Of a roll-out, minor units a month at full traffic; None of metrics not in money
    expected_loss_monthly_minor: float | None
    mean: float | None  # of the effect
    sd: float | None  # its standard deviation
    low: float | None  # 2.5% lie below
    high: float | None  # 2.5% lie above
    unavailable: str | None  # reason why the numbers are missing


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedEstimate:
    """A treatment's effect corrected for luck: the test's own figures, weighed by how large effects usually are.

    ``treatment`` over ``control`` is exactly 1 + ``lift.estimate``. The intervals hold 95%.
    """

    control: float  # the value compared, as in ``main``
    treatment: float  # what control's value becomes by the lift
    lift: Range  # as a fraction of control
    difference: Range  # the lift times control, in the metric's unit
    past_tests: int  # of the store, from which is known how large effects are; 0: from this test alone
    # How often a test like this one would measure so large an effect, by past tests; small: they contradict it
    chance_of_more: float
    is_contradicted: bool  # whether that is so rare that the prior says little here, and the data decide


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResult:
    """One metric of one treatment against control."""

    metric: str  # such as ``rpv``
    label: str  # as pages show it
    unit: Unit  # of values and differences; money in minor units, shares as fractions
    role: Role  # what the metric is for in this test
    variant: str  # key of the treatment
    control: Ratio  # as observed
    treatment: Ratio  # as observed
    main: Estimate  # the estimate to read
    is_adjusted: bool  # whether the cart's value was used
    variance_reduction: float | None  # share of the variance that it explained; None where it wasn't used
    without_cuped: Estimate | None  # ``main`` without that; None where it would be the same
    without_cap: Estimate | None  # ``main`` with orders as they were; None where it would be the same
    # Holm's over the treatments for the goal, Benjamini and Hochberg's over the other metrics
    corrected_p_value: float | None
    sequential: SequentialResult | None  # None where there is nothing to compare
    belief: Belief | None  # None where there is nothing to compare
    method_reason: str = ""  # why this test: proportion, few_expected, skewed_money, few_buyers, means, no_test
    is_lower_better: bool = False  # a rise is bad, as of refunds
    is_in_points: bool = False  # read the difference rather than the lift
    # ``main`` corrected for luck; None where there is no lift, and of a metric that is read in points
    corrected: CorrectedEstimate | None = None
    final: FinalEstimate | None = None  # the one estimate to show; None in reports of before there was one
    steps: list[EstimateStep] = field(default_factory=list)  # how ``final`` was made of what was observed
    disagreement: Disagreement | None = None  # None where other ways of estimating say the same
    covariates: list[str] = field(default_factory=list)  # what it is adjusted for; older reports don't say

    @property
    def shown(self) -> FinalEstimate:
        """The estimate to show: the final one, in older reports the one that was compared."""
        if self.final is not None:
            return self.final
        return FinalEstimate.of(self.main)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomMetricMeaning:
    """What one of the store's own metrics meant in this test."""

    metric: str  # its code, as in ``metrics``
    name: str  # as pages showed it at the launch
    counted: str  # revenue, units, buyers
    version: int  # which of the metric's meanings
    skus: list[str]  # of its products, those of its categories at the launch among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Where a treatment's RPV lift comes from: (1 + orders per visitor) x (1 + AOV) = 1 + RPV."""

    variant: str  # key of the treatment
    rpv: Range | None  # lift
    orders_per_visitor: Range | None  # lift
    aov: Range | None  # lift
    unavailable: str | None  # reason why lifts are missing
    # The same of the final estimates, whose product is exact too; None in reports of before there were any
    final_rpv: Range | None = None  # lift
    final_orders_per_visitor: Range | None = None  # lift
    final_aov: Range | None = None  # lift


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyEffect:
    """What a treatment earns a month at full traffic, in minor units: the difference of RPV x visitors a month."""

    variant: str  # key of the treatment
    visitors_per_month: float | None  # at full traffic; None where it is unknown
    amount: Range | None  # positive: more than control; with the fixed interval
    sequential: Range | None  # the same with the interval that may be read at any time
    # What a roll-out would cost a month on average, weighed by how likely it is to lose
    expected_loss_minor: float | None
    unavailable: str | None  # reason why ``amount`` is missing: RPV or the traffic is unknown
    final: Range | None = None  # ``amount`` of the final estimate; None in reports of before there was one

    @property
    def shown(self) -> Range | None:
        """The amount to show."""
        return self.final or self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A guardrail metric of a treatment.

    ``effect`` and ``margin`` are lifts, or differences for a metric in points: -0.02 is not more than 2% lower, and
    +0.01 of a metric in points at most one point higher.
    """

    variant: str  # key of the treatment
    metric: str  # such as ``aov``
    label: str  # as pages show it
    margin: float  # what the effect may not pass
    is_in_points: bool  # the effect is a difference, not a lift
    effect: Range | None  # with the fixed interval; None where it is unknown
    # Holds: the whole interval is on the right side of the margin; unproven: a part; harmed: none
    state: Literal["holds", "unproven", "harmed"]
    is_lower_better: bool = False  # the margin is the most that it may rise
    is_harm_certain: bool = False  # whether the always-valid interval is past the margin, too
    # Whether ``effect`` is a difference in the metric's unit, as where control's value is too near zero for a lift
    is_in_unit: bool = False
    allowed: float | None = None  # the margin on the scale of ``effect``; None in reports that were stored before
    unit: Unit = "money"  # of the metric
    # The effect with the interval that may be read now: the always-valid one, or the fixed one of a test that is read
    # once; without ends where too little is known. None in reports of before it was kept
    known: Range | None = None
    is_worse: bool = False  # whether ``known`` is on the wrong side of zero as a whole
    known_is_in_unit: bool = False  # as ``is_in_unit``, of ``known``
    known_allowed: float | None = None  # the margin on the scale of ``known``

    @property
    def readable(self) -> Range | None:
        """The effect with the interval to read; in older reports the fixed one."""
        return self.known or self.effect

    @property
    def harmful_end(self) -> float | None:
        """The end of that interval on the side that would do harm; None where it has none there."""
        if self.readable is None:
            return None
        if self.is_lower_better:
            return self.readable.high
        return self.readable.low

    @property
    def is_readable_in_unit(self) -> bool:
        """Whether ``readable`` is a difference in the metric's unit."""
        if self.known is None:
            return self.is_in_unit
        return self.known_is_in_unit

    @property
    def limit(self) -> float:
        """The margin on the scale of ``readable``."""
        allowed = self.allowed
        if self.known is not None:
            allowed = self.known_allowed
        if allowed is None:
            return self.margin
        return allowed

    @property
    def is_margin_excluded(self) -> bool:
        """Whether harm past the margin can be ruled out."""
        end = self.harmful_end
        if end is None:
            return False
        if self.is_lower_better:
            return end <= self.limit
        return end >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A treatment's effect as it is added to other tests': of the goal, and of RPV where that isn't the goal."""

    variant: str  # key of the treatment
    metric: str  # such as ``rpv``
    log_lift: float | None  # log of 1 + lift: it adds up, and is nearly normal
    log_lift_error: float | None  # its standard error (delta method)
    # What control would earn in a month at full traffic, for RPV alone: the lift times it is money
    monthly_base_minor: float | None
    corrected_lift: Range | None = None  # the lift itself, corrected for luck, as in the metric's ``corrected``
    # Of RPV without a log lift, as of a loss: the difference in a month at full traffic, as measured and as shown
    monthly_measured_minor: Range | None = None
    monthly_shown_minor: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The posterior of the goal's effect as a curve."""

    variant: str  # key of the treatment
    metric: str  # the goal
    scale: Scale  # of ``effect``
    effect: list[float]  # the curve's x, ascending
    density: list[float]  # its height at each of them; the area below it is one
    chance_to_win: float  # that the treatment is better
    unit: Unit = "share"  # of a difference; older reports have differences of shares alone


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentResult:
    """A metric within one value of a dimension, such as device = phone."""

    dimension: str  # such as ``device``
    value: str  # such as ``phone``
    variant: str  # key of the treatment
    control: Ratio  # as observed
    treatment: Ratio  # as observed
    estimate: Estimate  # capped, less refunds to come, and adjusted by the cart's value where the whole is
    # Holm's over all segments: below alpha, this segment alone would be a finding
    corrected_p_value: float | None = None
    final: FinalEstimate | None = None  # the one to show; None in reports of before there was one
    # The lift with the dimension's other values taken into account (partial pooling), corrected for luck as the whole
    pooled: Range | None = None

    @property
    def shown(self) -> FinalEstimate:
        """The estimate to show."""
        if self.final is not None:
            return self.final
        return FinalEstimate.of(self.estimate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """Whether a treatment's effect differs between the values of a dimension: Cochran's Q (1954) on the log lifts."""

    dimension: str  # such as ``device``
    variant: str  # key of the treatment
    q: float | None  # Q; chi-square where all values have one effect
    df: int | None  # values with an effect, less one
    p_value: float | None  # of Q
    corrected_p_value: float | None  # Holm's over dimensions and treatments
    text: str  # the finding in a sentence
    unavailable: str | None  # reason: fewer than two values have an effect with an error


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSums:
    """The exact sums behind a variant's numbers, from which all of them can be computed again."""

    variant: str  # key of the variant
    is_capped: bool  # whether order values count up to the experiment's cap
    visitors: int  # exposed
    # By column, money in minor units; ``orders_x_revenue`` is the sum over visitors of orders x revenue
    sums: dict[str, int]
