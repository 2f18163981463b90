"""Simulate tests beside each other, and count which findings about them are true, into docs/statistics.md.

    python -m bench.overlaps [--tests 2000] [--dry-run] [--seed 2026]

Each test has 20,000 visitors an arm, of whom half are in each other test; 5% buy, lognormal orders. A test says that an
interaction or a displacement is there beyond chance, by Holm over all other tests. The last line is one JSON object.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import django
import numpy as np

if TYPE_CHECKING:
    from experiments.models import Overlap

VISITORS, SHARED, CONVERSION = 20_000, 0.5, 0.05  # half of the visitors are in the other test too
MEDIAN_ORDER = 4_000  # minor units
# Most of tests without anything between them that may say so, each of both kinds.
MOST_FALSE = 0.05


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A test beside others: how its effect on conversion depends on the first one's variant, and what it takes from it.

    ``lifts``: with the first other test's control and with its treatment; ``displaced``: of the treatment's visitors.
    """

    name: str
    others: int = 1
    lifts: tuple[float, float] = (0.0, 0.0)
    displaced: float = 0.0


ROWS = (
    Beside(name="nothing between them", others=1),
    Beside(name="nothing between them", others=5),
    Beside(name="+20% with both variants there", lifts=(0.2, 0.2)),
    Beside(name="+20% with one, +20% less with the other", lifts=(0.2, -0.2)),
    Beside(name="the same, of 5 tests", others=5, lifts=(0.2, -0.2)),
    Beside(name="3% of the treatment's visitors displaced", displaced=0.03),
    Beside(name="10% displaced", displaced=0.1),
)


class OtherTest:
    """Another test, which isn't in a database."""

    def __init__(self, number: int, variants: Sequence[Any]) -> None:
        self.key = self.name = f"other {number}"
        self.variants = self
        self.all_of_them = variants

    def all(self) -> Sequence[Any]:
        """Return its variants."""
        return self.all_of_them


def cells_of(row: Beside, number: int, random: np.random.Generator) -> list[dict[str, Any]]:
    """Draw the visitors of both arms by variant of one other test; ``""`` are those in none."""
    cells = []
    for variant in ("control", "treatment"):
        share = SHARED
        if variant == "treatment" and number == 0:
            share *= 1 - row.displaced
        shared = random.binomial(VISITORS, share)
        there = random.binomial(shared, 0.5)
        for other_variant, visitors in (("off", shared - there), ("on", there), ("", VISITORS - shared)):
            lift = 0.0
            if variant == "treatment" and number == 0 and other_variant:
                lift = row.lifts[other_variant == "on"]
            values = np.rint(MEDIAN_ORDER * np.exp(random.standard_normal(buyers_of(visitors, lift, random))))
            cells.append(cell(variant, other_variant, visitors, values))
    return cells


def buyers_of(visitors: int, lift: float, random: np.random.Generator) -> int:
    """Draw how many of these visitors buy."""
    return int(random.binomial(visitors, CONVERSION * (1 + lift)))


def cell(variant: str, other_variant: str, visitors: int, values: Any) -> dict[str, Any]:
    """Return a group as it is stored: nobody had seen the other test before, or declined."""
    found = dict.fromkeys(("earlier", "declined", "declined_earlier"), 0)
    return found | {
        "variant": variant,
        "other_variant": other_variant,
        "visitors": visitors,
        "buyers": len(values),
        "revenue": int(values.sum()),
        "revenue_squared": int((values**2).sum()),
    }


def findings(row: Beside, seed: int, number: int) -> tuple[bool, bool, bool]:
    """Return whether one test says that there is an interaction, that it turns the sign, and a displacement."""
    from experiments.analysis.overlaps import overlap_results
    from experiments.models import Experiment, Store, Variant

    random = np.random.default_rng([seed, ROWS.index(row), number])
    overlaps = drawn_overlaps(row, random)
    variants = [Variant(key="control", is_control=True), Variant(key="treatment")]
    is_interacting = turns_sign = is_displacing = False
    for result in overlap_results(Experiment(store=Store(slug="shop"), key="cart"), variants, overlaps):
        is_interacting |= result.is_interacting
        turns_sign |= result.turns_sign
        is_displacing |= result.is_displacing
    return is_interacting, turns_sign, is_displacing


def drawn_overlaps(row: Beside, random: np.random.Generator) -> "list[Overlap]":
    """Draw the visitors that one test shares with each of the others."""
    from django.utils import timezone

    from experiments.models import Overlap, Variant

    there = [Variant(key="off", name="Off"), Variant(key="on", name="On")]
    overlaps = []
    for other in range(row.others):
        overlap = Overlap(counted_at=timezone.now(), cells=cells_of(row, other, random))
        overlap._state.fields_cache["other"] = OtherTest(other, there)
        overlaps.append(overlap)
    return overlaps


def simulate(row: Beside, tests: int, seed: int) -> list[float]:
    """Return the shares of tests with each finding."""
    found = np.array([findings(row, seed, number) for number in range(tests)], dtype=np.float64)
    shares: list[float] = found.mean(axis=0).tolist()
    return shares


def line(row: Beside, shares: Sequence[float], tests: int) -> str:
    """Write a row of the table."""
    cells = [row.name, str(row.others)]
    for share in shares:
        cells.append(f"{100 * share:.1f} ± {100 * sqrt(share * (1 - share) / tests):.1f}")
    return f"| {' | '.join(cells)} |"


def missed(row: Beside, shares: Sequence[float], tests: int) -> list[str]:
    """Return which findings are false in more tests than may be, by more than three Monte Carlo errors."""
    room = 3 * sqrt(MOST_FALSE * (1 - MOST_FALSE) / tests)
    false = {"interaction": row.lifts[0] == row.lifts[1], "displacement": not row.displaced}
    texts = []
    for (name, is_false), share in zip(false.items(), (shares[0], shares[2]), strict=True):
        if is_false and share > MOST_FALSE + room:
            texts.append(f"{row.name}, {row.others} others: {name} in {share:.1%}")
    return texts


def page(lines: Sequence[str], misses: Sequence[str], tests: int, seed: int) -> str:
    """Write the table."""
    head = [
        f"Simulated with seed {seed}, {tests:,} tests a row. Percent of tests that say so, with Monte Carlo errors.",
        "",
        "| between the tests | other tests | interaction | that turns the sign | displacement |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*head, *lines, "", *(misses or ["No bar is missed by more than three Monte Carlo errors."])])


def main() -> None:
    """Run all rows, print the table, and write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=2_000)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from bench.documents import put_between

    start = time.perf_counter()
    lines: list[str] = []
    misses: list[str] = []
    for row in ROWS:
        shares = simulate(row, options.tests, options.seed)
        lines.append(line(row, shares, options.tests))
        misses += missed(row, shares, options.tests)
        print(lines[-1], flush=True)
    if not options.dry_run:
        put_between("overlaps", page(lines, misses, options.tests, options.seed))
    print(json.dumps({"missed": misses, "seconds": round(time.perf_counter() - start), "seed": options.seed}))


if __name__ == "__main__":
    main()
