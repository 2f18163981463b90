"""What a report says of one number: its value in each variant, the difference, and how it was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# How reports are made; older ones don't say. 1: each estimate by itself, as it was measured. 2: one estimate for each
# metric, corrected for luck, with the steps that lead to it.
METHOD_VERSION = 2

# From what was observed to what is shown, in this order; `FinalEstimate` has a step of its own where it is a quotient.
StepCode = Literal["observed", "mature", "capped", "reserve", "adjusted", "quotient", "corrected"]
# What a figure is compared with to see whether it hangs on how it was made.
OtherWay = Literal["without_cuped", "without_cap", "without_both"]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with its interval, in the unit that the field which holds it names."""

    estimate: float  # the best guess
    low: float | None  # None where the interval has no end on that side
    high: float | None  # the same


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric of one variant as observed: neither capped nor adjusted."""

    numerator: int  # exact sum, money in minor units
    denominator: int  # exact sum, such as visitors or orders
    value: float | None  # one over the other; None where the denominator is zero, or a visitor's value is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Treatment against control, one way of estimating it."""

    control: float | None  # the value compared: adjusted where the covariate is used, capped where a cap is
    treatment: float | None  # the same
    difference: Range | None  # treatment minus control, in the metric's unit
    lift: Range | None  # difference as a fraction of control; alone None where control is zero
    p_value: float | None  # two-sided, not corrected
    method: str  # names the test
    unavailable: str | None  # reason why a number is missing
    monte_carlo_error: float | None = None  # standard error of a p-value found by drawing; else None
    standard_error: float | None = None  # of the difference, in the metric's unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalEstimate:
    """The one estimate to show: capped, adjusted, of mature visitors, less refunds to come, corrected for luck.

    ``treatment / control - 1`` is the lift, to the last digit.
    """

    control: float | None  # in the metric's unit
    treatment: float | None  # the same
    difference: Range | None  # treatment minus control, in the metric's unit
    lift: Range | None  # as a fraction of control; alone None where control is zero
    unavailable: str | None = None  # reason why a number is missing
    is_corrected: bool = False  # whether luck is taken out
    is_quotient: bool = False  # revenue per visitor over orders per visitor, instead of a test of its own

    @classmethod
    def of(cls, estimate: Estimate) -> "FinalEstimate":
        """Return an estimate as it was compared."""
        return cls(
            control=estimate.control,
            treatment=estimate.treatment,
            difference=estimate.difference,
            lift=estimate.lift,
            unavailable=estimate.unavailable,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateStep:
    """A metric after one more step on the way from what was observed to what is shown."""

    code: StepCode  # what was done
    control: float | None  # in the metric's unit
    treatment: float | None  # the same
    lift: Range | None  # as a fraction of control; without an interval where none was computed


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Another way of estimating that gives another answer: the figure hangs on how it was made."""

    way: OtherWay  # which
    kind: Literal["sign", "size"]  # it has the other sign, or is off by more than half the interval's width
    lift: float  # what it gives, as a fraction of control; a difference of a metric in points


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstReport:
    """What was reported of a treatment when the test ended, by an older method."""

    variant: str  # key of the treatment
    metric: str  # such as ``rpv``
    lift: float  # as a fraction of control
    method_version: int  # see ``METHOD_VERSION``
    taken_at: datetime  # of the stored report
