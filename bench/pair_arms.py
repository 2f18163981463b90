"""Hold tests of pairs without any effect: how often they find one, by who is exposed.

    python -m bench.pair_arms [--studies 2000] [--visitors 2000] [--seed 2026]

Two arms, pinned and counted pairs, over carts of which half have nothing pinned and a quarter nothing counted; shoppers
with nothing pinned buy five times as often as the others. The visitors go through the edge's own choice of pairs and
assignment, by both rules that a test can have: where every arm could show a pair, and where any could. Beside it, what
would come of exposing whoever was shown something. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass

import django
import numpy as np
from scipy.stats import binom

# Models can be imported only once Django knows its settings; nothing asks the database.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from checkout_widgets.edge.pairs import PairArm, Pairing, Places, StorePairs, store_pairs  # noqa: E402
from checkout_widgets.edge.rows import PairChoice, PairedProduct, PairRows  # noqa: E402
from checkout_widgets.models import PairSource  # noqa: E402
from checkout_widgets.recommending.lists import lists_of  # noqa: E402
from experiments.assignment.allocation import Split, WeightedVariant  # noqa: E402
from experiments.assignment.targeting import Context  # noqa: E402
from experiments.plan.thresholds import SAMPLE_RATIO_ALARM  # noqa: E402
from experiments.statistics.proportions.comparison import compare_proportions  # noqa: E402
from experiments.statistics.results import Proportion  # noqa: E402
from experiments.statistics.sample_ratio import sample_ratio_mismatch  # noqa: E402

PRODUCTS = 200
ARMS = {"counted": PairArm((0,), PairSource.COUNTED), "pinned": PairArm((0,), PairSource.PINNED)}
BOUGHT_WITH_PIN, BOUGHT_WITHOUT = 0.05, 0.25
MOST_FALSE, MOST_ALARMS = 0.06, 0.001  # the bars


@dataclass
class Found:
    """How many studies found an effect, and how many raised the alarm about an uneven split."""

    studies: int = 0
    effects: int = 0
    alarms: int = 0

    def add(self, exposed: dict[str, int], bought: dict[str, int]) -> None:
        """Analyze one study."""
        counted = Proportion(bought["counted"], exposed["counted"])
        pinned = Proportion(bought["pinned"], exposed["pinned"])
        p_value = compare_proportions(counted, pinned).p_value
        split = sample_ratio_mismatch(list(exposed.values()), [1, 1])
        self.studies += 1
        self.effects += p_value is not None and p_value < 0.05
        self.alarms += split.p_value is not None and split.p_value < SAMPLE_RATIO_ALARM

    def shares(self) -> tuple[float, float]:
        """Return both as shares of the studies."""
        return self.effects / self.studies, self.alarms / self.studies


def half_pinned() -> StorePairs:
    """Return the pairs of a store: of eight products, six have counted ones and four a pinned one, one has none."""
    products, counted, choices = [], [], []
    for number in range(PRODUCTS):
        products.append(PairedProduct(number, f"sku-{number}", "", "", "", 1_000, True))
        if number % 8 not in (2, 3):
            counted.append((number, (number + 1) % PRODUCTS, 1.0))
        if number % 2 == 0:
            choices.append(PairChoice(number, number, "", (number + 2) % PRODUCTS, False))
    return store_pairs(PairRows(1, lists_of(counted).pack(), choices, products))


def shown_alone(pairs: StorePairs, context: Context) -> dict[str, Places]:
    """Return what each arm would show if only its own choice were made."""
    shown = {}
    for key, (ranks, source) in ARMS.items():
        best = pairs.best(context.skus, (), source)
        if len(best) > ranks[-1]:
            shown[key] = best
    return shown


def exposed_by_rule(pairs: StorePairs) -> dict[str, list[frozenset[str]]]:
    """Return by each rule, for a cart with each of the products, the arms in which its visitor would be exposed."""
    own_arm = "its own arm did"
    pairings = {"every arm could": Pairing(pairs, ARMS), "any arm could": Pairing(pairs, ARMS, is_any_enough=True)}
    rules: dict[str, list[frozenset[str]]] = {rule: [] for rule in (*pairings, own_arm)}
    for number in range(PRODUCTS):
        context = Context(skus=frozenset([f"sku-{number}"]))
        for rule, pairing in pairings.items():
            rules[rule].append(frozenset(ARMS if pairing.would_show(context) else ()))
        rules[own_arm].append(frozenset(shown_alone(pairs, context)))
    return rules


def study(
    rules: dict[str, list[frozenset[str]]],
    visitors: int,
    salt: str,
    random: np.random.Generator,
    found: dict[str, Found],
) -> None:
    """Simulate one study, and analyze it by both rules of exposure."""
    split = Split((WeightedVariant("counted", 1), WeightedVariant("pinned", 1)))
    carts = random.integers(PRODUCTS, size=visitors)
    buys = random.random(visitors) < np.where(carts % 2 == 0, BOUGHT_WITH_PIN, BOUGHT_WITHOUT)
    exposed = {rule: dict.fromkeys(ARMS, 0) for rule in rules}
    bought = {rule: dict.fromkeys(ARMS, 0) for rule in rules}
    for number, (cart, has_bought) in enumerate(zip(carts.tolist(), buys.tolist(), strict=True)):
        arm = split.choose(salt, f"v_{number}")
        for rule, arms in rules.items():
            if arm in arms[cart]:
                exposed[rule][arm] += 1
                bought[rule][arm] += has_bought
    for rule, results in found.items():
        results.add(exposed[rule], bought[rule])


def is_within(count: int, studies: int, share: float) -> bool:
    """Whether so many of the studies are what this share of them gives by chance: in 99 of 100 runs, no more are."""
    return bool(binom.cdf(count - 1, studies, share) < 0.99)


def main() -> None:
    """Simulate, and print how often either rule goes wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2_000)
    parser.add_argument("--visitors", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    random, rules = np.random.default_rng(options.seed), exposed_by_rule(half_pinned())
    found = {rule: Found() for rule in rules}
    for number in range(options.studies):
        study(rules, options.visitors, f"{options.seed}-{number}", random, found)
    for rule, results in found.items():
        effects, alarms = results.shares()
        print(f"exposed where {rule}: {effects:.1%} find an effect, {alarms:.2%} raise the alarm")
    shares, is_met = {}, True
    for rule in ("every arm could", "any arm could"):
        effects, alarms = found[rule].shares()
        shares[rule] = {"effects": effects, "alarms": alarms}
        is_met = is_met and effects <= MOST_FALSE and is_within(found[rule].alarms, options.studies, MOST_ALARMS)
    print(json.dumps({"benchmark": "pair_arms", **shares, "is_met": is_met}))


if __name__ == "__main__":
    main()
