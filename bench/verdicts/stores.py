"""Simulated stores: who is exposed when, who buys when and for how much, and what is paid back when."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log1p
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
    """

    conversion: float = 0.05
    sigma: float = 1.0
    value_lift: float = 0.0
    order_delay: Delay = Delay(SAME_VISIT, within=0.2)
    refunded: float = 0.0
    refund_delay: Delay = Delay(10.0)
    early_lift: float = 0.0
    early_days: int = 0


@dataclass(frozen=True)
class Arm:
    """One arm of one simulated test; times are in days since its start.

    ``visitors``: by day. The others have one value for each buyer; ``value`` is in minor units, ``refunded_at`` is
    infinite where nothing is paid back.
    """

    visitors: Integers
    exposed_at: Floats
    ordered_at: Floats
    refunded_at: Floats
    value: Integers


def draw_arm(behavior: ArmBehavior, visitors: int, days: int, random: np.random.Generator) -> Arm:
    """Draw an arm whose visitors come evenly over so many days."""
    by_day = np.bincount(np.arange(visitors) * days // visitors, minlength=days)
    chance = np.full(days, behavior.conversion)
    chance[: behavior.early_days] *= 1 + behavior.early_lift
    buyers = random.binomial(by_day, chance)
    exposed_at = np.repeat(np.arange(days), buyers) + random.random(int(buyers.sum()))
    number = len(exposed_at)
    ordered_at = exposed_at + behavior.order_delay.draw(random, number)
    is_refunded = random.random(number) < behavior.refunded
    refunded_at = np.where(is_refunded, ordered_at + behavior.refund_delay.draw(random, number), NEVER)
    logs = behavior.sigma * random.standard_normal(number) + log1p(behavior.value_lift)
    value = np.rint(MEDIAN_ORDER * np.exp(logs)).astype(np.int64)
    return Arm(by_day.astype(np.int64), exposed_at, ordered_at, refunded_at, value)
