"""What a simulated store knows of its delays: from its past test and from the one that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.verdicts.stores import ENDS_OF_STEPS, Arm, Floats, Integers
from experiments.plan.maturity import AGES, DelaySums
from experiments.statistics.delays import Cohorts


def delay_sums(own: Mapping[str, Known], past: Sequence[Known], steps: int) -> DelaySums:
    """Add up what delays are estimated from: for each arm of the test, and for the store with its past tests."""
    arm_values, arm_orders = {}, {}
    for key, arm in own.items():
        arm_values[key] = arm.orders(steps, weighted=True)
        arm_orders[key] = arm.orders(steps)
    store_values, store_orders = list(arm_values.values()), list(arm_orders.values())
    for arm in past:
        store_values.append(arm.orders(steps, weighted=True))
        store_orders.append(arm.orders(steps))
    refunds, values, number_of_refunds = [], [], 0
    for arm in [*own.values(), *past]:
        refunds.append(arm.refunds())
        values.append(arm.values())
        number_of_refunds += arm.number_of_refunds()
    return DelaySums(
        store_values=joined(store_values),
        store_orders=joined(store_orders),
        arm_values=arm_values,
        arm_orders=arm_orders,
        refunds=joined(refunds),
        values=np.concatenate(values),
        number_of_refunds=number_of_refunds,
    )


@dataclass(frozen=True)
class Known:
    """What is known of an arm at a time, in days, by day of exposure and step of age; worked out once."""

    arm: Arm
    now: float
    kept: dict[tuple[str, int], Cohorts] = field(default_factory=dict, compare=False)

    def orders(self, steps: int, *, weighted: bool = False) -> Cohorts:
        """Return the numbers of orders, or their values."""
        weights, name = None, "orders"
        if weighted:
            weights, name = self.arm.value, "values"
        return self.cohorts(name, self.arm.ordered_at, self.arm.order_steps, steps, weights)

    def refunds(self) -> Cohorts:
        """Return what was paid back."""
        return self.cohorts("refunds", self.arm.refunded_at, self.arm.refund_steps, len(AGES), self.arm.value)

    def number_of_refunds(self) -> int:
        """Return how many orders were paid back."""
        return int((self.arm.refunded_at <= self.now).sum())

    def values(self) -> Floats:
        """Return the order value of each day."""
        is_known = self.arm.ordered_at <= self.now
        days = self.arm.exposed_on[is_known]
        return np.bincount(days, weights=self.arm.value[is_known], minlength=len(self.arm.visitors)).astype(np.float64)

    def cohorts(
        self, name: str, times: Floats, steps_of_age: Integers, steps: int, weights: Integers | None
    ) -> Cohorts:
        """Return what happened at these times, each in a step of age, counted or weighted."""
        if (name, steps) not in self.kept:
            self.kept[name, steps] = self.counted(times, steps_of_age, steps, weights)
        return self.kept[name, steps]

    def counted(self, times: Floats, steps_of_age: Integers, steps: int, weights: Integers | None) -> Cohorts:
        """Count what happened by day of exposure and step of age."""
        days = len(self.arm.visitors)
        is_known = (times <= self.now) & (steps_of_age < steps)
        cell = self.arm.exposed_on[is_known] * steps + steps_of_age[is_known]
        if weights is not None:
            weights = weights[is_known]
        amounts = np.bincount(cell, weights=weights, minlength=days * steps).astype(np.float64)
        observed = np.searchsorted(ENDS_OF_STEPS[:steps], (self.now - 1 - np.arange(days)) * 24, side="right")
        return Cohorts(amounts.reshape(days, steps), observed.astype(np.int64))


def joined(parts: Sequence[Cohorts]) -> Cohorts:
    """Return cohorts of several groups as those of one."""
    return Cohorts(np.concatenate([part.amounts for part in parts]), np.concatenate([part.observed for part in parts]))
