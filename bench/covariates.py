"""Simulate stores whose visitors are known before the offer, and adjust their results, into docs/statistics.md.

    python -m bench.covariates [--tests 2000] [--dry-run] [--seed 2026]

Each row's tests are read with and without the adjustment by all covariates: errors without an effect, how often an
interval holds a true +20%, and how much of the variance is left, as it is estimated and as estimates vary. The last
line is one JSON object.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from multiprocessing import Pool
from typing import Any, TypeAlias

import django
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
MEDIAN_ORDER = 4_000  # minor units
LIFT = 0.2
MEAN_KNOWN = 0.44  # about the mean of what tells of buying
# What a covariate that explains nothing may cost, of the variance; and what tests and intervals are held to.
MOST_LEFT, LEAST_ERROR, MOST_ERROR, COVERAGE = 1.01, 0.024, 0.058, (0.94, 0.97)


@dataclass(frozen=True, kw_only=True)
class KnownShop:
    """A shop: how many visitors each arm has, what share buys, and how much covariates tell.

    - ``telling``: by how much the odds of buying and the order's value follow what is known; 0 for not at all.
    - ``sigma``: of the logarithms of order values and carts.
    """

    name: str
    sizes: tuple[int, int]
    conversion: float = 0.05
    telling: float = 1.0
    sigma: float = 1.0


SHOPS = (
    KnownShop(name="1k : 1k, 50% buy, nothing is told", sizes=(1_000, 1_000), conversion=0.5, telling=0),
    KnownShop(name="1k : 1k, 50% buy", sizes=(1_000, 1_000), conversion=0.5),
    KnownShop(name="2k : 2k, nothing is told", sizes=(2_000, 2_000), telling=0),
    KnownShop(name="2k : 2k", sizes=(2_000, 2_000)),
    KnownShop(name="2k : 2k, heavy", sizes=(2_000, 2_000), sigma=1.5),
    KnownShop(name="20k : 20k, nothing is told", sizes=(20_000, 20_000), telling=0),
    KnownShop(name="20k : 20k", sizes=(20_000, 20_000)),
    KnownShop(name="18k : 2k, heavy", sizes=(18_000, 2_000), sigma=1.5),
    KnownShop(name="2k : 18k, heavy", sizes=(2_000, 18_000), sigma=1.5),
)
METRICS = ("rpv", "conversion", "orders_per_visitor")


@dataclass
class Counts:
    """What a metric's tests of a shop came to, without and with the adjustment, one entry a test."""

    errors: list[tuple[bool, bool]] = field(default_factory=list)
    held: list[tuple[bool, bool]] = field(default_factory=list)
    found: list[tuple[bool, bool]] = field(default_factory=list)
    differences: list[tuple[float, float]] = field(default_factory=list)
    left: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class KnownArm:
    """An arm's visitors: what is known of each, shape (visitors, covariates), and what they paid."""

    known: Floats
    paid: NDArray[np.int64]


def draw(shop: KnownShop, visitors: int, lift: float, random: np.random.Generator) -> KnownArm:
    """Draw an arm. Who buys depends on what is known; what they pay, on the cart. The lift is in the values."""
    cart = np.exp(shop.sigma * random.standard_normal(visitors))
    items = np.minimum(1 + random.poisson(cart / np.exp(shop.sigma**2 / 2)), 20)
    phone, returning = random.random(visitors) < 0.6, random.random(visitors) < 0.3
    hour = 2 * np.pi * random.integers(24, size=visitors) / 24
    orders = np.minimum(returning * random.geometric(0.4, visitors), 20)
    known = 0.8 * returning - 0.5 * phone + 0.2 * orders + 0.2 * np.sin(hour) + 0.3 * np.log(cart)
    # About the mean of all that might come, not of these visitors: by chance, an arm has more of those who buy.
    chance = np.minimum(shop.conversion * np.exp(shop.telling * (known - MEAN_KNOWN)), 1.0)
    buys = random.random(visitors) < chance
    share = 0.6 * shop.telling
    logs = share * np.log(cart) + sqrt(1 - share**2) * shop.sigma * random.standard_normal(visitors)
    paid = np.where(buys, np.rint(MEDIAN_ORDER * np.exp(logs) * (1 + lift)), 0)
    known = np.column_stack([np.rint(np.sqrt(MEDIAN_ORDER * cart)), items, phone, returning])
    waves = np.rint(1_000 * np.column_stack([np.sin(hour), np.cos(hour)]))
    return KnownArm(np.column_stack([known, waves, orders]).astype(np.float64), paid.astype(np.int64))


def aggregate(arm: KnownArm) -> Any:
    """Add an arm up as reports read it."""
    from experiments.reading.aggregation import aggregate_of
    from experiments.statistics.regression import CovariateMoments

    paid = arm.paid.astype(np.float64)
    buys = (arm.paid > 0).astype(np.float64)
    buyers = int(buys.sum())
    first, second, third = (round(float((paid**power).sum())) for power in (1, 2, 3))
    values: dict[tuple[str, ...], int] = {("revenue",): first, ("revenue", "revenue"): second}
    values |= {("revenue", "revenue", "revenue"): third, ("orders", "orders"): buyers}
    values |= {("converted",): buyers, ("orders",): buyers, ("accepted",): 0}
    products = {"revenue": paid @ arm.known, "orders": buys @ arm.known, "converted": buys @ arm.known}
    covariates = CovariateMoments(len(paid), arm.known.sum(axis=0), arm.known.T @ arm.known, products)
    return aggregate_of(len(paid), values).with_covariates(covariates)


def one_test(job: tuple[KnownShop, int, int]) -> dict[str, dict[str, Any]]:
    """Draw a test without an effect and one with, and return what `Counts` keeps of each metric's comparisons."""
    shop, seed, number = job
    random = np.random.default_rng([seed, number])
    control = aggregate(draw(shop, shop.sizes[0], 0.0, random))
    same = aggregate(draw(shop, shop.sizes[1], 0.0, random))
    better = aggregate(draw(shop, shop.sizes[1], LIFT, random))
    found = {}
    for metric in METRICS:
        truth = LIFT if metric == "rpv" else 0.0
        found[metric] = counted(compared(metric, control, same), compared(metric, control, better), truth)
    return found


def compared(metric: str, control: Any, treatment: Any) -> tuple[Any, Any]:
    """Compare two arms without the adjustment, and with it."""
    from experiments.analysis.metrics import DEFINITIONS
    from experiments.models import Metric

    definition = DEFINITIONS[Metric(metric)]
    plain = definition.compare(control, treatment, alpha=0.05, has_covariate=False)
    adjusted = definition.compare(control, treatment, alpha=0.05, has_covariate=True)
    return plain, adjusted


def counted(null: tuple[Any, Any], effect: tuple[Any, Any], truth: float) -> dict[str, Any]:
    """Return by field of `Counts` what comparisons without an effect, and with one, came to."""
    return {
        "errors": tuple(map(is_significant, null)),
        "held": tuple(holds(comparison, truth) for comparison in effect),
        "found": tuple(map(is_significant, effect)),
        "differences": tuple(comparison.estimated_difference for comparison in null),
        "left": 1 - (null[1].variance_reduction or 0.0),
    }


def is_significant(comparison: Any) -> bool:
    """Whether a comparison has a p-value below 5%."""
    return comparison.p_value is not None and comparison.p_value < 0.05


def holds(comparison: Any, truth: float) -> bool:
    """Whether a comparison's interval has the true lift in it."""
    return bool(comparison.lift.low <= truth <= comparison.lift.high)


def study(shop: KnownShop, tests: int, seed: int, pool: Any) -> dict[str, Counts]:
    """Run a shop's tests."""
    counts = {metric: Counts() for metric in METRICS}
    jobs = [(shop, seed, number) for number in range(tests)]
    for found in pool.imap_unordered(one_test, jobs, chunksize=20):
        for metric, values in found.items():
            for name, value in values.items():
                getattr(counts[metric], name).append(value)
    return counts


def shares(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    """Return the share without and with the adjustment."""
    means = np.mean(np.array(pairs, dtype=np.float64), axis=0)
    return float(means[0]), float(means[1])


def variance_left(counts: Counts) -> tuple[float, float]:
    """Return how much less adjusted estimates vary between tests, and the Monte Carlo error of that."""
    plain, adjusted = np.array(counts.differences).T
    ratio = float(np.var(adjusted) / np.var(plain))
    blocks = [
        np.var(b) / np.var(a) for a, b in zip(np.array_split(plain, 20), np.array_split(adjusted, 20), strict=True)
    ]
    return ratio, float(np.std(blocks) / sqrt(20))


def line(shop: KnownShop, metric: str, counts: Counts) -> str:
    """Write a row."""
    errors, held, found = shares(counts.errors), shares(counts.held), shares(counts.found)
    left, error = variance_left(counts)
    cells = [shop.name, metric, f"{100 * errors[0]:.1f}", f"**{100 * errors[1]:.1f}**", f"{100 * held[0]:.1f}"]
    cells += [f"**{100 * held[1]:.1f}**", f"{np.mean(counts.left):.3f}", f"{left:.3f} ± {error:.3f}"]
    cells += [f"{100 * found[0]:.1f}", f"{100 * found[1]:.1f}" if metric == "rpv" else ""]
    return f"| {' | '.join(cells)} |"


def misses(shop: KnownShop, metric: str, counts: Counts) -> Iterator[str]:
    """Yield what misses its bar by more than three Monte Carlo errors."""
    tests = len(counts.errors)
    error, held = shares(counts.errors)[1], shares(counts.held)[1]
    left, left_error = variance_left(counts)
    room = 3 * sqrt(0.05 * 0.95 / tests)
    if not LEAST_ERROR - room <= error <= MOST_ERROR + room:
        yield f"{shop.name}, {metric}: error {error:.1%}"
    if not COVERAGE[0] - room <= held <= COVERAGE[1] + room:
        yield f"{shop.name}, {metric}: the interval holds the truth in {held:.1%}"
    if left > MOST_LEFT + 3 * left_error:
        yield f"{shop.name}, {metric}: {left:.3f} of the variance is left"


def main() -> None:
    """Run all shops, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=2_000)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.documents import put_between

    start = time.perf_counter()
    lines: list[str] = []
    missed: list[str] = []
    with Pool(options.processes) as pool:
        for shop in SHOPS:
            for metric, counts in study(shop, options.tests, options.seed, pool).items():
                lines.append(line(shop, metric, counts))
                missed += misses(shop, metric, counts)
                print(lines[-1], flush=True)
    page = table(lines, missed, options.tests, options.seed)
    if not options.dry_run:
        put_between("covariates", page)
    print(json.dumps({"missed": missed, "seconds": round(time.perf_counter() - start), "seed": options.seed}))


def table(lines: Sequence[str], missed: Sequence[str], tests: int, seed: int) -> str:
    """Write the page."""
    head = [
        f"Simulated with seed {seed}, {tests:,} tests a row; without and **with** the adjustment by all covariates, in",
        "percent. Left: of the variance, as estimated, and as the estimates of tests without an effect vary.",
        "",
        "| shop | metric | error | **with** | interval holds | **with** | left | left in truth | found | with |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*head, *lines, "", *(missed or ["No bar is missed by more than three Monte Carlo errors."])])


if __name__ == "__main__":
    main()
