"""Sample ratio mismatch: did the arms get the visitors that their weights promise?

Sources: K. Pearson, "On the criterion that a given system of deviations ..." (1900); M. Lindon, A. Malek,
"Anytime-valid inference for multinomial count data" (2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, log1p
from typing import NamedTuple

from scipy.special import chdtrc

from experiments.statistics.gamma import stirling_error
from experiments.statistics.results import Reason, SampleRatio

# Pseudo-visitors of the alternatives that are mixed for a test of unknown size: an alternative finds a mismatch soonest
# once about twenty times as many visitors are there (``python -m bench.split_alarm`` compares mixtures).
MIXED_CONCENTRATIONS = (10.0, 100.0, 1_000.0, 10_000.0, 100_000.0)


def sample_ratio_mismatch(
    observed: Sequence[int], weights: Sequence[float], *, concentration: float | Sequence[float] = 100.0
) -> SampleRatio:
    """Test visitors per arm against the arms' weights.

    - ``observed``: visitors per arm; ``weights``: the planned split in the same order, on any scale, at least 0.
    - ``p_value``: Pearson's chi-square (1900), ``sum (o - e)^2 / e``; for one look, alarm below 0.001.
    - ``always_valid_p_value``: the inverse Bayes factor of a Dirichlet-multinomial alternative around the planned
      split, with ``concentration`` pseudo-visitors (Lindon and Malek 2022). It may be read every day: under the planned
      split it ever falls to p in at most a share p of all tests. With several concentrations, of the alternatives'
      equal mixture, which holds the same and has power over several orders of magnitude of visitors.

    With a visitor in an arm of weight 0, both are 0. Raises ``ValueError`` for impossible numbers and unequal lengths.
    """
    concentrations = _as_concentrations(concentration)
    _check(observed, weights, concentrations)
    n, total = sum(observed), float(sum(weights))
    if total <= 0:
        return _unavailable(observed, Reason.NO_WEIGHT)
    if n == 0:
        return _unavailable(observed, Reason.NO_UNITS)
    shares = [weight / total for weight in weights]
    arms = _possible_arms(observed, shares)
    tests = _IMPOSSIBLE
    if _visitors_of(arms) == n:
        tests = _tests_of(arms, n, concentrations)
    return SampleRatio(
        observed=tuple(observed),
        expected=tuple(n * share for share in shares),
        p_value=tests.p_value,
        always_valid_p_value=tests.always_valid_p_value,
        chi_square=tests.chi_square,
        df=len(arms) - 1,
    )


class _PossibleArm(NamedTuple):
    """An arm that can get visitors: how many it got, and the share that was planned, above 0."""

    visitors: int
    share: float


class _Tests(NamedTuple):
    """What both tests say of the arms that can get visitors."""

    chi_square: float
    p_value: float
    always_valid_p_value: float


_IMPOSSIBLE = _Tests(inf, 0.0, 0.0)  # somebody is in an arm that can't get visitors


def _as_concentrations(concentration: float | Sequence[float]) -> tuple[float, ...]:
    """Return one concentration, or several, as several."""
    if isinstance(concentration, Sequence):
        return tuple(concentration)
    return (float(concentration),)


def _tests_of(arms: list[_PossibleArm], n: int, concentrations: tuple[float, ...]) -> _Tests:
    """Test the visitors of arms that can get all ``n``."""
    chi_square = _chi_square(arms, n)
    return _Tests(
        chi_square=chi_square,
        p_value=_chi_square_tail(chi_square, len(arms) - 1),
        always_valid_p_value=exp(min(0.0, -_log_mixed_factor(arms, n, concentrations))),
    )


def _visitors_of(arms: list[_PossibleArm]) -> int:
    """Count the visitors of the arms."""
    return sum(arm.visitors for arm in arms)


def _possible_arms(observed: Sequence[int], shares: Sequence[float]) -> list[_PossibleArm]:
    arms = []
    for visitors, share in zip(observed, shares, strict=True):
        if share > 0:
            arms.append(_PossibleArm(visitors, share))
    return arms


def _check(observed: Sequence[int], weights: Sequence[float], concentrations: tuple[float, ...]) -> None:
    """Raise ``ValueError`` for what can't be counts, weights and pseudo-visitors."""
    if len(observed) != len(weights):
        raise ValueError("need one weight per arm")
    has_negative_count = any(count < 0 for count in observed)
    has_finite_weights = all(0 <= weight < inf for weight in weights)
    has_positive_concentrations = bool(concentrations) and min(concentrations) > 0
    if has_negative_count or not has_finite_weights or not has_positive_concentrations:
        raise ValueError("counts and weights must be finite and not negative, and the concentration positive")


def _unavailable(observed: Sequence[int], reason: Reason) -> SampleRatio:
    return SampleRatio(
        observed=tuple(observed),
        expected=(0.0,) * len(observed),
        p_value=None,
        always_valid_p_value=None,
        unavailable=reason,
    )


def _chi_square(arms: Sequence[_PossibleArm], n: int) -> float:
    """Return Pearson's statistic, with n visitors in all arms."""
    total = 0.0
    for visitors, share in arms:
        expected = n * share
        total += (visitors - expected) ** 2 / expected
    return total


def _chi_square_tail(chi_square: float, df: int) -> float:
    if df == 0:
        # Visitors of a single arm can't be split any other way.
        return 1.0
    return float(chdtrc(df, chi_square))


def _log_mixed_factor(arms: Sequence[_PossibleArm], n: int, concentrations: tuple[float, ...]) -> float:
    """Return the log of the Bayes factors' mean: as each of them, it has mean 1 under the planned split."""
    logs = [_log_bayes_factor(arms, n, concentration) for concentration in concentrations]
    # measured from the largest, whose exponential may leave a double
    largest = max(logs)
    return largest + log(sum(exp(one - largest) for one in logs) / len(logs))


def _log_bayes_factor(arms: Sequence[_PossibleArm], n: int, concentration: float) -> float:
    """Return the log of Dirichlet-multinomial over multinomial likelihood, the ``n log n`` terms cancelled on paper.

    With prior counts ``a = concentration * share`` and posterior counts ``y = a + count`` it is
    ``sum [y log(y / Ey) - log(y/a)/2 + d(y) - d(a)] + log(N/concentration)/2 - d(N) + d(concentration)``, where
    ``N = n + concentration``, ``Ey = N * share`` and ``d`` is the Stirling error.
    """
    total = n + concentration
    result = 0.5 * log1p(n / concentration) - stirling_error(total) + stirling_error(concentration)
    for count, share in arms:
        prior = concentration * share
        posterior = prior + count
        excess = count - n * share
        result += posterior * log1p(excess / (total * share)) - excess - 0.5 * log(posterior / prior)
        result += stirling_error(posterior) - stirling_error(prior)
    return result
