"""Simulated shops whose visitors hold a cart before they see the offer: does its value sharpen the test?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import log, sqrt

import numpy as np

from bench.traffic import Array
from experiments.statistics import Comparison, Summary, compare_means, compare_ratios

COLUMNS = ("cart_value", "orders", "revenue")
CENTS = 5_000  # the median cart and order
BATCH = 5_000_000  # visitors in memory at once


@dataclass(frozen=True)
class CartShop:
    """A share of visitors buys; cart and order values are lognormal (sigma 1) with this correlation."""

    conversion: float
    correlation: float

    @property
    def log_correlation(self) -> float:
        """The correlation of the logarithms that gives the values theirs."""
        return log(1 + self.correlation * (np.e - 1))


@dataclass(frozen=True)
class CartAdjustment:
    """What CUPED does to a metric: errors and power without and with it, and the variance that it removes."""

    shop: CartShop
    metric: str
    lift: float
    plain_error: float
    error: float
    plain_power: float
    power: float
    variance_reduction: float
    methods: tuple[str, ...]

    @property
    def multiple(self) -> float:
        """As if there were so many times the visitors."""
        return 1 / (1 - self.variance_reduction)


def adjust(
    shop: CartShop, n: int, *, lift: float, replicates: int, random: np.random.Generator
) -> list[CartAdjustment]:
    """Compare ``n`` visitors per arm with and without the cart's value, with no effect and with a lift of orders."""
    # Drawn one after the other from one generator: in another order, the same seed would give other figures.
    control = _summaries(shop, n, factor=1.0, replicates=replicates, random=random)
    same = _summaries(shop, n, factor=1.0, replicates=replicates, random=random)
    better = _summaries(shop, n, factor=1 + lift, replicates=replicates, random=random)
    adjustments = []
    for metric in ("rpv", "aov"):
        adjustments.append(_adjustment(shop, metric, lift=lift, control=control, same=same, better=better))
    return adjustments


def _adjustment(
    shop: CartShop, metric: str, *, lift: float, control: list[Summary], same: list[Summary], better: list[Summary]
) -> CartAdjustment:
    # Each comparison is made with and without the cart's value on the same draws, so that only the method differs.
    with_cart = _compare_all(metric, control, same, "cart_value")
    return CartAdjustment(
        shop=shop,
        metric=metric,
        lift=lift,
        plain_error=_rejected(_compare_all(metric, control, same, None)),
        error=_rejected(with_cart),
        plain_power=_rejected(_compare_all(metric, control, better, None)),
        power=_rejected(_compare_all(metric, control, better, "cart_value")),
        variance_reduction=_mean_reduction(with_cart),
        methods=_methods(with_cart),
    )


def _compare_all(
    metric: str, controls: list[Summary], treatments: list[Summary], covariate: str | None
) -> list[Comparison]:
    results = []
    for control, treatment in zip(controls, treatments, strict=True):
        results.append(_compare(metric, control, treatment, covariate))
    return results


def _compare(metric: str, control: Summary, treatment: Summary, covariate: str | None) -> Comparison:
    if metric == "rpv":
        return compare_means(control, treatment, "revenue", covariate=covariate)
    return compare_ratios(control, treatment, "revenue", "orders", covariate=covariate)


def _rejected(results: list[Comparison]) -> float:
    return sum(map(_is_rejected, results)) / len(results)


def _is_rejected(result: Comparison) -> bool:
    return result.p_value is not None and result.p_value < 0.05


def _mean_reduction(results: list[Comparison]) -> float:
    reduced = 0.0
    for result in results:
        reduced += result.variance_reduction or 0.0
    return reduced / len(results)


def _methods(results: list[Comparison]) -> tuple[str, ...]:
    """The methods by which they were compared, each once."""
    found = set()
    for result in results:
        found.add(result.method)
    return tuple(sorted(found))


def _summaries(shop: CartShop, n: int, *, factor: float, replicates: int, random: np.random.Generator) -> list[Summary]:
    # In batches, as all visitors of all replicates at once would not fit into memory.
    per_batch = max(1, BATCH // n)
    summaries: list[Summary] = []
    for start in range(0, replicates, per_batch):
        size = min(per_batch, replicates - start)
        summaries += _batch(shop, n, factor=factor, replicates=size, random=random)
    return summaries


def _batch(shop: CartShop, n: int, *, factor: float, replicates: int, random: np.random.Generator) -> list[Summary]:
    shared, own = random.standard_normal((2, replicates, n))
    spread = shop.log_correlation
    converted = (random.random((replicates, n)) < shop.conversion).astype(float)
    order = np.exp(spread * shared + sqrt(1 - spread * spread) * own)
    values = {
        "cart_value": np.rint(CENTS * np.exp(shared)),
        "orders": converted,
        "revenue": np.rint(factor * CENTS * order) * converted,
    }
    sums = {}
    for size in (1, 2, 3):
        for key in combinations_with_replacement(COLUMNS, size):
            sums[key] = _sums(values, key)
    return [_summary(n, sums, index) for index in range(replicates)]


def _sums(values: dict[str, Array], key: tuple[str, ...]) -> Array:
    product = values[key[0]]
    for name in key[1:]:
        product = product * values[name]
    return np.asarray(product.sum(axis=1))


def _summary(n: int, sums: dict[tuple[str, ...], Array], index: int) -> Summary:
    """Sum up one of the replicates."""
    singles, pairs, triples = {}, {}, {}
    for key, totals in sums.items():
        total = float(totals[index])
        match key:
            case (one,):
                singles[one] = total
            case (one, other):
                pairs[one, other] = total
            case (one, other, third):
                triples[one, other, third] = total
    return Summary.from_sums(n, singles, pairs, triples, buyers=int(singles["orders"]))
