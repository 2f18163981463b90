"""Sums of some of a test's days are those of the visitors of these days."""

from datetime import date

from experiments.analysis.exposure_days import ExposureDays
from experiments.reading.aggregation import Aggregate, aggregate_of

DAYS = [date(2026, 3, day) for day in (2, 3, 5)]


def total(visitors: int, revenue: int, squared: int) -> Aggregate:
    return aggregate_of(visitors, {("converted",): 1, ("revenue",): revenue, ("revenue", "revenue"): squared})


def days() -> ExposureDays:
    """A visitor buys for 3, another for 4, another for 5; the second arm begins on the last day."""
    totals = [
        {"a": total(10, 3, 9)},
        {"a": total(20, 7, 25)},
        {"a": total(25, 12, 50), "b": total(5, 8, 64)},
    ]
    return ExposureDays.of(dict(zip(DAYS, totals, strict=True)), None)


def figures(arm: Aggregate | None) -> tuple[int, int, int] | None:
    if arm is None:
        return None
    return arm.visitors, arm.sums["revenue"], arm.products["revenue_x_revenue"]


def test_exposed_within_has_the_visitors_of_its_days_alone():
    assert figures(days().exposed_within(0, 2, "a")) == (20, 7, 25)
    assert figures(days().exposed_within(1, 3, "a")) == (15, 9, 41)
    assert figures(days().exposed_within(1, 2, "b")) is None
    assert figures(days().exposed_within(1, 3, "b")) == (5, 8, 64)


def test_exposed_without_days_has_the_visitors_of_all_others():
    assert figures(days().exposed_without([1], "a")) == (15, 8, 34)
    assert figures(days().exposed_without([0, 2], "a")) == (10, 4, 16)


def test_days_after_the_last_that_counts_are_left_out():
    daily = dict(zip(days().days, days().totals, strict=True))
    assert ExposureDays.of(daily, date(2026, 3, 4)).days == DAYS[:2]
