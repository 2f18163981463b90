"""Customers cost the outcomes of visitors little: by ratio to the statement from before, in the same run."""

import pytest

from bench import customers

MOST = 1.5


@pytest.mark.slow
@pytest.mark.django_db
def test_outcomes_of_visitors_take_at_most_half_as_long_again_as_before_there_were_customers():
    (visitors, units), _ = customers.fill(2_000)
    before, today = [], []
    for _ in range(5):
        before.append(customers.seconds(visitors, units, customers.by_before))
        today.append(customers.seconds(visitors, units, customers.by_today))
    # The least of each: of what else the machine does, a processor's caches still feel something.
    assert min(today) / min(before) <= MOST
