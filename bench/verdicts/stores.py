"""Simulated stores: who is exposed when, who buys when and for how much, and what is paid back when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log1p, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

MEDIAN_ORDER = 4_000  # minor units
SAME_VISIT = 10 / 1_440  # days: ten minutes on average between offer and order
NEVER = np.inf


@dataclass(frozen=True)
class Delay:
    """Exponential delays with a mean in days, before the cut: all of them lie ``within`` so many days."""

    mean: float
    within: float = NEVER

    def draw(self, random: np.random.Generator, number: int) -> Floats:
        """Draw so many delays in days."""
        share = 1.0 - exp(-self.within / self.mean)
        return np.asarray(-self.mean * np.log1p(-share * random.random(number)))


@dataclass(frozen=True, kw_only=True)
class ArmBehavior:
    """What the visitors of one arm do.

    - ``conversion``: the share that buys, once each. ``value_lift``: what the offer adds to each order.
    - ``order_delay``: from exposure to order. ``refunded``: the share of orders paid back whole, after
      ``refund_delay``.
    - ``early_lift``, ``early_days``: a rise of conversion that visitors of the first days alone have.
    - By day, each a factor, 1 where there is none: ``traffic`` of the visitors, ``seasons`` of the conversion,
      ``prices`` of the order values. They are the store's, and so the same in every arm.
    - ``cart_correlation``: of the logarithms of a buyer's order and of the cart before the offer; ``None``: no carts.
    """

    conversion: float = 0.05
    sigma: float = 1.0
    value_lift: float = 0.0
    order_delay: Delay = Delay(SAME_VISIT, within=0.2)
    refunded: float = 0.0
    refund_delay: Delay = Delay(10.0)
    early_lift: float = 0.0
    early_days: int = 0
    traffic: Sequence[float] = ()
    seasons: Sequence[float] = ()
    prices: Sequence[float] = ()
    cart_correlation: float | None = None


@dataclass(frozen=True)
class Arm:
    """One arm of one simulated test; times are in days since its start.

    ``visitors``: by day. The others have one value for each buyer; ``value`` is in minor units, ``refunded_at`` is
    infinite where nothing is paid back. ``cart``: before the offer, in minor units, and ``cart_sums`` of everybody's by
    day: of the values, their squares and their cubes; ``None`` in a store without carts.
    """

    visitors: Integers
    exposed_at: Floats
    ordered_at: Floats
    refunded_at: Floats
    value: Integers
    cart: Integers | None = None
    cart_sums: Floats | None = None

    @cached_property
    def is_prompt(self) -> bool:
        """Whether all orders come on the day of the exposure, and nothing is paid back."""
        return bool(np.all(self.ordered_at - self.exposed_at < 1) and np.all(np.isinf(self.refunded_at)))


def draw_arm(behavior: ArmBehavior, visitors: int, days: int, random: np.random.Generator) -> Arm:
    """Draw an arm whose visitors come over so many days, evenly unless its traffic says otherwise."""
    by_day = visitors_by_day(visitors, daily_factors(behavior.traffic, days))
    chance = behavior.conversion * daily_factors(behavior.seasons, days)
    chance[: behavior.early_days] *= 1 + behavior.early_lift
    buyers = random.binomial(by_day, chance)
    exposed_on = np.repeat(np.arange(days), buyers)
    number = len(exposed_on)
    exposed_at = exposed_on + random.random(number)
    ordered_at = exposed_at + behavior.order_delay.draw(random, number)
    is_refunded = random.random(number) < behavior.refunded
    refunded_at = np.where(is_refunded, ordered_at + behavior.refund_delay.draw(random, number), NEVER)
    normal = random.standard_normal(number)
    logs = (
        behavior.sigma * normal + log1p(behavior.value_lift) + np.log(daily_factors(behavior.prices, days))[exposed_on]
    )
    arm = Arm(by_day, exposed_at, ordered_at, refunded_at, in_minor_units(logs))
    if behavior.cart_correlation is None:
        return arm
    return with_carts(arm, normal, behavior, random)


def visitors_by_day(visitors: int, traffic: Floats) -> Integers:
    """Return how many visitors come on each day, in proportion to its traffic."""
    ends = np.rint(np.cumsum(traffic) / traffic.sum() * visitors)
    return np.asarray(np.diff(ends, prepend=0), dtype=np.int64)


def daily_factors(factors: Sequence[float], days: int) -> Floats:
    """Return a factor for each day; 1 where none is given."""
    found = np.ones(days)
    found[: len(factors)] = factors
    return found


def in_minor_units(logs: Floats) -> Integers:
    """Return order values of these logarithms about the median."""
    return np.asarray(np.rint(MEDIAN_ORDER * np.exp(logs)), dtype=np.int64)


def with_carts(arm: Arm, normal: Floats, behavior: ArmBehavior, random: np.random.Generator) -> Arm:
    """Return the arm with a cart for every visitor, a buyer's in line with the order that ``normal`` made."""
    correlation = behavior.cart_correlation or 0.0
    of_buyers = correlation * normal + sqrt(1 - correlation**2) * random.standard_normal(len(normal))
    cart = in_minor_units(behavior.sigma * of_buyers)
    sums = np.zeros((len(arm.visitors), 3))
    of_day = np.floor(arm.exposed_at).astype(np.int64)
    for day, visitors in enumerate(arm.visitors):
        theirs = cart[of_day == day]
        others = in_minor_units(behavior.sigma * random.standard_normal(int(visitors) - len(theirs)))
        everybody = np.concatenate([theirs, others]).astype(np.float64)
        sums[day] = [(everybody**power).sum() for power in (1, 2, 3)]
    return replace(arm, cart=cart, cart_sums=sums)
