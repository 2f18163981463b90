"""One price, shared out over the items of an offer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets.pricing import lines, split_amount

items = st.lists(st.tuples(st.text(), st.integers(1, 50), st.integers(0, 10**6)), min_size=1, max_size=8)


def test_lines_of_one_product_cost_the_price():
    assert lines(990, [("a", 1, 1250)]) == [{"sku": "a", "quantity": 1, "price_minor": 990}]


def test_lines_of_a_bundle_share_the_price_by_catalogue_value():
    assert lines(3000, [("a", 1, 3000), ("b", 1, 1000)]) == [
        {"sku": "a", "quantity": 1, "price_minor": 2250},
        {"sku": "b", "quantity": 1, "price_minor": 750},
    ]


def test_lines_that_cannot_be_divided_have_some_dearer_units():
    assert lines(1000, [("a", 3, 400)]) == [
        {"sku": "a", "quantity": 1, "price_minor": 334},
        {"sku": "a", "quantity": 2, "price_minor": 333},
    ]


@pytest.mark.slow
@given(st.integers(0, 10**9), items)
def test_lines_always_add_up_to_the_price_and_the_quantities(price, bundle):
    result = lines(price, bundle)
    assert sum(int(line["quantity"]) * int(line["price_minor"]) for line in result) == price
    assert sum(int(line["quantity"]) for line in result) == sum(quantity for _, quantity, _ in bundle)
    assert all(int(line["quantity"]) > 0 and int(line["price_minor"]) >= 0 for line in result)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1], [50, 50]),
        (100, [0, 0], [50, 50]),
        (1, [1, 1, 1], [0, 0, 1]),
        (0, [3, 4], [0, 0]),
        (7, [0, 5], [0, 7]),
    ],
)
def test_share_out_of_worked_examples(total, weights, parts):
    assert split_amount(total, weights) == parts
