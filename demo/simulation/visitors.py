"""Who comes by in a simulation, and what they would do: drawn from a seed, the same in every variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from experiments import time_ordered_ids

Floats = npt.NDArray[np.float64]


class Kind(NamedTuple):
    """A kind of visitors: its share of all, and its conversion against the mean."""

    name: str
    share: float
    factor: float


BASE_CONVERSION = 0.36
DEVICES = (Kind("phone", 0.60, 0.90), Kind("desktop", 0.34, 1.20), Kind("tablet", 0.06, 1.00))
CUSTOMER_TYPES = (Kind("new", 0.68, 0.85), Kind("returning", 0.32, 1.32))
COUNTRIES = (
    Kind("GB", 0.72, 1.0),
    Kind("DE", 0.10, 1.0),
    Kind("FR", 0.08, 1.0),
    Kind("IE", 0.05, 1.0),
    Kind("US", 0.05, 1.0),
)
QUIET_HOUR, DAILY_SWING = 4, 0.7
CART_NOISE = 0.35  # standard deviation of log(cart value / order value)
MEDIAN_MINUTES_TO_ORDER, ORDER_DELAY_SPREAD = 9.0, 1.3
DAYS_TO_SECOND_ORDER, DAYS_TO_REFUND = (1.0, 5.0), (1.0, 6.0)
EVENTS_PER_VISITOR, EVENTS_OF_SEQUENCE = 4, 7
CHANCES = ("skip", "convert", "take", "reorder", "refund", "see", "click", "decline", "lose")


@dataclass(frozen=True, slots=True)
class SimulatedVisitor:
    """One visitor. ``luck`` holds uniform numbers: something of probability p happens where its number is below p."""

    at: datetime
    basket: int
    second_basket: int
    cart_factor: float
    device: str
    country: str
    customer_type: str
    conversion: float
    luck: Mapping[str, float]
    order_delay: timedelta
    reorder_delay: timedelta
    refund_delay: timedelta
    event_ids: tuple[UUID, ...]


def draw_times(rng: np.random.Generator, visitors: int, start: datetime, end: datetime) -> Floats:
    """Ascending seconds after ``start``, more by day than by night."""
    minutes = max(1, int((end - start).total_seconds() // 60))
    hours = (start.hour + start.minute / 60 + np.arange(minutes) / 60) % 24
    weights = 1 - DAILY_SWING * np.cos((hours - QUIET_HOUR) / 24 * 2 * np.pi)
    share = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
    return np.interp(np.sort(rng.random(visitors)), share, np.linspace(0, (end - start).total_seconds(), minutes + 1))


def draw_visitors(
    rng: np.random.Generator, seconds: Floats, start: datetime, *, baskets: int, events: int = EVENTS_PER_VISITOR
) -> list[SimulatedVisitor]:
    """One visitor per time, each with two of ``baskets`` baskets, by number, and with ids for so many ``events``."""
    # Everything is drawn at once and in this order: the same seed must give the same visitors.
    size = len(seconds)
    devices = draw_kinds(rng, DEVICES, size)
    countries = draw_kinds(rng, COUNTRIES, size)
    customers = draw_kinds(rng, CUSTOMER_TYPES, size)
    first, second = rng.integers(baskets, size=(2, size))
    cart_factors = np.exp(rng.normal(0, CART_NOISE, size))
    delays = MEDIAN_MINUTES_TO_ORDER * np.exp(rng.normal(0, ORDER_DELAY_SPREAD, size))
    reorder_delays, refund_delays = rng.uniform(*DAYS_TO_SECOND_ORDER, size), rng.uniform(*DAYS_TO_REFUND, size)
    chances, ids = rng.random((size, len(CHANCES))).tolist(), rng.bytes(16 * events * size)
    drawn = []
    for index in range(size):
        own_ids = ids[16 * events * index : 16 * events * (index + 1)]
        visitor = SimulatedVisitor(
            at=start + timedelta(seconds=float(seconds[index])),
            basket=int(first[index]),
            second_basket=int(second[index]),
            cart_factor=float(cart_factors[index]),
            device=devices[index].name,
            country=countries[index].name,
            customer_type=customers[index].name,
            conversion=BASE_CONVERSION * devices[index].factor * customers[index].factor,
            luck=dict(zip(CHANCES, chances[index], strict=True)),
            order_delay=timedelta(minutes=float(delays[index])),
            reorder_delay=timedelta(days=float(reorder_delays[index])),
            refund_delay=timedelta(days=float(refund_delays[index])),
            event_ids=event_ids(own_ids, round(1000 * (start.timestamp() + float(seconds[index])))),
        )
        drawn.append(visitor)
    return drawn


def draw_kinds(rng: np.random.Generator, kinds: Sequence[Kind], size: int) -> list[Kind]:
    """Kinds by their shares."""
    shares = []
    for kind in kinds:
        shares.append(kind.share)
    numbers = rng.choice(len(kinds), size=size, p=shares)
    return [kinds[number] for number in numbers]


def event_ids(data: bytes, at_ms: int) -> tuple[UUID, ...]:
    """A visitor's event ids, of 16 random bytes each: of the time of the visit and in time order, as the snippet makes
    them."""
    ids = []
    for position in range(0, len(data), 16):
        drawn = int.from_bytes(data[position : position + 16]) % 2**time_ordered_ids.RANDOM_BITS
        ids.append(time_ordered_ids.uuid_of(at_ms, drawn))
    return tuple(ids)
