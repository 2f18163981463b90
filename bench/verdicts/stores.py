"""Simulated stores: who is exposed when, who buys when and for how much, and what is paid back when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log1p, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.covariates import KnownShop, draw
from experiments.plan.maturity import AGES

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

MEDIAN_ORDER = 4_000  # minor units
SAME_VISIT = 10 / 1_440  # days: ten minutes on average between offer and order
NEVER = np.inf
ENDS_OF_STEPS = np.array(AGES, dtype=np.float64)


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
    - ``telling``: how much all covariates tell of buying and of orders (`bench.covariates`); ``None``: no covariates.
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
    telling: float | None = None


@dataclass(frozen=True)
class KnownVisitors:
    """What is known of an arm's visitors before the offer: a row for each buyer, and of everybody the sums by day.

    ``sums``: shape (days, covariates); ``squares``: of the products of each two, (days, covariates, covariates).
    """

    of_buyers: Floats
    sums: Floats
    squares: Floats


@dataclass(frozen=True)
class Arm:
    """One arm of one simulated test; times are in days since its start.

    ``visitors``: by day. The others have one value for each buyer; ``value`` is in minor units, ``refunded_at`` is
    infinite where nothing is paid back. ``cart``: before the offer, in minor units, and ``cart_sums`` of everybody's by
    day: of the values, their squares and their cubes; ``None`` in a store without carts. ``known``: covariates;
    ``None`` in a store without.
    """

    visitors: Integers
    exposed_at: Floats
    ordered_at: Floats
    refunded_at: Floats
    value: Integers
    cart: Integers | None = None
    cart_sums: Floats | None = None
    known: KnownVisitors | None = None

    @property
    def has_covariate(self) -> bool:
        """Whether anything is known before the offer."""
        return self.cart is not None or self.known is not None

    @cached_property
    def exposed_on(self) -> Integers:
        """The day of each buyer's exposure."""
        return np.floor(self.exposed_at).astype(np.int64)

    @cached_property
    def order_steps(self) -> Integers:
        """The step of age of each order."""
        return steps_of((self.ordered_at - self.exposed_at) * 24)

    @cached_property
    def refund_steps(self) -> Integers:
        """The step of age of each refund; beyond the last where there is none."""
        return steps_of((self.refunded_at - self.exposed_at) * 24)

    @cached_property
    def is_prompt(self) -> bool:
        """Whether all orders come on the day of the exposure, and nothing is paid back."""
        return bool(np.all(self.ordered_at - self.exposed_at < 1) and np.all(np.isinf(self.refunded_at)))


def steps_of(hours: Floats) -> Integers:
    """Return the step of age that something of each age is in; one beyond the last where it came later."""
    return np.searchsorted(ENDS_OF_STEPS, hours, side="left").astype(np.int64)


def draw_arm(behavior: ArmBehavior, visitors: int, days: int, random: np.random.Generator) -> Arm:
    """Draw an arm whose visitors come over so many days, evenly unless its traffic says otherwise."""
    by_day = visitors_by_day(visitors, daily_factors(behavior.traffic, days))
    if behavior.telling is not None:
        return known_arm(behavior, by_day, random)
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


def known_arm(behavior: ArmBehavior, by_day: Integers, random: np.random.Generator) -> Arm:
    """Draw an arm of visitors of whom something is known, which says who buys and for how much."""
    shop = KnownShop(
        name="", sizes=(0, 0), conversion=behavior.conversion, telling=behavior.telling or 0.0, sigma=behavior.sigma
    )
    everybody = draw(shop, int(by_day.sum()), behavior.value_lift, random)
    day = np.repeat(np.arange(len(by_day)), by_day)
    number = everybody.known.shape[1]
    sums, squares = np.zeros((len(by_day), number)), np.zeros((len(by_day), number, number))
    for one in range(len(by_day)):
        known = everybody.known[day == one]
        sums[one], squares[one] = known.sum(axis=0), known.T @ known
    has_bought = everybody.paid > 0
    exposed_at = day[has_bought] + random.random(int(has_bought.sum()))
    ordered_at = exposed_at + behavior.order_delay.draw(random, len(exposed_at))
    return Arm(
        by_day,
        exposed_at,
        ordered_at,
        np.full(len(exposed_at), NEVER),
        everybody.paid[has_bought],
        known=KnownVisitors(everybody.known[has_bought], sums, squares),
    )


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
