"""The simulated cases: what each arm does, and which share of tests may end how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from bench.verdicts.stores import ArmBehavior, Delay
from experiments.models import PlanVersion

VISITORS, DAYS = 20_000, 14  # an arm's, and over how many days they come
WINDOW_DAYS = 28  # within which slow orders come
SLOW, FAST = Delay(4.0, within=WINDOW_DAYS), Delay(1.0, within=WINDOW_DAYS)
# Tests of a row; of rows that are held to a few percent, and so need more to be told from chance.
WANTED, WANTED_OF_RARE = 2_000, 20_000
MOST_NOVELTY = 0.1  # of wins that are gone after some days
MOST_WRONG = 0.035  # of wins that are none, or of losses
MOST_WRONG_EITHER_WAY = 0.05  # of both together
# Weekends have half as many visitors again, who buy less: the shop's own weeks.
WEEKENDS = tuple(1.5 if day % 7 >= 5 else 1.0 for day in range(DAYS))
BUYING_IN_WEEKS = tuple(0.7 if day % 7 >= 5 else 1.1 for day in range(DAYS))
# 5% of the traffic for two days, 25% for three, then all of it.
RAMP = (0.05, 0.05, 0.25, 0.25, 0.25, *[1.0] * (DAYS - 5))
# Within two weeks half as many buyers again, whose orders are a third larger: a shop before Christmas.
DRIFT, DEARER = (tuple(1 + most * day / (DAYS - 1) for day in range(DAYS)) for most in (0.5, 0.33))
NET_ZERO = 0.85 / 0.70 - 1  # what makes up for 30% refunded instead of 15%


@dataclass(frozen=True, kw_only=True)
class Case:
    """A simulated test.

    - ``most``: bars on shares of tests, by outcome (``Tally.shares``). ``is_kept``: whether as many wins as by the
      daily plan are asked for. ``days_later``: by how much the mean day of an outcome may pass the daily plan's, by
      outcome.
    - ``has_past``: whether the store ran a test before, from which delays and refunds are known. ``is_cut``: whether
      older visitors' later orders are left out, too, so that all are read at one age.
    - ``visitors``: of control, and of each treatment. ``others``: what treatments beside the first do.
    - ``is_compared``: whether the same stores are read by the daily plan, too. ``same_as``: the case whose tests it is
      compared with, of the same random numbers; each other case has its own, so that rows aren't off together.
      ``days_beside``: by how much the mean day of an outcome may pass that case's, by outcome.
    - ``wanted``: of how many tests the evidence should be.
    """

    name: str
    control: ArmBehavior = field(default_factory=ArmBehavior)
    treatment: ArmBehavior = field(default_factory=ArmBehavior)
    most: Mapping[str, float] = field(default_factory=dict)
    is_kept: bool = False
    days_later: Mapping[str, float] = field(default_factory=dict)
    has_past: bool = True
    is_cut: bool = False
    visitors: tuple[int, int] = (VISITORS, VISITORS)
    others: tuple[ArmBehavior, ...] = ()
    is_compared: bool = False
    same_as: str = ""
    days_beside: Mapping[str, float] = field(default_factory=dict)
    wanted: int = WANTED

    @property
    def random_numbers(self) -> int:
        """Which random numbers its tests are made of."""
        return crc32((self.same_as or self.name).encode())

    @property
    def plans(self) -> tuple[PlanVersion, ...]:
        """The plans by which its tests are read: today's, and that of before where it is compared."""
        if self.is_compared:
            return PlanVersion.SHARED, PlanVersion.DAILY
        return (PlanVersion.SHARED,)

    @property
    def simulated(self) -> tuple[Any, ...]:
        """All of it that changes how its tests end; the rest is what they are held to."""
        return (
            *(self.control, self.treatment, self.others, self.visitors),
            *(self.has_past, self.is_cut, self.random_numbers),
        )

    @property
    def arms(self) -> dict[str, tuple[ArmBehavior, int]]:
        """What each arm does and how many visitors it has, the control first."""
        of_control, of_treatment = self.visitors
        found = {"control": (self.control, of_control)}
        for number, behavior in enumerate((self.treatment, *self.others), start=1):
            found[f"treatment {number}"] = (behavior, of_treatment)
        return found


def alike(name: str, behavior: ArmBehavior, **fields: Any) -> Case:
    """A test without an effect: treatments do what control does."""
    return Case(name=name, control=behavior, treatment=behavior, most={"wrong": MOST_WRONG_EITHER_WAY}, **fields)


SOONER = Case(
    name="orders 1 day after exposure instead of 4",
    control=ArmBehavior(order_delay=SLOW),
    treatment=ArmBehavior(order_delay=FAST),
    most={"ship": MOST_WRONG},
    is_compared=True,
)
REFUNDED = Case(
    name="value +21%, 30% against 15% refunded 10 days later",
    control=ArmBehavior(refunded=0.15),
    treatment=ArmBehavior(value_lift=NET_ZERO, refunded=0.30),
    most={"ship": MOST_WRONG},
)
BETTER = Case(name="value +30%", treatment=ArmBehavior(value_lift=0.30), is_kept=True, is_compared=True)
LATE_EFFECT = Case(
    name="value +30%, orders 4 days after exposure",
    control=ArmBehavior(order_delay=SLOW),
    treatment=ArmBehavior(value_lift=0.30, order_delay=SLOW),
)
# Half of all visitors buy: at 5% a cart's value says next to nothing of who does.
CART, FEW_VISITORS = ArmBehavior(conversion=0.5, cart_correlation=0.6), (2_000, 2_000)
# All that a page says before the offer tells of buying and of order values.
KNOWN = ArmBehavior(conversion=0.5, telling=1.0)
# In the order of what matters, in which they are simulated first.
CASES = [
    alike("A/A", ArmBehavior(), is_compared=True, wanted=WANTED_OF_RARE),
    SOONER,
    Case(
        name="orders 4 days after exposure instead of 1",
        control=ArmBehavior(order_delay=FAST),
        treatment=ArmBehavior(order_delay=SLOW),
        most={"stop": MOST_WRONG, "pause": MOST_WRONG},
    ),
    BETTER,
    Case(
        name="value +30%, 2% refunded",
        control=ArmBehavior(refunded=0.02),
        treatment=ArmBehavior(value_lift=0.30, refunded=0.02),
        is_kept=True,
        is_compared=True,
        # What refunds alone may cost. That weekly looks find a win later than daily ones is no fault of theirs, and
        # docs/statistics.md says what it would take to find it sooner.
        same_as=BETTER.name,
        days_beside={"end": 2.0},
    ),
    REFUNDED,
    Case(
        name="conversion +40% on days 1 to 3",
        treatment=ArmBehavior(early_lift=0.40, early_days=3),
        most={"ship": MOST_NOVELTY},
    ),
    Case(name="value +15%", treatment=ArmBehavior(value_lift=0.15), is_kept=True, is_compared=True),
    Case(
        name="conversion -15%",
        treatment=ArmBehavior(conversion=0.05 * 0.85),
        is_compared=True,
        days_later={"stop": 1.0, "pause": 1.0},
    ),
    alike("A/A, 90% against 10%, heavy tail", ArmBehavior(sigma=1.5), visitors=(36_000, 4_000)),
    alike("A/A, 30 buyers in each variant", ArmBehavior(), visitors=(600, 600), wanted=WANTED_OF_RARE),
    replace(SOONER, name="orders sooner, new store", has_past=False, same_as=SOONER.name),
    replace(REFUNDED, name="refunds, new store", has_past=False, same_as=REFUNDED.name),
    alike("A/A, 2% refunded", ArmBehavior(refunded=0.02)),
    alike("A/A, adjusted by all covariates", KNOWN, visitors=FEW_VISITORS),
    Case(
        name="value +15%, adjusted by all covariates",
        control=KNOWN,
        treatment=replace(KNOWN, value_lift=0.15),
        visitors=FEW_VISITORS,
    ),
    alike("A/A, adjusted by the cart", CART, visitors=FEW_VISITORS),
    Case(
        name="value +15%, adjusted by the cart",
        control=CART,
        treatment=replace(CART, value_lift=0.15),
        visitors=FEW_VISITORS,
    ),
    alike("A/A, 1% conversion", ArmBehavior(conversion=0.01)),
    alike("A/A, ramp of the traffic", ArmBehavior(traffic=RAMP)),
    alike("A/A, drift of conversion and order values", ArmBehavior(seasons=DRIFT, prices=DEARER)),
    alike("A/A, weekends differ", ArmBehavior(traffic=WEEKENDS, seasons=BUYING_IN_WEEKS)),
    alike("A/A, three variants", ArmBehavior(), others=(ArmBehavior(),)),
    alike("A/A, orders 4 days after exposure", ArmBehavior(order_delay=SLOW)),
    Case(name="value +30% in one of three variants", treatment=ArmBehavior(value_lift=0.30), others=(ArmBehavior(),)),
    LATE_EFFECT,
    replace(SOONER, name="orders sooner, all read at one age", is_cut=True, same_as=SOONER.name),
    replace(LATE_EFFECT, name="value +30%, late orders, all read at one age", is_cut=True, same_as=LATE_EFFECT.name),
]
