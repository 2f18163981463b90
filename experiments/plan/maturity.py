"""When a visitor's outcome counts: once the store's own delays say that it is nearly complete.

Outcomes that are still coming in are no outcomes yet: where an offer makes people buy sooner, its arm looks better
every day, and is no better in the end. So both arms are read without their last visitors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from experiments.plan.thresholds import COMPLETE_SHARE, ORDERS_FOR_A_CURVE, REFUNDS_FOR_A_CURVE
from experiments.statistics.delays import (
    Cohorts,
    Floats,
    arrival_curve,
    arrival_shares,
    delay_difference,
    late_shares,
)

DAY = 24  # hours
REFUND_DAYS = 60  # what is paid back later is seldom, and a test can't wait for it
# Ends of the steps of age, in hours since the exposure: hours on the first day, which is when most people buy.
AGES = (*range(1, DAY), *range(DAY, REFUND_DAYS * DAY + 1, DAY))


def steps_within(hours: int) -> int:
    """Return how many steps of age end within so many hours."""
    return sum(age <= hours for age in AGES)


def step_of(hours: float) -> int:
    """Return the step of age that something of this age came in; one beyond the last where it came later."""
    return int(np.searchsorted(AGES, hours, side="left"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturity:
    """Which visitors count: those exposed up to ``last_day`` of the test, who are at least ``hours`` old.

    ``is_known``: whether the store's delays are; without them the attribution window stands in. ``days``: on which the
    visitors who count were exposed, from the first to the last.
    """

    hours: int
    is_known: bool
    last_day: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DelaySums:
    """What is known of delays: by cohort and step of age, money and numbers of orders, over the attribution window.

    ``store``: of all cohorts of the store at the test's moment; ``arms``: of the test's own, by variant. ``refunds``:
    what was paid back of the store's cohorts, over all steps of age, of orders worth ``values``.
    """

    store_values: Cohorts
    store_orders: Cohorts
    arm_values: Mapping[str, Cohorts]
    arm_orders: Mapping[str, Cohorts]
    refunds: Cohorts
    values: Floats
    number_of_refunds: int


def delay_figures(sums: DelaySums, window_hours: int) -> dict[str, Any]:
    """Return what is kept of a test's delays, as JSON types.

    - ``hours``: as `hours_to_maturity` says, ``None`` while nobody can tell; ``orders``: that had the whole window.
    - ``shares``: of the order value, by the end of each step of the window; ``arms``: the same by variant, of those
      with enough orders. ``p_value``: of equal delays in all arms.
    - ``refund_shares``: of what is paid back, by the end of each step of `AGES`; ``refund_rate``: the share of order
      value that is paid back in the end; ``None`` where too few refunds are known. ``is_refund_known``: whether they
      are, up to the last step.
    """
    hours = hours_to_maturity(sums, window_hours)
    arms, orders = {}, []
    for variant, values in sums.arm_values.items():
        of_arm = sums.arm_orders[variant]
        orders.append(of_arm)
        if of_arm.seen()[0].sum() >= ORDERS_FOR_A_CURVE:
            arms[variant] = rounded(arrival_curve(values))
    p_value = None
    if len(arms) == len(orders) > 1:
        p_value = delay_difference(orders)
    refund_shares, refund_rate = refund_curve(sums)
    has_old_visitors = bool((sums.refunds.observed >= len(AGES)).any())
    return {
        "hours": hours,
        "orders": round(sums.store_orders.complete()),
        "shares": rounded(arrival_curve(sums.store_values)),
        "arms": arms,
        "p_value": p_value,
        "refund_shares": refund_shares,
        "refund_rate": refund_rate,
        "is_refund_known": refund_shares is not None and has_old_visitors,
    }


def refund_curve(sums: DelaySums) -> tuple[list[float] | None, float | None]:
    """Return the share of refunds that has come by the end of each step, and which share of order value they are.

    The rate is that of the Cape Cod method (Stanard 1985): what was paid back, over the order value as far as its
    refunds were due by now. ``None`` twice below 20 refunds. While no cohort is as old as the last step, what comes
    later than the oldest can tell counts as nothing.
    """
    refunds = sums.refunds
    if sums.number_of_refunds < REFUNDS_FOR_A_CURVE:
        return None, None
    shares = arrival_curve(refunds)
    arrived = np.concatenate([[0.0], shares])[refunds.observed]
    due = float(sums.values @ arrived)
    paid_back = float(refunds.seen()[0].sum())
    if not due:
        return None, None
    return rounded(shares), min(paid_back / due, 1.0)


def rounded(shares: Floats) -> list[float]:
    """Return shares for JSON: more than five digits say nothing."""
    return [round(float(share), 5) for share in shares]


def hours_to_maturity(sums: DelaySums, window_hours: int) -> int | None:
    """Return the age in hours at which outcomes are nearly complete, in the slowest arm; ``None`` while nobody can
    tell.

    ``window_hours``: the attribution window, beyond which nothing counts. It isn't known before 100 orders have had the
    whole window. An arm's own delays count from 100 orders on; where it is too young to tell, the store's stand in.
    """
    if sums.store_orders.complete() < ORDERS_FOR_A_CURVE:
        return None
    of_store = late_shares(*sums.store_values.seen())
    hours = first_complete_age(arrival_shares(of_store), window_hours)
    for variant, values in sums.arm_values.items():
        arrived, by_then = values.seen()
        orders, _ = sums.arm_orders[variant].seen()
        if orders.sum() < ORDERS_FOR_A_CURVE:
            continue
        own = np.where(by_then > 0, late_shares(arrived, by_then), of_store)
        hours = max(hours, first_complete_age(arrival_shares(own), window_hours))
    return hours


def first_complete_age(shares: Floats, window_hours: int) -> int:
    """Return the first age in hours at which enough of the value has arrived; at the latest the window's end."""
    complete = np.flatnonzero(shares >= COMPLETE_SHARE)
    if not len(complete):
        return window_hours
    return int(min(AGES[int(complete[0])], window_hours))


def last_mature_day(now: datetime, hours: int, zone: tzinfo) -> date:
    """Return the last day by a test's clock whose visitors are all so many hours old; sums are kept by such days."""
    # In UTC first: to a local time, Python adds hours as if clocks were never put forward or back.
    at = now.astimezone(UTC) - timedelta(hours=hours)
    return at.astimezone(zone).date() - timedelta(days=1)
