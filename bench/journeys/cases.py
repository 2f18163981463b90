"""The simulated cases: what is true in their stores, and how wrongly they are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from bench.journeys.shops import Shop


@dataclass(frozen=True, kw_only=True)
class StoreCase:
    """Stores of a kind.

    - ``lift``: by which the first journey's message raises what customers spend from their send point on.
    - ``has_one_control``: whether both journeys have one control group, as the messages' holdout is for all of them.
    - ``is_capped_by_messages``: whether caps count messages, and so nobody in control. That is wrong.
    - ``has_carts``: whether a test on the site runs beside, on the visitors of the same customers.
    - ``wanted``: of how many stores the evidence should be.
    """

    name: str
    shop: Shop = field(default_factory=Shop)
    lift: float = 0.0
    has_one_control: bool = False
    is_capped_by_messages: bool = False
    has_carts: bool = False
    wanted: int = 1_000

    @property
    def random_numbers(self) -> int:
        """Which random numbers its stores are made of."""
        return crc32(self.name.encode())

    @property
    def simulated(self) -> tuple[Any, ...]:
        """All of it that changes what is found; the rest is how much of it is wanted."""
        return self.name, self.shop, self.lift, self.has_one_control, self.is_capped_by_messages, self.has_carts


AA = StoreCase(name="A/A", has_carts=True, wanted=340)
# Its other tests have no effect, in a store where one has.
LIFT = StoreCase(name="+8% RPV", lift=0.08, has_carts=True)
OFTEN = StoreCase(
    name="A/A, customers who come back often",
    shop=Shop(customers=250, orders_a_month=4.0, alike=2.0, weekly_cap=7),
    has_carts=True,
    wanted=60,
)
ONE_CONTROL = StoreCase(name="A/A, one control group for both journeys", has_one_control=True, wanted=100)
CAPPED_BY_MESSAGES = StoreCase(
    name="A/A, caps count messages", has_one_control=True, is_capped_by_messages=True, wanted=40
)
CASES = (AA, LIFT, OFTEN, ONE_CONTROL, CAPPED_BY_MESSAGES)


def cases_named(part: str) -> list[StoreCase]:
    """List the cases whose name has this in it."""
    named = []
    for case in CASES:
        if part in case.name:
            named.append(case)
    return named
