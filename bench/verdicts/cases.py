"""The simulated cases: what each arm does, and which share of tests may end how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bench.verdicts.stores import ArmBehavior, Delay

VISITORS, DAYS = 20_000, 14  # an arm's, and over how many days they come
WINDOW_DAYS = 28  # within which slow orders come
SLOW, FAST = Delay(4.0, within=WINDOW_DAYS), Delay(1.0, within=WINDOW_DAYS)
MOST_NOVELTY = 0.1  # of wins that are gone after some days
MOST_WRONG = 0.035  # of wins that are none, or of losses
NET_ZERO = 0.85 / 0.70 - 1  # what makes up for 30% refunded instead of 15%


@dataclass(frozen=True, kw_only=True)
class Case:
    """A simulated test.

    - ``most``: bars on shares of tests, by outcome (``Tally.shares``). ``is_kept``: whether as many wins as by the
      daily plan are asked for. ``days_later``: by how much the mean day of an outcome may pass the daily plan's, by
      outcome.
    - ``has_past``: whether the store ran a test before, from which delays and refunds are known. ``is_cut``: whether
      older visitors' later orders are left out, too, so that all are read at one age.
    """

    name: str
    control: ArmBehavior = field(default_factory=ArmBehavior)
    treatment: ArmBehavior = field(default_factory=ArmBehavior)
    most: Mapping[str, float] = field(default_factory=dict)
    is_kept: bool = False
    days_later: Mapping[str, float] = field(default_factory=dict)
    has_past: bool = True
    is_cut: bool = False


SOONER = Case(
    name="orders 1 day after exposure instead of 4",
    control=ArmBehavior(order_delay=SLOW),
    treatment=ArmBehavior(order_delay=FAST),
    most={"ship": MOST_WRONG},
)
REFUNDED = Case(
    name="value +21%, 30% against 15% refunded 10 days later",
    control=ArmBehavior(refunded=0.15),
    treatment=ArmBehavior(value_lift=NET_ZERO, refunded=0.30),
    most={"ship": MOST_WRONG},
)
LATE_EFFECT = Case(
    name="value +30%, orders 4 days after exposure",
    control=ArmBehavior(order_delay=SLOW),
    treatment=ArmBehavior(value_lift=0.30, order_delay=SLOW),
)
CASES = [
    SOONER,
    replace(SOONER, name="orders sooner, new store", has_past=False),
    Case(
        name="orders 4 days after exposure instead of 1",
        control=ArmBehavior(order_delay=FAST),
        treatment=ArmBehavior(order_delay=SLOW),
        most={"stop": MOST_WRONG, "pause": MOST_WRONG},
    ),
    replace(SOONER, name="orders sooner, all read at one age", is_cut=True),
    LATE_EFFECT,
    replace(LATE_EFFECT, name="value +30%, late orders, all read at one age", is_cut=True),
    REFUNDED,
    replace(REFUNDED, name="refunds, new store", has_past=False),
    Case(
        name="conversion +40% on days 1 to 3",
        treatment=ArmBehavior(early_lift=0.40, early_days=3),
        most={"ship": MOST_NOVELTY},
    ),
    Case(name="A/A", most={"wrong": 0.05}),
    Case(
        name="A/A, orders 4 days after exposure",
        control=ArmBehavior(order_delay=SLOW),
        treatment=ArmBehavior(order_delay=SLOW),
        most={"wrong": 0.05},
    ),
    Case(name="value +30%", treatment=ArmBehavior(value_lift=0.30), is_kept=True),
    Case(name="value +15%", treatment=ArmBehavior(value_lift=0.15), is_kept=True),
    Case(
        name="value +30%, 2% refunded",
        control=ArmBehavior(refunded=0.02),
        treatment=ArmBehavior(value_lift=0.30, refunded=0.02),
        is_kept=True,
        # of tests that are won early; those that go on to the planned sample end a day later
        days_later={"end": 2.0},
    ),
    Case(
        name="conversion -15%",
        treatment=ArmBehavior(conversion=0.05 * 0.85),
        days_later={"stop": 1.0, "pause": 1.0},
    ),
]
