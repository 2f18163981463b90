"""How many visitors a test needs, and what it can find with those it gets."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, sqrt

from scipy.optimize import brentq
from scipy.special import nctdtr, ndtri, stdtrit

from experiments.statistics.money.arms import MetricColumns, estimate_of
from experiments.statistics.summary import Summary


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Visitors that a test needs: in control, and in each treatment arm. Exact numbers; round up to plan."""

    control: float
    treatment: float

    def total(self, treatment_arms: int = 1) -> int:
        """Visitors in all arms together."""
        return ceil(self.control) + treatment_arms * ceil(self.treatment)

    def days(self, visitors_per_day: float, treatment_arms: int = 1) -> float:
        """Days until that many visitors have been exposed; infinite without traffic."""
        return ceil(self.total(treatment_arms) / visitors_per_day) if visitors_per_day > 0 else inf


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """The smallest effect that a test finds with the wanted power: in the metric's unit, and as a lift."""

    absolute: float
    relative: float


@dataclass(frozen=True, slots=True)
class MetricSpread:
    """A metric per visitor as planning sees it: its value and the standard deviation behind one visitor."""

    mean: float
    sd: float


def sample_size_for_proportion(
    baseline: float,
    relative_mde: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    inflation: float = 1.0,
) -> SampleSize:
    """Return the visitors that find a lift ``relative_mde`` of a rate ``baseline`` with the pooled score z test.

    - ``n_control = (z_a sqrt(q (1 - q) (1 + 1/r)) + z_b sqrt(p_c (1 - p_c) + p_t (1 - p_t) / r))^2 / (p_t - p_c)^2``
      with q the pooled rate and r = ``ratio``, treatment visitors per control visitor (Fleiss, Levin, Paik 2003): the
      null's variance for the test, the alternative's for its power.
    - ``alpha`` two-sided; ``inflation`` multiplies the size (see `sequential_inflation`).

    Raises ``ValueError`` for rates outside 0 to 1 or settings that make no test.
    """
    _check(alpha, power, ratio, inflation)
    other = baseline * (1 + relative_mde)
    if not (0 < baseline < 1 and 0 <= other <= 1) or relative_mde == 0:
        raise ValueError("both rates lie between 0 and 1 and differ")
    pooled = (baseline + ratio * other) / (1 + ratio)
    under_null = pooled * (1 - pooled) * (1 + 1 / ratio)
    under_alternative = baseline * (1 - baseline) + other * (1 - other) / ratio
    z_alpha, z_beta = float(-ndtri(alpha / 2)), float(ndtri(power))
    control = ((z_alpha * sqrt(under_null) + z_beta * sqrt(under_alternative)) / (other - baseline)) ** 2
    return SampleSize(inflation * control, inflation * ratio * control)


def sample_size_for_mean(
    mean: float,
    sd: float,
    relative_mde: float,
    *,
    treatment_sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    inflation: float = 1.0,
    variance_reduction: float = 0.0,
    is_t: bool = True,
) -> SampleSize:
    """Return the visitors that find a lift ``relative_mde`` of a mean, or of a ratio by its `metric_spread`.

    - ``sd``: standard deviation of one visitor, in the metric's unit; ``treatment_sd``: the same at the alternative
      where it differs (an offer that scales order values scales it by 1 + lift).
    - By the noncentral t distribution (Welch's test at these sizes), or with ``is_t=False`` the normal approximation
      ``(z_a + z_b)^2 (sd_c^2 + sd_t^2 / r) / (mean * relative_mde)^2``.
    - ``variance_reduction``: the share of variance that CUPED is expected to remove. Other settings as in
      `sample_size_for_proportion`.
    """
    _check(alpha, power, ratio, inflation)
    if sd <= 0 or not 0 <= variance_reduction < 1 or mean * relative_mde == 0:
        raise ValueError("need a positive deviation, an effect, and a variance reduction below 1")
    spread = _spread(sd, treatment_sd, ratio, variance_reduction)
    effect_size = abs(mean * relative_mde) / spread
    solve = _control_by_t if is_t else _control_by_z
    control = inflation * solve(effect_size, alpha, power, ratio)
    return SampleSize(control, ratio * control)


def minimum_detectable_effect(
    mean: float,
    n_control: float,
    *,
    sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    ratio: float = 1.0,
    inflation: float = 1.0,
    variance_reduction: float = 0.0,
) -> DetectableEffect:
    """Return the smallest rise that ``n_control`` visitors in control (and ``ratio`` times as many beside) find.

    Without ``sd`` the metric is a proportion, whose variance follows from its mean: `sample_size_for_proportion` solved
    for the lift, infinite where even a rate of 1 would not be found. With it,
    ``(z_a + z_b) sd sqrt((1 + 1/r) / n_control)``. Settings as above.
    """
    _check(alpha, power, ratio, inflation)
    if n_control <= 0 or mean == 0:
        raise ValueError("need visitors and a mean that isn't zero")
    if sd is None:
        return _detectable_rise(mean, n_control, alpha, power, ratio, inflation)
    spread = _spread(sd, None, ratio, variance_reduction)
    z = float(ndtri(power) - ndtri(alpha / 2))
    absolute = z * spread * sqrt((1 + 1 / ratio) * inflation / n_control)
    return DetectableEffect(absolute, absolute / abs(mean))


def metric_spread(summary: Summary, numerator: str, denominator: str | None = None) -> MetricSpread | None:
    """Return the value of a mean, or of the ratio numerator / denominator, with its deviation per visitor.

    For a ratio R the deviation is that of ``(numerator - R denominator) / mean(denominator)`` (delta method; Deng,
    Knoblich, Lu 2018). ``None`` below two visitors or with a denominator that sums to 0.
    """
    if summary.n < 2 or (denominator is not None and not summary.means[denominator]):
        return None
    estimate = estimate_of(summary, MetricColumns(numerator, denominator))
    return MetricSpread(estimate.value, sqrt(estimate.squared_error * summary.n))


def _spread(sd: float, treatment_sd: float | None, ratio: float, variance_reduction: float) -> float:
    """The deviation that, common to both arms, gives the difference the same variance."""
    other = sd if treatment_sd is None else treatment_sd
    return sqrt((1 - variance_reduction) * (sd * sd + other * other / ratio) / (1 + 1 / ratio))


def _control_by_z(effect_size: float, alpha: float, power: float, ratio: float) -> float:
    return (1 + 1 / ratio) * (float(ndtri(power) - ndtri(alpha / 2)) / effect_size) ** 2


def _control_by_t(effect_size: float, alpha: float, power: float, ratio: float) -> float:
    def shortfall(control: float) -> float:
        return power - _power_of_t(control, effect_size, alpha, ratio)

    # A t test needs more than the normal approximation says, by about 2 in each arm; 3 beyond leaves room at any size.
    # The smallest test has an observation in each arm and one degree of freedom.
    lowest = max(1.0, 1 / ratio, 3 / (1 + ratio))
    highest = _control_by_z(effect_size, alpha, power, ratio) + 3 * lowest
    while shortfall(highest) > 0:
        highest *= 2
    if shortfall(lowest) <= 0:
        return lowest
    return float(brentq(shortfall, lowest, highest, xtol=1e-10, rtol=1e-14))


def _power_of_t(control: float, effect_size: float, alpha: float, ratio: float) -> float:
    """The power of a two-sided t test, by the noncentral t distribution (Cohen 1988, section 2.2)."""
    treatment = ratio * control
    freedom = control + treatment - 2
    noncentrality = effect_size * sqrt(control * treatment / (control + treatment))
    critical = float(stdtrit(freedom, 1 - alpha / 2))
    above = 1 - float(nctdtr(freedom, noncentrality, critical))
    return above + float(nctdtr(freedom, noncentrality, -critical))


def _detectable_rise(
    baseline: float, n_control: float, alpha: float, power: float, ratio: float, inflation: float
) -> DetectableEffect:
    def excess(lift: float) -> float:
        size = sample_size_for_proportion(baseline, lift, alpha=alpha, power=power, ratio=ratio, inflation=inflation)
        return size.control - n_control

    highest = (1 - baseline) / baseline * (1 - 1e-12)
    if excess(highest) > 0:
        return DetectableEffect(inf, inf)
    relative = float(brentq(excess, highest * 1e-9, highest, xtol=1e-15, rtol=1e-12))
    return DetectableEffect(baseline * relative, relative)


def _check(alpha: float, power: float, ratio: float, inflation: float) -> None:
    if not (0 < alpha < power < 1) or ratio <= 0 or inflation < 1:
        raise ValueError("need 0 < alpha < power < 1, a positive ratio and an inflation of at least 1")
