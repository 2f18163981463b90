"""What is bought with what, and later: counted and weighed as a slow, plain count does."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from checkout_widgets.recommending.purchases import Purchases
from checkout_widgets.recommending.scoring import ScoredPair, bought_later, bought_together

DAY = 24 * 60
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
LAST_MINUTE = int(UNTIL.timestamp() // 60)
LATER = timedelta(days=90)


def purchases_of(bought: list[tuple[int, int, int, int]], size: int) -> Purchases:
    """Purchases of (customer, order, product, days before the end)."""
    customers, orders, products, days = np.array(bought, dtype=np.int64).reshape(-1, 4).T
    return Purchases.sort(
        customers=customers, orders=orders, products=products, minutes=LAST_MINUTE - days * DAY, size=size
    )


def random_purchases(seed: int) -> list[tuple[int, int, int, int]]:
    random = np.random.default_rng(seed)
    bought = []
    for order in range(400):
        customer, days = int(random.integers(0, 60)), int(random.integers(0, 300))
        for product in random.integers(0, 12, random.integers(1, 6)):
            bought.append((customer, order, int(product), days))
    return bought


def orders_of(bought: list[tuple[int, int, int, int]]) -> dict[int, tuple[int, int, set[int]]]:
    """Each order's customer, days before the end, and products."""
    orders: dict[int, tuple[int, int, set[int]]] = {}
    for customer, order, product, days in bought:
        orders.setdefault(order, (customer, days, set()))[2].add(product)
    return orders


def count_together(bought: list[tuple[int, int, int, int]]) -> dict[tuple[int, int], ScoredPair]:
    orders_with: dict[int, int] = defaultdict(int)
    weights: dict[tuple[int, int], float] = defaultdict(float)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    buyers: dict[int, set[int]] = defaultdict(set)
    buyers_of_both: dict[tuple[int, int], set[int]] = defaultdict(set)
    for customer, _, products in orders_of(bought).values():
        for one in products:
            orders_with[one] += 1
            buyers[one] |= {customer} - {0}
            for other in products - {one}:
                weights[one, other] += 1 / (len(products) - 1)
                counts[one, other] += 1
                buyers_of_both[one, other] |= {customer} - {0}
    found = {}
    for (one, other), weight in weights.items():
        found[one, other] = ScoredPair(
            product=one,
            suggested=other,
            score=weight / orders_with[one] / orders_with[other] ** 0.3,
            count=counts[one, other],
            base=orders_with[one],
            customers=len(buyers_of_both[one, other]),
            customers_base=len(buyers[one]),
        )
    return found


def count_later(bought: list[tuple[int, int, int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """How many customers bought the second product within 90 days after their first order with the first."""
    bases: dict[int, int] = defaultdict(int)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    by_customer = defaultdict(list)
    for order, (customer, days, products) in orders_of(bought).items():
        if customer:
            by_customer[customer].append((-days, order, products))
    for orders in by_customer.values():
        orders.sort()
        for one in range(12):
            firsts = [place for place, (_, _, products) in enumerate(orders) if one in products]
            if not firsts or -orders[firsts[0]][0] < 90:
                continue
            begin, _, _ = orders[firsts[0]]
            bases[one] += 1
            after = set()
            for at, _, products in orders[firsts[0] + 1 :]:
                after |= products if at <= begin + 90 else set()
            for other in after - {one}:
                counts[one, other] += 1
    return {pair: (count, bases[pair[0]]) for pair, count in counts.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bought_together_counts_and_weighs_as_a_plain_count_does(seed):
    bought = random_purchases(seed)
    expected = count_together(bought)
    found = list(bought_together(purchases_of(bought, 12), kept=100, fewest=1))
    assert len(found) == len(expected)
    for pair in found:
        plain = expected[pair.product, pair.suggested]
        assert pair.score == pytest.approx(plain.score)
        assert (pair.count, pair.base) == (plain.count, plain.base)
        assert (pair.customers, pair.customers_base) == (plain.customers, plain.customers_base)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bought_later_counts_customers_whose_time_is_over(seed):
    bought = random_purchases(seed)
    found = bought_later(purchases_of(bought, 12), until=UNTIL, later=LATER, kept=100, fewest=1)
    assert {(pair.product, pair.suggested): (pair.count, pair.base) for pair in found} == count_later(bought)


def test_bought_together_keeps_the_best_in_their_order():
    bought = []
    for order in range(30):
        bought += [(0, order, 0, 9), (0, order, 1, 9)]  # pairs
    for order in range(30, 65):
        bought += [(0, order, product, 9) for product in (0, 2, 3, 4, 5)]  # more often, in bigger orders
    found = list(bought_together(purchases_of(bought, 6), kept=2, fewest=20))
    assert [pair.suggested for pair in found if pair.product == 0] == [1, 2]


def test_bought_together_leaves_out_what_is_too_rare():
    bought = []
    for order in range(19):
        bought += [(7, order, 0, 9), (7, order, 1, 9)]
    assert list(bought_together(purchases_of(bought, 2))) == []
    bought += [(7, 19, 0, 9), (7, 19, 1, 9)]
    assert [(pair.product, pair.count) for pair in bought_together(purchases_of(bought, 2))] == [(0, 20), (1, 20)]


def test_pairs_of_no_purchases_are_none():
    nothing = purchases_of([], 5)
    assert list(bought_together(nothing)) == []
    assert list(bought_later(nothing, until=UNTIL)) == []
