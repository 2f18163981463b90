"""What a simulated store knows of its delays: from its past test and from the one that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.verdicts.stores import Arm, Floats, Integers
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
    """What is known of an arm at a time, in days, by day of exposure and step of age."""

    arm: Arm
    now: float

    def orders(self, steps: int, *, weighted: bool = False) -> Cohorts:
        """Return the numbers of orders, or their values."""
        return self.cohorts(self.arm.ordered_at, steps, self.arm.value if weighted else None)

    def refunds(self) -> Cohorts:
        """Return what was paid back."""
        return self.cohorts(self.arm.refunded_at, len(AGES), self.arm.value)

    def number_of_refunds(self) -> int:
        """Return how many orders were paid back."""
        return int((self.arm.refunded_at <= self.now).sum())

    def values(self) -> Floats:
        """Return the order value of each day."""
        is_known = self.arm.ordered_at <= self.now
        days = np.floor(self.arm.exposed_at[is_known]).astype(np.int64)
        return np.bincount(days, weights=self.arm.value[is_known], minlength=len(self.arm.visitors)).astype(np.float64)

    def cohorts(self, times: Floats, steps: int, weights: Integers | None) -> Cohorts:
        """Return what happened at these times, counted or weighted."""
        days = len(self.arm.visitors)
        step = np.searchsorted(AGES[:steps], (times - self.arm.exposed_at) * 24, side="left")
        is_known = (times <= self.now) & (step < steps)
        cell = np.floor(self.arm.exposed_at[is_known]).astype(np.int64) * steps + step[is_known]
        if weights is not None:
            weights = weights[is_known]
        amounts = np.bincount(cell, weights=weights, minlength=days * steps).astype(np.float64)
        observed = np.searchsorted(AGES[:steps], (self.now - 1 - np.arange(days)) * 24, side="right")
        return Cohorts(amounts.reshape(days, steps), observed.astype(np.int64))


def joined(parts: Sequence[Cohorts]) -> Cohorts:
    """Return cohorts of several groups as those of one."""
    return Cohorts(np.concatenate([part.amounts for part in parts]), np.concatenate([part.observed for part in parts]))
