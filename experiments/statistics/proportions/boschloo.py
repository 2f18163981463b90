"""Exact tests of two proportions with few successes, bounded in time however many visitors there are."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, xlog1py, xlogy

from experiments.statistics.results import Proportion

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.intp]

TIE = 1 + 1e-10  # tables as unlikely as the observed one count as equally unlikely despite rounding


def boschloo_p_value(control: Proportion, treatment: Proportion) -> float | None:
    """Return the two-sided p of Boschloo's test, twice the smaller one-sided p; ``None`` where no rate can differ.

    With K successes in both arms together, Fisher's conditional test rejects in tables whose tail is at most the
    observed one; ``H_k`` is the probability of that given K = k. Boschloo's one-sided p is the largest ``E[H_K]`` over
    the unknown common rate, K binomial. Time grows with the visitors: about 0.1 s at 10,000.
    Source: R. D. Boschloo, "Raised conditional level of significance for the 2x2-table when testing the equality of
    two probabilities" (1970).
    """
    if not 0 < control.successes + treatment.successes < control.n + treatment.n:
        return None
    upper = _largest_mean(_conditional_sizes(control, treatment))
    lower = _largest_mean(_conditional_sizes(treatment, control))
    return min(1.0, 2 * min(upper, lower))


def fisher_p_value(control: Proportion, treatment: Proportion) -> float | None:
    """Return the two-sided p of Fisher's test, twice the smaller tail; ``None`` where no rate can differ.

    Never below Boschloo's p, and close to it in large samples. Time grows with the smallest margin of the table.
    Source: R. A. Fisher, "The logic of inductive inference" (1935).
    """
    if not 0 < control.successes + treatment.successes < control.n + treatment.n:
        return None
    return min(1.0, 2 * min(_fisher_tail(control, treatment), _fisher_tail(treatment, control)))


def _fisher_tail(low: Proportion, high: Proportion) -> float:
    """Return P(X >= high's successes), X the hypergeometric number of all successes that fall in the arm ``high``."""
    successes = low.successes + high.successes
    first, last = max(0, successes - low.n), min(successes, high.n)
    x = np.arange(first, last, dtype=np.float64)
    steps = (successes - x) * (high.n - x) / ((x + 1) * (low.n - successes + x + 1))
    log_weights = np.concatenate(([0.0], np.cumsum(np.log(steps))))
    weights = np.exp(log_weights - log_weights.max())
    return float(weights[high.successes - first :].sum() / weights.sum())


def _conditional_sizes(low: Proportion, high: Proportion) -> Floats:
    """Return H_k for k = 0..n: given k successes, the chance of a Fisher tail at most as large as the observed one.

    Walks k upwards with the smallest rejecting count ``cut``, its tail P(X >= cut | k) and P(X = cut - 1 | k).
    """
    n, marked = low.n + high.n, high.n
    limit = _fisher_tail(low, high) * TIE
    sizes = np.ones(n + 1)
    if limit >= 1:
        return sizes
    cut, tail, below = 1, 0.0, 1.0
    sizes[0] = 0.0
    for k in range(n):
        entering = below * (marked - cut + 1) / (n - k)
        tail += entering
        if tail > limit:
            below = entering * (k + 1) / cut
            rest = tail - below
            if rest <= tail / 8:
                # The difference of like numbers has lost digits: add up what is left.
                rest = _sum_beyond(below, cut, drawn=k + 1, unmarked=low.n, marked=marked)
            tail = rest
            cut += 1
        else:
            below *= (k + 1) * (low.n - k + cut - 1) / ((k + 2 - cut) * (n - k))
        sizes[k + 1] = tail
    return sizes


def _sum_beyond(at: float, x: int, *, drawn: int, unmarked: int, marked: int) -> float:
    """Return P(X > x) from ``at`` = P(X = x), X the marked ones among those drawn."""
    total = 0.0
    for count in range(x, min(drawn, marked)):
        at *= (drawn - count) * (marked - count) / ((count + 1) * (unmarked - drawn + count + 1))
        total += at
        if at <= 1e-17 * total:
            # No later term changes a digit.
            break
    return total


def _largest_mean(sizes: Floats) -> float:
    """Return the largest ``sum_k Binomial(n, rate)(k) sizes[k]`` over the rates: on a fine grid, then at its peaks."""
    n = len(sizes) - 1
    k = np.arange(n + 1)
    log_choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    def mean(angle: float) -> float:
        rate = math.sin(angle) ** 2
        reach = 10 * math.sqrt(n * rate * (1 - rate)) + 40
        near = slice(max(0, int(n * rate - reach)), int(n * rate + reach) + 1)
        weights = np.exp(log_choose[near] + xlogy(k[near], rate) + xlog1py(n - k[near], -rate))
        return float(weights @ sizes[near])

    # Peaks are as narrow as one standard error of a rate: on this scale 1 / sqrt(n).
    grid = np.linspace(0, math.pi / 2, 65 + 3 * math.isqrt(n))
    means = np.array([mean(angle) for angle in grid])
    largest = means.max()
    for peak in _highest_peaks(means):
        refined = minimize_scalar(
            lambda angle: -mean(angle),
            bounds=(grid[peak - 1], grid[peak + 1]),
            method="bounded",
            options={"xatol": 1e-9},
        )
        largest = max(largest, -refined.fun)
    return float(largest)


def _highest_peaks(values: Floats) -> Counts:
    """Return where the three highest inner values are that no neighbour exceeds."""
    inner = values[1:-1]
    peaks = 1 + np.flatnonzero((inner >= values[:-2]) & (inner >= values[2:]))
    return peaks[np.argsort(values[peaks])[-3:]]
