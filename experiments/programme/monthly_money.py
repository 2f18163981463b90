"""What rolled-out treatments and all offers together earn a month, by the stored reports of their tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, expm1, sqrt
from typing import NamedTuple

from scipy.special import ndtri

from experiments.analysis.estimates import scale_interval
from experiments.models import AssignmentUnit, Experiment, Metric, Source, Store
from experiments.plan.learnt_prior import prior_of
from experiments.programme.known_tests import KnownTest, as_known, log_lift_of, with_results
from experiments.report import Effect, Range
from experiments.statistics.meta_analysis import Pooled, random_effects
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.posterior import effect_posterior

# Intervals over tests hold 95%, whatever alpha each test had.
Z = -float(ndtri(0.025))


class LogLift(NamedTuple):
    """An effect that is known with an error, on the log scale.

    - ``estimate``: the log lift; ``error``: its standard error, above 0; ``base_minor``: what control would earn in a
      month at full traffic, in minor units, 0 where it isn't known.
    """

    estimate: float
    error: float
    base_minor: float

    @classmethod
    def of(cls, effect: Effect) -> "LogLift":
        """Return an effect that has an error."""
        return cls(log_lift_of(effect), effect.log_lift_error or 0.0, effect.monthly_base_minor or 0.0)

    @property
    def monthly(self) -> Range:
        """The money a month, by the delta method."""
        amount = self.base_minor * expm1(self.estimate)
        half = Z * abs(self.base_minor) * exp(self.estimate) * self.error
        return Range(amount, amount - half, amount + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyGain:
    """What rolled-out treatments earn a month, in minor units.

    - ``tests``: how many treatments; ``measured``: as their tests had it; ``shrunk``: corrected for luck.
    """

    tests: int
    measured: Range
    shrunk: Range


def rolled_out_money(tests: Sequence[KnownTest]) -> MonthlyGain | None:
    """Return what the rolled-out treatments earn a month, added up: independent tests, so that variances add.

    A winner was chosen because it looked good, so its own estimate promises too much. ``shrunk`` adds up what each test
    found corrected for luck, as its report shows it. ``None`` where no rolled-out treatment has a figure.
    """
    measured: list[Range] = []
    corrected: list[Range] = []
    for test in tests:
        effect = test.money_effect()
        if effect is None:
            continue
        amounts = monthly_amounts(test.experiment, effect)
        if amounts is not None:
            measured.append(amounts.measured)
            corrected.append(amounts.shown)
    if not measured:
        return None
    return MonthlyGain(tests=len(measured), measured=sum_by_variance(measured), shrunk=corrected_sum(corrected))


class MonthlyAmounts(NamedTuple):
    """What a treatment earns a month, in minor units: as measured, and as its report shows it."""

    measured: Range
    shown: Range


def monthly_amounts(experiment: Experiment, effect: Effect) -> MonthlyAmounts | None:
    """Return what an effect on revenue per visitor is a month; ``None`` where it has no error, or traffic isn't known.

    Of a control that lost money, or earned nothing, there is no lift: then the difference tells.
    """
    if effect.log_lift_error and effect.monthly_base_minor:
        shown = scale_interval(corrected_lift(experiment, effect), effect.monthly_base_minor)
        if shown is None:
            return None
        return MonthlyAmounts(LogLift.of(effect).monthly, shown)
    measured, shown = effect.monthly_measured_minor, effect.monthly_shown_minor
    if measured is None or shown is None or None in (measured.low, measured.high):
        return None
    return MonthlyAmounts(measured, shown)


def corrected_lift(experiment: Experiment, effect: Effect) -> Range:
    """Return an effect that has an error as a lift corrected for luck, as its report has it.

    An older report doesn't have it: then it is computed from the effect's error and the test's prior.
    """
    if effect.corrected_lift is not None:
        return effect.corrected_lift
    likelihood = EffectLikelihood(log_lift_of(effect), effect.log_lift_error or 0.0)
    posterior = effect_posterior(likelihood, prior_of(experiment, Metric(effect.metric))).summary()
    return Range(posterior.mean or 0.0, posterior.low, posterior.high)


def pooled(lifts: Sequence[LogLift]) -> Pooled:
    """Return effects taken together. Raises ``ValueError`` without any."""
    estimates, errors = [], []
    for lift in lifts:
        estimates.append(lift.estimate)
        errors.append(lift.error)
    return random_effects(estimates, errors)


def sum_by_variance(amounts: Iterable[Range]) -> Range:
    """Return the sum of independent amounts that are about normal, each with both ends of its interval."""
    total = variance = 0.0
    for amount in amounts:
        total += amount.estimate
        variance += (((amount.high or 0.0) - (amount.low or 0.0)) / (2 * Z)) ** 2
    half = Z * sqrt(variance)
    return Range(total, total - half, total + half)


def corrected_sum(amounts: Iterable[Range]) -> Range:
    """Return the sum of independent amounts; each side of its interval by the squares of that side's distances."""
    total = below = above = 0.0
    for amount in amounts:
        total += amount.estimate
        # The corrected ones always have both ends.
        below += (amount.estimate - (amount.low or 0.0)) ** 2
        above += ((amount.high or 0.0) - amount.estimate) ** 2
    return Range(total, total - sqrt(below), total + sqrt(above))


def holdout_money(store: Store, unit: AssignmentUnit = AssignmentUnit.VISITOR) -> Range | None:
    """Return what offers earn a month by the holdout's newest stored report, or messages by that of customers; ``None``
    without one."""
    row = with_results(Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT, unit=unit)).first()
    if row is None:
        return None
    # all offers, or all messages, are its only treatment
    for effect in as_known(row).effects:
        if effect.metric == Metric.RPV:
            amounts = monthly_amounts(row, effect)
            return amounts and amounts.measured
    return None
