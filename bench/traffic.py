"""Simulated shops: many replicates of an experiment's arm at once, as the sums that the statistics read."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.money.score import ArmSums

Array: TypeAlias = NDArray[np.float64]
Mechanism: TypeAlias = Literal["value", "conversion", "takers", "doublers", "add_on"]

SECOND_ORDER = 0.1  # share of buyers who order twice
TAKERS = 0.1  # share of buyers who take a large offer
BATCH = 4_000_000  # buyers in memory at once


@dataclass(frozen=True)
class PlainShop:
    """What visitors do without an offer: a share buys, order values are lognormal with a median of 1."""

    conversion: float = 0.03
    sigma: float = 1.0

    @property
    def mean_order(self) -> float:
        """Expected value of one order."""
        return exp(self.sigma**2 / 2)


@dataclass(frozen=True)
class TrueEffect:
    """What the offer does: a lift, and how it comes about.

    ``value``: every order grows by the lift. ``conversion``: the share of buyers does. ``takers``: one buyer in ten
    adds an item of one price. ``doublers``: one buyer in ten multiplies what they spend (at +10%: doubles it).
    ``add_on``: every order grows by the same amount.
    """

    lift: float = 0.0
    mechanism: Mechanism = "value"

    @property
    def aov_lift(self) -> float:
        """The lift of revenue per order."""
        return 0.0 if self.mechanism == "conversion" else self.lift

    def share_of_buyers(self, shop: PlainShop) -> float:
        """The shop's conversion with the offer."""
        return shop.conversion * (1 + self.lift if self.mechanism == "conversion" else 1.0)

    def apply(self, value: Array, orders: Array, shop: PlainShop, random: np.random.Generator) -> Array:
        """Buyers' values with the offer, from those without it and how often they ordered."""
        if not self.aov_lift:
            return value
        if self.mechanism == "value":
            return value * (1 + self.lift)
        if self.mechanism == "add_on":
            return value + self.lift * shop.mean_order * orders
        takes = random.random(len(value)) < TAKERS
        if self.mechanism == "doublers":
            return value * (1 + takes * (self.lift / TAKERS))
        return value + takes * (self.lift / TAKERS * shop.mean_order * (1 + SECOND_ORDER))


NO_EFFECT = TrueEffect()


class BuyersSums(NamedTuple):
    """Per replicate: sums of y, y^2, y^3, and of 1, y, y^2 over those who ordered twice."""

    y: Array
    yy: Array
    yyy: Array
    again: Array
    y_again: Array
    yy_again: Array


class DrawnTraffic(NamedTuple):
    """One arm in every replicate: its buyers, and its revenue and orders summed up over visitors."""

    buyers: Array
    orders: ArmSums

    @property
    def visitors(self) -> ArmSums:
        """The same sums per visitor: what is counted is whether somebody bought."""
        y, yy, yyy = self.orders.y, self.orders.yy, self.orders.yyy
        b = self.buyers
        return arrays(n=self.orders.n, y=y, d=b, yy=yy, yd=y, dd=b, yyy=yyy, yyd=yy, ydd=y, ddd=b)


def draw(
    n: int,
    replicates: int,
    random: np.random.Generator,
    *,
    shop: PlainShop = PlainShop(),
    effect: TrueEffect = NO_EFFECT,
) -> DrawnTraffic:
    """Draw an arm of ``n`` visitors ``replicates`` times; all arrays have that length."""
    buyers = random.binomial(n, effect.share_of_buyers(shop), replicates)
    per_batch = max(1, int(BATCH / max(1.0, float(buyers.mean()))))
    parts = []
    for start in range(0, replicates, per_batch):
        parts.append(_sums(buyers[start : start + per_batch], random, shop, effect))
    sums = np.concatenate(parts, axis=1)
    return DrawnTraffic(buyers.astype(float), _arm(n, buyers.astype(float), BuyersSums(*sums)))


def cumulate(traffic: DrawnTraffic, looks: int) -> DrawnTraffic:
    """Read replicates as (tests, looks) of new visitors and add the looks up."""

    def added(values: Any) -> Array:
        return np.cumsum(np.broadcast_to(values, traffic.buyers.shape).reshape(-1, looks), axis=1)

    orders = ArmSums._make(map(added, traffic.orders))
    return DrawnTraffic(added(traffic.buyers), orders)


def _sums(buyers: NDArray[np.int64], random: np.random.Generator, shop: PlainShop, effect: TrueEffect) -> Array:
    """Draw buyers' order values, and return a row for each field of ``BuyersSums``."""
    replicate = np.repeat(np.arange(len(buyers)), buyers)
    value: Array = np.exp(shop.sigma * random.standard_normal(len(replicate)))
    twice = random.random(len(replicate)) < SECOND_ORDER
    value[twice] += np.exp(shop.sigma * random.standard_normal(int(twice.sum())))
    value = effect.apply(value, 1.0 + twice.astype(np.float64), shop, random)

    def total(weights: Array, where: NDArray[np.int64]) -> Array:
        return np.bincount(where, weights=weights, minlength=len(buyers)).astype(np.float64)

    square, again, value_again = value * value, replicate[twice], value[twice]
    return np.stack(
        [
            total(value, replicate),
            total(square, replicate),
            total(square * value, replicate),
            total(np.ones_like(value_again), again),
            total(value_again, again),
            total(value_again**2, again),
        ]
    )


def _arm(n: int, buyers: Array, sums: BuyersSums) -> ArmSums:
    """Sums with the count of orders d, which is 1 or 2: its powers follow from how often it is 2."""
    return arrays(
        n=n,
        y=sums.y,
        d=buyers + sums.again,
        yy=sums.yy,
        yd=sums.y + sums.y_again,
        dd=buyers + 3 * sums.again,
        yyy=sums.yyy,
        yyd=sums.yy + sums.yy_again,
        ydd=sums.y + 3 * sums.y_again,
        ddd=buyers + 7 * sums.again,
    )


def arrays(**sums: Any) -> ArmSums:
    """The engine's sums of an arm, with an array over replicates in place of each number."""
    return ArmSums(**sums)
