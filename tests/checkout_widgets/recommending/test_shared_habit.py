"""What may be said of a pair."""

import pytest

from checkout_widgets.recommending.shared_habit import SharedHabit


@pytest.mark.parametrize(
    ("customers", "base", "percent", "is_most"),
    [
        (34, 100, None, False),  # half-width 9.1 points
        (79, 230, 34, False),  # 6.1 points
        (99, 99, None, False),  # too few customers
        (100, 100, 100, True),  # 1.8 points
        (0, 500, None, False),
        (1, 500, None, False),  # rounded down, there is nothing to say
        (539, 1000, 53, True),  # from 50.8%
        (520, 1000, 52, False),  # from 48.9%
        (0, 0, None, False),
    ],
)
def test_share_may_be_said_where_enough_customers_stand_behind_it(customers, base, percent, is_most):
    habit = SharedHabit(customers, base)
    assert (habit.percent, habit.is_most) == (percent, is_most)


def test_interval_is_wilsons():
    # 34 of 100 at 95%, by statsmodels' proportion_confint(34, 100, method="wilson")
    assert SharedHabit(34, 100).interval == pytest.approx((0.2546, 0.4372), abs=1e-4)
