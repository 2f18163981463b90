"""From how many customers on a holdout of messages can answer anything, beside figures worked out by other means."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from experiments.programme.holdout_sizes import holdout_size, size_by
from experiments.reading.customers_after_order import CustomersAfterOrder

# 8% of customers order again, order values vary by 0.8 of their mean: the store of the design's example.
REORDERING, VALUE, SPREAD = 0.08, 5_000, 0.8
MEAN = REORDERING * VALUE
SD = VALUE * sqrt(REORDERING * (1 + SPREAD**2) - REORDERING**2)


def test_holdout_size_is_that_of_the_designs_example():
    size = holdout_size(MEAN, SD, per_day=300)
    assert size.customers == pytest.approx(27_200, rel=0.005)
    assert size.even_customers == pytest.approx(9_800, rel=0.005)
    assert size.weeks == -(-size.customers // 2_100)


def test_holdout_size_finds_its_lift_in_eight_of_ten_simulated_holdouts():
    size = holdout_size(MEAN, SD, per_day=None)
    random = np.random.default_rng(18)
    held_out = round(size.customers * size.share)
    sizes = {"held out": held_out, "messages": size.customers - held_out}
    found = 0
    for _ in range(400):
        arms = {}
        for arm, customers in sizes.items():
            buyers = random.binomial(customers, REORDERING)
            shape = 1 / SPREAD**2
            values = random.gamma(shape, VALUE / shape, buyers) * (1 + size.lift * (arm == "messages"))
            total, squares = values.sum(), (values**2).sum()
            mean = total / customers
            arms[arm] = mean, (squares / customers - mean**2) / customers
        difference = arms["messages"][0] - arms["held out"][0]
        error = sqrt(arms["messages"][1] + arms["held out"][1])
        found += difference / error > norm.ppf(0.975)
    assert 0.8 * 400 - 3 * sqrt(0.16 * 400) < found < 0.86 * 400 + 3 * sqrt(0.12 * 400)
    assert size.weeks is None


@pytest.mark.parametrize("known", [CustomersAfterOrder(), CustomersAfterOrder(900, 29, 29, 29_000, 29_000_000)])
def test_holdout_size_is_unknown_while_too_few_have_ordered_again(known):
    assert size_by(known) is None
