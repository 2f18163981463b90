"""Refunds that are still to come: what they take off each arm, and how much less sure they make a comparison."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import hypot, sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from experiments.analysis.metrics import Definition
from experiments.plan.maturity import AGES, REFUND_DAYS
from experiments.reading.aggregation import Aggregate
from experiments.statistics import Comparison
from experiments.statistics.delays import Floats
from experiments.statistics.reserve import Reserve, expected_refunds

# Columns that a refund takes off. Goods that come back are seldom sold again at their cost, so a margin loses all of
# it.
REDUCED = ("revenue", "margin")
NOON = time(12)
Daily = Mapping[date, Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True)
class RefundCohorts:
    """An arm's orders by day of exposure: value before refunds, and what was paid back of it, in minor units.

    ``zone``: by whose clock the days are.
    """

    days: list[date]
    values: Floats
    refunded: Floats
    zone: tzinfo


def cohorts_by_arm(daily: Daily, last_day: date, zone: tzinfo) -> dict[str, RefundCohorts]:
    """Take cumulative sums by day apart into each day's own, up to the last day that counts, by a zone's clock."""
    cohorts: dict[str, RefundCohorts] = {}
    days = [day for day in daily if day <= last_day]
    arms: set[str] = set()
    for day in days:
        arms.update(daily[day])
    for arm in sorted(arms):
        net = each_days_own(daily, days, arm, "revenue")
        refunded = each_days_own(daily, days, arm, "refunded")
        # A shop may book a refund in a way that leaves an order less than nothing; as a base for shares it is nothing.
        values = np.maximum(net + refunded, 0.0)
        cohorts[arm] = RefundCohorts(days, values, refunded, zone)
    return cohorts


def each_days_own(daily: Daily, days: list[date], arm: str, column: str) -> Floats:
    """Return a column of an arm, whose sums are cumulative, as what each day added to it."""
    until = []
    for day in days:
        aggregate = daily[day].get(arm)
        # before its first visitor an arm has nothing
        if aggregate is None:
            until.append(0)
        else:
            until.append(aggregate.sums[column])
    return np.diff(np.array(until, dtype=np.float64), prepend=0.0)


def cohorts_through(cohorts: Mapping[str, RefundCohorts], last_day: date) -> dict[str, RefundCohorts]:
    """Return the cohorts up to a day."""
    found = {}
    for key, cohort in cohorts.items():
        until = bisect_right(cohort.days, last_day)
        found[key] = replace(
            cohort, days=cohort.days[:until], values=cohort.values[:until], refunded=cohort.refunded[:until]
        )
    return found


def reserves_of(
    cohorts: Mapping[str, RefundCohorts], aggregates: Mapping[str, Aggregate], figures: Mapping[str, Any], now: datetime
) -> dict[str, Reserve]:
    """Return what is still to be paid back by variant key; none while nobody knows when refunds come.

    ``figures``: what is known of delays, as `delay_figures` gives it.
    """
    shares = figures.get("refund_shares")
    if not shares:
        return {}
    reserves = {}
    for key, cohort in cohorts.items():
        # on a test's first days, an arm may have no visitor yet
        if key not in aggregates:
            continue
        size = order_size(aggregates[key])
        if size is not None and len(cohort.days):
            due = due_shares(cohort, shares, now)
            reserves[key] = expected_refunds(
                cohort.values, cohort.refunded, due, store_rate=figures.get("refund_rate"), order_size=size
            )
    return reserves


def due_shares(cohort: RefundCohorts, shares: list[float], now: datetime) -> Floats:
    """Return which share of each day's refunds have come by now; its visitors came in the middle of it on average."""
    ages = []
    for day in cohort.days:
        middle = datetime.combine(day, NOON, cohort.zone)
        ages.append(max((now - middle).total_seconds() / 3600, 0.0))
    return np.interp(ages, (0, *AGES[: len(shares)]), (0.0, *shares))


def order_size(aggregate: Aggregate) -> float | None:
    """Return the sum of squared order values over their sum; ``None`` of an arm that has sold nothing."""
    summary = aggregate.summary
    mean = summary.mean("revenue")
    if mean is None or mean <= 0:
        return None
    squares = summary.comoment("revenue", "revenue") + summary.n * mean * mean
    return squares / (summary.n * mean)


def settled_on(
    cohorts: Mapping[str, RefundCohorts],
    aggregates: Mapping[str, Aggregate],
    figures: Mapping[str, Any],
    *,
    now: datetime,
    shrinking: float,
) -> date | None:
    """Return the day by which the noise of what is open has shrunk to this share of today's; ``None`` beyond 60
    days.

    As if refunds went on to come at each arm's rate.
    """
    reserves = reserves_of(cohorts, aggregates, figures, now)
    errors = {key: reserve.error for key, reserve in reserves.items()}
    wanted = shrinking * hypot(*errors.values())
    for days in range(1, REFUND_DAYS + 1):
        later = now + timedelta(days=days)
        expected = {}
        for key, cohort in cohorts.items():
            if key in reserves:
                expected[key] = expected_by(cohort, figures, reserves[key].rate, now=now, later=later)
        errors = {key: one.error for key, one in reserves_of(expected, aggregates, figures, later).items()}
        if hypot(*errors.values()) <= wanted:
            return later.astimezone(zone_of(cohorts)).date()
    return None


def zone_of(cohorts: Mapping[str, RefundCohorts]) -> tzinfo:
    """Return by whose clock the cohorts' days are, which is the same in all of them."""
    for cohort in cohorts.values():
        return cohort.zone
    return UTC


def expected_by(
    cohort: RefundCohorts, figures: Mapping[str, Any], rate: float, *, now: datetime, later: datetime
) -> RefundCohorts:
    """Return an arm's cohorts as they will be, with the refunds that come by then at this rate."""
    shares = figures["refund_shares"]
    coming = due_shares(cohort, shares, later) - due_shares(cohort, shares, now)
    return replace(cohort, refunded=cohort.refunded + rate * coming * cohort.values)


def less_reserve(aggregate: Aggregate, reserve: Reserve | None) -> Aggregate:
    """Return an arm with what is still to be paid back taken off its summary; its exact sums stay as they are."""
    if reserve is None:
        return aggregate
    return aggregate.scaled(factors(aggregate, reserve))


def factors(sold: Aggregate, reserve: Reserve | None) -> dict[str, float]:
    """Return by column what remains of an arm's money; columns that lose nothing are left out.

    ``sold``: the arm whose orders the reserve is a part of, under the same cap.
    """
    found: dict[str, float] = {}
    if reserve is None:
        return found
    for column in REDUCED:
        total = sold.sums.get(column, 0)
        # money that is negative already has no share to lose
        if total > 0:
            found[column] = max(1.0 - reserve.amount / total, 0.0)
    return found


def factors_of_rows(sold: Aggregate, reserve: Reserve | None) -> Floats:
    """Return `factors` for the columns of buyers' rows: revenue, orders, margin."""
    found = factors(sold, reserve)
    return np.array([found.get("revenue", 1.0), 1.0, found.get("margin", 1.0)])


def noise_ratio(
    reserves: Mapping[str, Reserve], definition: Definition, comparison: Comparison, *, control: str, treatment: str
) -> float | None:
    """Return how large the refunds' standard error is beside that of chance among visitors; ``None`` without one."""
    if definition.numerator not in REDUCED or control not in reserves or treatment not in reserves:
        return None
    lift, error = comparison.estimated_lift, comparison.lift_standard_error
    # A share that is paid back says nothing of money that is negative already.
    if lift is None or not error or lift <= -1 or not comparison.control or comparison.control < 0:
        return None
    variance = relative_variance(reserves, control, treatment)
    if variance is None:
        return None
    return sqrt(variance) * (1 + lift) / error


def relative_variance(reserves: Mapping[str, Reserve], control: str, treatment: str) -> float | None:
    """Return the variance that open refunds give the log of the two arms' ratio; ``None`` where nothing is kept."""
    variance = 0.0
    for key in (control, treatment):
        reserve = reserves.get(key)
        # Nothing is known of refunds to come: then nothing is taken off for them either.
        if reserve is None:
            continue
        if reserve.kept <= 0:
            return None
        variance += (reserve.error / reserve.kept) ** 2
    return variance


def wider_level(alpha: float, ratio: float) -> float:
    """Return the alpha at which intervals are as wide as both kinds of noise together make them."""
    return float(2 * ndtr(ndtri(alpha / 2) * sqrt(1 + ratio * ratio)))


def widened(comparison: Comparison, ratio: float) -> Comparison:
    """Return a comparison, whose intervals are wide enough already, with p-value and errors to match."""
    width = sqrt(1 + ratio * ratio)
    p_value = comparison.p_value
    if p_value is not None:
        p_value = float(2 * ndtr(ndtri(p_value / 2) / width))
    return replace(
        comparison,
        p_value=p_value,
        standard_error=times(comparison.standard_error, width),
        control_error=times(comparison.control_error, width),
        treatment_error=times(comparison.treatment_error, width),
        lift_standard_error=times(comparison.lift_standard_error, width),
        outer_noise=ratio,
    )


def times(value: float | None, factor: float) -> float | None:
    """Return the value times the factor; ``None`` where there is none."""
    if value is None:
        return None
    return value * factor
