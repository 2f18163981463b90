"""What rolled-out treatments and all offers together earn a month, by the stored reports of their tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, expm1, sqrt
from typing import NamedTuple

from scipy.special import ndtri

from experiments.analysis.estimates import scale_interval
from experiments.models import Experiment, Metric, Source, Store
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
    measured: list[LogLift] = []
    corrected: list[Range] = []
    for test in tests:
        effect = test.effect(Metric.RPV)
        if effect is None or not test.is_rolled_out or not effect.monthly_base_minor:
            continue
        measured.append(LogLift.of(effect))
        lift = scale_interval(corrected_lift(test.experiment, effect), effect.monthly_base_minor)
        if lift is not None:
            corrected.append(lift)
    if not measured:
        return None
    return MonthlyGain(tests=len(measured), measured=added_up(measured), shrunk=corrected_sum(corrected))


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


def added_up(lifts: Iterable[LogLift]) -> Range:
    """Return the money a month of all lifts together."""
    total = variance = 0.0
    for estimate, error, base in lifts:
        total += base * expm1(estimate)
        variance += (base * exp(estimate) * error) ** 2
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


def holdout_money(store: Store) -> Range | None:
    """Return what offers earn a month by the holdout's newest stored report; ``None`` without one."""
    row = with_results(Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT)).first()
    if row is None:
        return None
    effect = as_known(row).effect(Metric.RPV)
    if effect is None or effect.monthly_base_minor is None:
        return None
    return added_up([LogLift.of(effect)])
