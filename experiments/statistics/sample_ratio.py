"""Sample ratio mismatch: did the arms get the visitors that their weights promise?"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, log1p

from scipy.special import chdtrc

from experiments.statistics.gamma import stirling_error
from experiments.statistics.results import Reason, SampleRatio


def sample_ratio_mismatch(
    observed: Sequence[int], weights: Sequence[float], *, concentration: float = 100.0
) -> SampleRatio:
    """Test visitors per arm against the arms' weights.

    - ``observed``: visitors per arm (counts, at least 0); ``weights``: the planned split in the same order, on any
      scale, at least 0.
    - ``p_value``: Pearson's chi-square (1900), ``sum (o - e)^2 / e``, with one degree of freedom fewer than there are
      arms with a positive weight. Made for one look; alarm below 0.001.
    - ``always_valid_p_value``: the inverse of the Bayes factor of a Dirichlet-multinomial alternative around the
      planned split, with ``concentration`` pseudo-visitors, against that split (Lindon and Malek 2022, "Anytime-valid
      inference for multinomial count data"). It may be read every day: under the planned split it ever falls to p in
      at most a share p of all tests.

    A visitor in an arm of weight 0 cannot happen under the plan: both p-values are 0. Raises ``ValueError`` for
    numbers that cannot be counts or weights, or lengths that differ.
    """
    _check(observed, weights, concentration)
    n, total = sum(observed), float(sum(weights))
    if total <= 0 or n == 0:
        expected = tuple(0.0 for _ in weights)
        reason = Reason.NO_WEIGHT if total <= 0 else Reason.NO_UNITS
        return SampleRatio(
            observed=tuple(observed), expected=expected, p_value=None, always_valid_p_value=None, unavailable=reason
        )
    shares = [weight / total for weight in weights]
    arms = [(count, share) for count, share in zip(observed, shares, strict=True) if share > 0]
    is_possible = sum(count for count, _ in arms) == n
    chi_square = sum((count - n * share) ** 2 / (n * share) for count, share in arms)
    return SampleRatio(
        observed=tuple(observed),
        expected=tuple(n * share for share in shares),
        p_value=_chi_square_tail(chi_square, len(arms) - 1) if is_possible else 0.0,
        always_valid_p_value=exp(min(0.0, -_log_bayes_factor(arms, n, concentration))) if is_possible else 0.0,
        chi_square=chi_square if is_possible else inf,
        df=len(arms) - 1,
    )


def _check(observed: Sequence[int], weights: Sequence[float], concentration: float) -> None:
    if len(observed) != len(weights):
        raise ValueError("need one weight per arm")
    if any(count < 0 for count in observed) or not all(0 <= weight < inf for weight in weights) or concentration <= 0:
        raise ValueError("counts and weights must be finite and not negative, and the concentration positive")


def _chi_square_tail(chi_square: float, df: int) -> float:
    return float(chdtrc(df, chi_square)) if df else 1.0


def _log_bayes_factor(arms: Sequence[tuple[int, float]], n: int, concentration: float) -> float:
    """Log of Dirichlet-multinomial over multinomial likelihood, with the ``n log n`` terms cancelled on paper.

    With prior counts ``a = concentration * share`` and posterior counts ``y = a + count`` it is
    ``sum [y log(y / Ey) - log(y/a)/2 + d(y) - d(a)] + log(N/concentration)/2 - d(N) + d(concentration)``, where
    ``N = n + concentration``, ``Ey = N * share`` and ``d`` is the Stirling error.
    """
    total = n + concentration
    result = 0.5 * log1p(n / concentration) - stirling_error(total) + stirling_error(concentration)
    for count, share in arms:
        prior, posterior, excess = concentration * share, concentration * share + count, count - n * share
        result += posterior * log1p(excess / (total * share)) - excess - 0.5 * log(posterior / prior)
        result += stirling_error(posterior) - stirling_error(prior)
    return result
