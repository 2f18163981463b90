"""How many visitors a test needs, and what it can find with those it gets.

Sources: J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for Rates and Proportions" (2003) for proportions;
J. Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988) for the t test.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, sqrt

from scipy.optimize import brentq
from scipy.special import nctdtr, ndtri, stdtrit

from experiments.statistics.money.arms import MetricColumns, estimate_of
from experiments.statistics.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What a test is planned by. ``ValueError`` for settings that make no test.

    - ``alpha``: the error rate, two-sided; ``power``: the chance to find the effect, above alpha and below 1.
    - ``ratio``: treatment visitors per control visitor, above 0.
    - ``inflation``: what planned looks multiply the size by, at least 1 (see `sequential_inflation`).
    - ``variance_reduction``: the share of a mean's variance that CUPED is expected to remove, from 0 to below 1.
    """

    alpha: float = 0.05
    power: float = 0.8
    ratio: float = 1.0
    inflation: float = 1.0
    variance_reduction: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.alpha < self.power < 1) or self.ratio <= 0 or self.inflation < 1:
            raise ValueError("need 0 < alpha < power < 1, a positive ratio and an inflation of at least 1")
        if not 0 <= self.variance_reduction < 1:
            raise ValueError("need a variance reduction from 0 to below 1")


DEFAULTS = PlanSettings()


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Visitors that a test needs: in ``control``, and in each ``treatment`` arm. Exact numbers; round up to plan."""

    control: float
    treatment: float

    def total(self, treatment_arms: int = 1) -> int:
        """Return the visitors in all arms together."""
        return ceil(self.control) + treatment_arms * ceil(self.treatment)

    def days(self, visitors_per_day: float, treatment_arms: int = 1) -> float:
        """Return the days until that many visitors have been exposed; infinite without traffic."""
        if visitors_per_day <= 0:
            return inf
        return ceil(self.total(treatment_arms) / visitors_per_day)


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """The smallest effect that a test finds with the wanted power: in the metric's unit, and as a lift."""

    absolute: float
    relative: float


@dataclass(frozen=True, slots=True)
class MetricSpread:
    """A metric per visitor as planning sees it: its ``mean``, and the standard deviation ``sd`` behind one visitor."""

    mean: float
    sd: float


def sample_size_for_proportion(baseline: float, relative_mde: float, settings: PlanSettings = DEFAULTS) -> SampleSize:
    """Return the visitors that find a lift ``relative_mde`` of a rate ``baseline`` with the pooled score z test.

    ``n_control = (z_a sqrt(q (1 - q) (1 + 1/r)) + z_b sqrt(p_c (1 - p_c) + p_t (1 - p_t) / r))^2 / (p_t - p_c)^2`` with
    q the pooled rate and r the ratio (Fleiss, Levin, Paik 2003): the null's variance for the test, the alternative's
    for its power. Raises ``ValueError`` for rates outside 0 to 1, or without an effect.
    """
    other = baseline * (1 + relative_mde)
    if not (0 < baseline < 1 and 0 <= other <= 1) or relative_mde == 0:
        raise ValueError("both rates lie between 0 and 1 and differ")
    ratio = settings.ratio
    pooled = (baseline + ratio * other) / (1 + ratio)
    under_null = pooled * (1 - pooled) * (1 + 1 / ratio)
    under_alternative = baseline * (1 - baseline) + other * (1 - other) / ratio
    z_alpha, z_beta = float(-ndtri(settings.alpha / 2)), float(ndtri(settings.power))
    control = ((z_alpha * sqrt(under_null) + z_beta * sqrt(under_alternative)) / (other - baseline)) ** 2
    return SampleSize(settings.inflation * control, settings.inflation * ratio * control)


def sample_size_for_mean(
    mean: float,
    sd: float,
    relative_mde: float,
    settings: PlanSettings = DEFAULTS,
    *,
    treatment_sd: float | None = None,
    is_t: bool = True,
) -> SampleSize:
    """Return the visitors that find a lift ``relative_mde`` of a mean, or of a ratio by its `metric_spread`.

    - ``sd``: standard deviation of one visitor, in the metric's unit; ``treatment_sd``: the same at the alternative
      where it differs (an offer that scales order values scales it by 1 + lift).
    - By the noncentral t distribution (Welch's test at these sizes), or with ``is_t=False`` the normal approximation
      ``(z_a + z_b)^2 (sd_c^2 + sd_t^2 / r) / (mean * relative_mde)^2``.

    Raises ``ValueError`` without a deviation or an effect.
    """
    if sd <= 0 or mean * relative_mde == 0:
        raise ValueError("need a positive deviation and an effect")
    if treatment_sd is None:
        treatment_sd = sd
    effect_size = abs(mean * relative_mde) / _spread(sd, treatment_sd, settings)
    solve = _control_by_z
    if is_t:
        solve = _control_by_t
    control = settings.inflation * solve(effect_size, settings)
    return SampleSize(control, settings.ratio * control)


def minimum_detectable_effect(
    mean: float, n_control: float, settings: PlanSettings = DEFAULTS, *, sd: float | None = None
) -> DetectableEffect:
    """Return the smallest rise that ``n_control`` visitors in control (and ``ratio`` times as many beside) find.

    Without ``sd`` the metric is a proportion, whose variance follows from its mean: `sample_size_for_proportion` solved
    for the lift, infinite where even a rate of 1 would not be found. With it,
    ``(z_a + z_b) sd sqrt((1 + 1/r) / n_control)``. Raises ``ValueError`` without visitors or a mean.
    """
    if n_control <= 0 or mean == 0:
        raise ValueError("need visitors and a mean that isn't zero")
    if sd is None:
        return _detectable_rise(mean, n_control, settings)
    spread = _spread(sd, sd, settings)
    z = float(ndtri(settings.power) - ndtri(settings.alpha / 2))
    absolute = z * spread * sqrt((1 + 1 / settings.ratio) * settings.inflation / n_control)
    return DetectableEffect(absolute, absolute / abs(mean))


def metric_spread(summary: Summary, numerator: str, denominator: str | None = None) -> MetricSpread | None:
    """Return the value of a mean, or of the ratio numerator / denominator, with its deviation per visitor.

    For a ratio R the deviation is that of ``(numerator - R denominator) / mean(denominator)`` (delta method; Deng,
    Knoblich, Lu 2018). ``None`` below two visitors or with a denominator that sums to 0.
    """
    columns = MetricColumns(numerator, denominator)
    if summary.n < 2 or not columns.is_defined(summary):
        return None
    estimate = estimate_of(summary, columns)
    return MetricSpread(estimate.value, sqrt(estimate.squared_error * summary.n))


def _spread(sd: float, treatment_sd: float, settings: PlanSettings) -> float:
    """Return the deviation that, common to both arms, gives the difference the same variance."""
    ratio = settings.ratio
    variance = (1 - settings.variance_reduction) * (sd * sd + treatment_sd * treatment_sd / ratio)
    return sqrt(variance / (1 + 1 / ratio))


def _control_by_z(effect_size: float, settings: PlanSettings) -> float:
    z = float(ndtri(settings.power) - ndtri(settings.alpha / 2))
    return (1 + 1 / settings.ratio) * (z / effect_size) ** 2


def _control_by_t(effect_size: float, settings: PlanSettings) -> float:
    def shortfall(control: float) -> float:
        return settings.power - _power_of_t(control, effect_size, settings)

    # A t test needs more than the normal approximation says, by about 2 in each arm; 3 beyond leaves room at any size.
    # The smallest test has an observation in each arm and one degree of freedom.
    lowest = max(1.0, 1 / settings.ratio, 3 / (1 + settings.ratio))
    highest = _control_by_z(effect_size, settings) + 3 * lowest
    while shortfall(highest) > 0:
        highest *= 2
    if shortfall(lowest) <= 0:
        return lowest
    return float(brentq(shortfall, lowest, highest, xtol=1e-10, rtol=1e-14))


def _power_of_t(control: float, effect_size: float, settings: PlanSettings) -> float:
    """Return the power of a two-sided t test, by the noncentral t distribution (Cohen 1988, section 2.2)."""
    treatment = settings.ratio * control
    freedom = control + treatment - 2
    noncentrality = effect_size * sqrt(control * treatment / (control + treatment))
    critical = float(stdtrit(freedom, 1 - settings.alpha / 2))
    above = 1 - float(nctdtr(freedom, noncentrality, critical))
    return above + float(nctdtr(freedom, noncentrality, -critical))


def _detectable_rise(baseline: float, n_control: float, settings: PlanSettings) -> DetectableEffect:
    def excess(lift: float) -> float:
        return sample_size_for_proportion(baseline, lift, settings).control - n_control

    # A rate of exactly 1 has no variance left: just below.
    highest = (1 - baseline) / baseline * (1 - 1e-12)
    if excess(highest) > 0:
        return DetectableEffect(inf, inf)
    relative = float(brentq(excess, highest * 1e-9, highest, xtol=1e-15, rtol=1e-12))
    return DetectableEffect(baseline * relative, relative)
