"""The gamma function's logarithm, split so that the difference of huge logarithms keeps its digits."""

from __future__ import annotations

from math import lgamma, log, pi

HALF_LOG_TWO_PI = 0.5 * log(2 * pi)
# From here on six terms of the series have all the digits; below, the logarithms don't cancel yet.
_SERIES_FROM = 16.0


def stirling_error(x: float) -> float:
    """Return ``lgamma(x) - ((x - 1/2) log x - x + log(2 pi)/2)``, the part that Stirling's formula leaves out.

    ``x`` is positive. It tends to ``1/(12 x)``: beta densities and Bayes factors of 1e9 visitors are written with it
    so that terms of the size of ``n log n`` cancel on paper, not in floating point (Loader 2000, "Fast and accurate
    computation of binomial probabilities").
    """
    if x < _SERIES_FROM:
        return lgamma(x) - ((x - 0.5) * log(x) - x + HALF_LOG_TWO_PI)
    y = 1.0 / (x * x)
    return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * 691 / 360360))))) / x
