"""When an outcome counts, worked out by hand."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from experiments.plan.maturity import (
    AGES,
    DelaySums,
    delay_figures,
    hours_to_maturity,
    last_mature_day,
    refund_curve,
    step_of,
    steps_within,
)
from experiments.statistics.delays import Cohorts

WINDOW = 7 * 24
STEPS = steps_within(WINDOW)


def cohorts(amounts: dict[int, float], *, observed: int = STEPS, steps: int = STEPS) -> Cohorts:
    """One cohort with these amounts, by age in hours."""
    row = np.zeros((1, steps))
    for age, amount in amounts.items():
        row[0, step_of(age)] = amount
    return Cohorts(row, np.array([observed]))


def sums(store: Cohorts, **arms: Cohorts) -> DelaySums:
    """Orders that are worth 1 each, and no refunds."""
    return DelaySums(
        store_values=store,
        store_orders=store,
        arm_values=arms,
        arm_orders=arms,
        refunds=cohorts({}, steps=len(AGES)),
        values=np.array([0.0]),
        number_of_refunds=0,
    )


def test_steps_are_hours_on_the_first_day_and_days_after_it():
    assert AGES[:3] == (1, 2, 3)
    assert AGES[22:26] == (23, 24, 48, 72)
    assert (step_of(1), step_of(1.5), step_of(24), step_of(25), step_of(48)) == (0, 1, 23, 24, 24)


def test_hours_to_maturity_is_the_age_by_which_nearly_all_value_has_come():
    # 98% within an hour, 99.5% within five
    assert hours_to_maturity(sums(cohorts({1: 980, 5: 15, 100: 5})), WINDOW) == 5


def test_hours_to_maturity_isnt_known_before_a_hundred_orders_had_the_whole_window():
    assert hours_to_maturity(sums(cohorts({1: 99})), WINDOW) is None
    assert hours_to_maturity(sums(cohorts({1: 5_000}, observed=STEPS - 1)), WINDOW) is None


def test_hours_to_maturity_is_the_slowest_arms():
    slow, fast = cohorts({1: 100, 96: 100}), cohorts({1: 200})
    assert hours_to_maturity(sums(cohorts({1: 50_000}), a=fast, b=slow), WINDOW) == 96


def test_hours_to_maturity_takes_the_stores_delays_where_an_arm_is_too_young_to_tell():
    young = cohorts({1: 100, 24: 100}, observed=steps_within(24))
    assert hours_to_maturity(sums(cohorts({1: 5_000, 72: 5_000}), a=young), WINDOW) == 72


def test_hours_to_maturity_is_never_more_than_the_window():
    assert hours_to_maturity(sums(cohorts({1: 500, WINDOW: 500})), WINDOW) == WINDOW


@pytest.mark.parametrize(
    ("now", "hours", "zone", "day"),
    [
        (datetime(2026, 3, 10, 0, 7, tzinfo=UTC), 0, "UTC", date(2026, 3, 9)),
        (datetime(2026, 3, 10, 0, 7, tzinfo=UTC), 1, "UTC", date(2026, 3, 8)),
        (datetime(2026, 3, 10, 1, 0, tzinfo=UTC), 1, "UTC", date(2026, 3, 9)),
        (datetime(2026, 3, 10, 12, 0, tzinfo=UTC), 48, "UTC", date(2026, 3, 7)),
        # 2 March 23:00 in UTC
        (datetime(2026, 3, 3, 8, 0, tzinfo=timezone(timedelta(hours=9))), 0, "UTC", date(2026, 3, 1)),
        # In Berlin, the night to 29 March 2026 is an hour shorter: 1:00 in summer time is an hour after midnight.
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 1, "Europe/Berlin", date(2026, 3, 27)),
        (datetime(2026, 3, 29, 0, 0, tzinfo=UTC), 1, "Europe/Berlin", date(2026, 3, 28)),
        # a day of 23 hours: what was exposed at its end is 24 hours old at the next midnight but one, less an hour
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), 23, "Europe/Berlin", date(2026, 3, 28)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), 24, "Europe/Berlin", date(2026, 3, 27)),
    ],
)
def test_last_mature_day_is_over_for_so_many_hours(now, hours, zone, day):
    assert last_mature_day(now, hours, ZoneInfo(zone)) == day


def test_refund_curve_weighs_what_came_by_what_was_due():
    # of the old day's 1,000 a hundred came back, half of it on the first day; of the young one's, 50 of the first day
    amounts = np.zeros((2, len(AGES)))
    amounts[0, step_of(24)], amounts[0, step_of(48)], amounts[1, step_of(24)] = 50, 50, 50
    refunds = Cohorts(amounts, np.array([len(AGES), steps_within(24)]))
    known = DelaySums(
        store_values=cohorts({}),
        store_orders=cohorts({}),
        arm_values={},
        arm_orders={},
        refunds=refunds,
        values=np.array([1_000.0, 1_000.0]),
        number_of_refunds=20,
    )
    shares, rate = refund_curve(known)
    assert shares is not None
    assert (shares[step_of(23)], shares[step_of(24)], shares[step_of(48)]) == (0.0, 0.5, 1.0)
    # 150 of the 1,000 x 1 + 1,000 x 0.5 that were due
    assert rate == pytest.approx(0.1)
    assert delay_figures(known, WINDOW)["is_refund_known"]


def test_delay_figures_of_a_new_store_say_that_nothing_is_known():
    figures = delay_figures(sums(cohorts({})), WINDOW)
    assert figures["hours"] is None
    assert figures["refund_shares"] is None
    assert figures["is_refund_known"] is False
    assert figures["arms"] == {}
