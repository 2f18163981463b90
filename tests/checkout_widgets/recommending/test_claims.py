"""What may be said of a pair."""

import pytest

from checkout_widgets.recommending.claims import SharedHabit


@pytest.mark.parametrize(
    ("customers", "base", "may_be_said", "percent", "is_most"),
    [
        (34, 100, False, 34, False),  # half-width 9.1 points
        (79, 230, True, 34, False),  # 6.1 points
        (99, 99, False, 100, False),  # too few customers
        (100, 100, True, 100, True),  # 1.8 points
        (0, 500, False, 0, False),
        (1, 500, False, 0, False),  # rounded down, there is nothing to say
        (539, 1000, True, 53, True),  # from 50.8%
        (520, 1000, True, 52, False),  # from 48.9%
        (0, 0, False, 0, False),
    ],
)
def test_share_may_be_said_where_enough_customers_stand_behind_it(customers, base, may_be_said, percent, is_most):
    habit = SharedHabit(customers, base)
    assert (habit.may_be_said, habit.percent, habit.is_most) == (may_be_said, percent, is_most)


def test_interval_is_wilsons():
    # 34 of 100 at 95%, by statsmodels' proportion_confint(34, 100, method="wilson")
    assert SharedHabit(34, 100).interval == pytest.approx((0.2546, 0.4372), abs=1e-4)
