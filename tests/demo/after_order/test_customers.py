"""The demo's customers."""

from demo.after_order import customers
from demo.after_order.customers import CUSTOMERS, DAYS


def test_customers_are_two_thousand_in_ninety_days_and_always_the_same():
    people = [customer for day in range(DAYS) for customer in customers.first_buyers(day)]
    assert [customer.number for customer in people] == list(range(CUSTOMERS))
    assert len({customer.address for customer in people}) == CUSTOMERS
    # 78% opt in and 22% come back: within four standard errors
    assert abs(sum(customer.is_opted_in for customer in people) / CUSTOMERS - 0.78) < 0.037
    assert abs(sum(customer.reorder_day is not None for customer in people) / CUSTOMERS - 0.22) < 0.037
    assert customers.customer_of(7, 0) == customers.first_buyers(0)[7]


def test_buyers_of_a_day_are_new_or_come_back():
    first = next(customer for customer in customers.first_buyers(3) if customer.reorder_day)
    assert first.reorder_day is not None
    assert first in customers.buyers_of(first.reorder_day)
    assert first not in customers.buyers_of(first.reorder_day + 1)
