"""What the statistics return: frozen, typed results, and the reasons why a number can be missing.

A number that cannot be computed is ``None`` and ``unavailable`` says why. Results hold no NaN; an unbounded end of an
interval is an infinity. Differences are in the metric's unit (money in minor units), lifts are fractions (0.05 = +5%).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a result, or a part of it, is not available."""

    NO_UNITS = "no_units"  # an arm has no visitors
    ONE_UNIT = "one_unit"  # an arm has one visitor: its variance is unknown
    ZERO_VARIANCE = "zero_variance"  # all values are equal: there is no noise to compare with
    NO_ORDERS = "no_orders"  # an arm's denominator is zero
    TOO_FEW_ORDERS = "too_few_orders"  # fewer than 10 buyers in an arm
    CONTROL_IS_ZERO = "control_is_zero"  # a lift has nothing to be relative to
    NOT_POSITIVE = "not_positive"  # a logarithm of a value that is zero or negative
    MISSING_SUMS = "missing_sums"  # the summary lacks a column or the sums the method needs
    TOO_EARLY = "too_early"  # below the size from which an always-valid statement holds
    NO_WEIGHT = "no_weight"  # no arm has a positive weight
    OUT_OF_RANGE = "out_of_range"  # the numbers leave what floating point can hold


class Method(StrEnum):
    """The names of the tests, as results and reports carry them."""

    SCORE_Z = "score_z"  # pooled score z test of two proportions
    BOSCHLOO = "boschloo"  # exact unconditional test of two proportions
    FISHER = "fisher"  # exact conditional test of two proportions
    WELCH = "welch"  # Welch's t test; intervals by Welch and Fieller
    SCORE = "score"  # skew-corrected score test; intervals by inversion
    PERMUTATION = "permutation"  # studentised permutation test over buyers' rows


@dataclass(frozen=True, slots=True)
class Proportion:
    """Successes among units: visitors who converted among those exposed.

    - ``successes``, ``n``: counts, ``0 <= successes <= n``, else ``ValueError``.
    """

    successes: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n:
            raise ValueError(f"need 0 <= successes <= n, got {self.successes} of {self.n}")

    @property
    def rate(self) -> float | None:
        """``successes / n``; ``None`` without units."""
        if self.n == 0:
            return None
        return self.successes / self.n


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence (or credible) interval.

    - ``estimate``: ``None`` only for the lift of a proportion over a control without successes.
    - ``low``, ``high``: ``None`` where only the estimate is known, infinite where the interval has no end.
    """

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Treatment against control at a fixed horizon.

    - ``control``, ``treatment``: the metric's value in each arm (covariate-adjusted where a covariate was used).
    - ``difference``: treatment - control, in the metric's unit; ``lift``: treatment / control - 1.
    - ``standard_error``: of the difference; ``lift_standard_error``: of the lift by the delta method, for the Bayesian
      reading only; ``df``: degrees of freedom of the t distribution, ``None`` where the test isn't a t test.
    - ``p_value``: two-sided; at level alpha both intervals exclude 0 exactly when it is below alpha, for the methods
      whose intervals invert the test (welch, score, permutation).
    - ``control_error``, ``treatment_error``: standard errors of the arms' values, whose squares add up to that of
      ``standard_error``.
    - ``method``: the test that was used, or would have been (see `Method`).
    - ``unavailable``: the reason (see `Reason`) when anything above is missing. The lift alone can be missing
      (``control_is_zero``): the difference and its p-value then still stand.
    - ``variance_reduction``: 1 - adjusted variance / raw variance of the difference; ``theta``: the covariate's
      coefficient; both only where a covariate was used.
    - ``skewness``: of the score test's statistic.
    - ``is_permutation_due``: the rules ask for the exact permutation test over rows, which sums cannot give (fewer
      than 30 buyers in an arm, or a skewness beyond 1); the numbers here are the approximation until then.
    - ``monte_carlo_error``: standard error of a p-value found by drawing.
    - ``outer_noise``: how large the standard error of what isn't known of each arm as a whole (refunds still to come)
      is beside that of chance among visitors; the numbers here count both. 0 without.
    """

    control: float | None
    treatment: float | None
    difference: Interval | None = None
    lift: Interval | None = None
    standard_error: float | None = None
    lift_standard_error: float | None = None
    control_error: float | None = None
    treatment_error: float | None = None
    df: float | None = None
    p_value: float | None = None
    method: str
    unavailable: str | None = None
    variance_reduction: float | None = None
    theta: float | None = None
    skewness: float | None = None
    is_permutation_due: bool = False
    monte_carlo_error: float | None = None
    outer_noise: float = 0.0

    @property
    def estimated_difference(self) -> float | None:
        """The difference without its interval, in the metric's unit; ``None`` where it is not available."""
        if self.difference is None:
            return None
        return self.difference.estimate

    @property
    def estimated_lift(self) -> float | None:
        """The lift without its interval, as a fraction; ``None`` where it is not available."""
        if self.lift is None:
            return None
        return self.lift.estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequential:
    """An always-valid interval of the difference and its p-value: they hold at every look at once.

    - ``low``, ``high``: the interval's ends, in the metric's unit; ``p_value``: two-sided, below alpha exactly when the
      interval excludes 0.
    - ``lift_low``, ``lift_high``: the lifts d whose sequence on ``treatment - (1 + d) control`` doesn't exclude 0: for
      every d at once, the always-valid answer to "is the lift below d?". Infinite where control can't be told from 0.
    - ``rho``: the constant by which the boundary was tuned.
    - ``unavailable``: the reason (see `Reason`) when the others are missing.
    """

    low: float | None
    high: float | None
    p_value: float | None
    lift_low: float | None = None
    lift_high: float | None = None
    rho: float | None = None
    unavailable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What to believe about treatment against control after the data.

    - ``chance_to_win``: P(treatment > control).
    - ``expected_loss_ship``: E[(control - treatment)+], what rolling treatment out costs if that is wrong;
      ``expected_loss_keep``: E[(treatment - control)+], what keeping control costs. Same unit as ``mean``.
    - ``mean``, ``sd``, ``low``, ``high``: of the effect, with the equal-tailed 95% interval; the function that returns
      the posterior names the effect's scale (difference of rates, or lift).
    - ``lift``, ``control_rate``, ``treatment_rate``: of proportions only, each with its 95% interval.
    - ``unavailable``: the reason (see `Reason`) when everything else is missing.
    """

    chance_to_win: float | None
    expected_loss_ship: float | None
    expected_loss_keep: float | None
    low: float | None
    high: float | None
    mean: float | None
    sd: float | None
    lift: Interval | None = None
    control_rate: Interval | None = None
    treatment_rate: Interval | None = None
    unavailable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatio:
    """Whether the arms got the visitors that their weights promise.

    - ``observed``, ``expected``: visitors per arm, in the caller's order.
    - ``p_value``: of the chi-square test, for one look; ``always_valid_p_value``: may be read every day.
    - ``chi_square``, ``df``: the statistic, infinite where the plan rules out what was seen, and its degrees of
      freedom.
    - ``unavailable``: the reason (see `Reason`) when the p-values are missing.
    """

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p_value: float | None
    always_valid_p_value: float | None
    chi_square: float | None = None
    df: int | None = None
    unavailable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RpvDecomposition:
    """Where the change of revenue per visitor comes from: log lift(RPV) = log lift(conversion) + log lift(AOV).

    - ``rpv``, ``conversion``, ``aov``: log lifts (natural logarithm; ``expm1`` gives the lift) with their intervals;
      the estimates add up exactly. Conversion is orders per visitor here.
    - ``rpv_variance``, ``conversion_variance``, ``aov_variance``, ``covariance``: of the log lifts; RPV's is the sum of
      the parts' and twice their covariance.
    - ``unavailable``: the reason (see `Reason`) when everything else is missing.
    """

    rpv: Interval | None
    conversion: Interval | None
    aov: Interval | None
    rpv_variance: float | None = None
    conversion_variance: float | None = None
    aov_variance: float | None = None
    covariance: float | None = None
    unavailable: str | None = None
