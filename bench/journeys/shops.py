"""Simulated customers: what each of them orders and when, what they say no to, and which carts they look at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

BEFORE_DAYS = 28  # of orders before the launch, which fix the cap on order values
WINDOW_DAYS = 30  # the attribution window of tests on customers
MEDIAN_MINOR, SIGMA_OF_CUSTOMERS, SIGMA_OF_ORDERS = 5_000, 0.6, 0.4  # order values are log-normal
REFUNDED, REFUND_DAYS = 0.06, 5.0
WITHOUT_CONSENT, OPTING_OUT, WITH_TICKET, TICKET_DAYS = 0.12, 0.04, 0.05, 5.0
ABROAD = 0.1  # whose night is the store's day
CARTS_A_MONTH = 1.0  # beside those that end in an order
CART_BEFORE_ORDER = 0.01  # days


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A store to simulate: how many ``customers``, over how many ``days`` their journeys are planned, in how many
    ``rounds``; orders a month on average, and how unlike customers are in that: the smaller ``alike``, the more; and
    how many messages a week. By default one, as stores have it: two journeys and customers who come back keep reaching
    it.
    """

    customers: int = 500
    days: int = 42
    rounds: int = 10
    orders_a_month: float = 1.2
    alike: float = 1.0
    weekly_cap: int = 1

    @property
    def last_day(self) -> float:
        """The day on which the last window is over."""
        return self.days + WINDOW_DAYS + 1.0


class PlacedOrder(NamedTuple):
    """An order: ``day`` counts from the launch, and is negative before it; ``refunded_on`` is None where it stays."""

    day: float
    number: int
    customer: int
    value_minor: int
    refunded_on: float | None


class CartVisit(NamedTuple):
    """A customer's visitor looks at the cart."""

    day: float
    customer: int


@dataclass(frozen=True, kw_only=True)
class Customers:
    """All of a store's customers, by number from 0. Days are None for whom it doesn't happen to."""

    orders: list[PlacedOrder]
    carts: list[CartVisit]
    has_consented: list[bool]
    opts_out_on: list[float | None]
    ticket_on: list[float | None]
    is_abroad: list[bool]


def draw_customers(shop: Shop, random: np.random.Generator) -> Customers:
    """Draw a store's customers."""
    size = shop.customers
    rates = random.gamma(shop.alike, shop.orders_a_month / shop.alike, size) / BEFORE_DAYS
    return Customers(
        orders=draw_orders(shop, rates, random),
        carts=draw_carts(shop, random),
        has_consented=(random.random(size) >= WITHOUT_CONSENT).tolist(),
        opts_out_on=draw_days(shop, OPTING_OUT, random),
        ticket_on=draw_days(shop, WITH_TICKET, random),
        is_abroad=(random.random(size) < ABROAD).tolist(),
    )


def draw_orders(shop: Shop, rates: Floats, random: np.random.Generator) -> list[PlacedOrder]:
    """Draw all orders, the earliest first. Each customer has a level of their own."""
    counts = random.poisson(rates * (BEFORE_DAYS + shop.last_day))
    who = np.repeat(np.arange(shop.customers), counts)
    days = np.sort(random.uniform(-BEFORE_DAYS, shop.last_day, len(who)))
    who = random.permutation(who)
    levels = random.normal(0, SIGMA_OF_CUSTOMERS, shop.customers)
    values = MEDIAN_MINOR * np.exp(levels[who] + random.normal(0, SIGMA_OF_ORDERS, len(who)))
    is_refunded = random.random(len(who)) < REFUNDED
    orders = []
    for number, customer in enumerate(who.tolist()):
        refunded_on = None
        if is_refunded[number]:
            refunded_on = float(days[number]) + REFUND_DAYS
        orders.append(PlacedOrder(float(days[number]), number, customer, round(float(values[number])), refunded_on))
    return orders


def draw_carts(shop: Shop, random: np.random.Generator) -> list[CartVisit]:
    """Draw the carts that end in no order, the earliest first."""
    number = random.poisson(shop.customers * CARTS_A_MONTH * shop.days / BEFORE_DAYS)
    days = np.sort(random.uniform(0, shop.days, number)).tolist()
    return list(map(CartVisit, days, random.integers(0, shop.customers, number).tolist()))


def draw_days(shop: Shop, share: float, random: np.random.Generator) -> list[float | None]:
    """Draw on which day something happens to a share of the customers."""
    days: list[float | None] = random.uniform(0, shop.days, shop.customers).tolist()
    for customer in np.flatnonzero(random.random(shop.customers) >= share):
        days[customer] = None
    return days
