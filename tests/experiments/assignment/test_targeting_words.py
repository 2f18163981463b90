"""Rules in words."""

import pytest

from experiments.assignment.targeting import FIELDS, TargetingError
from experiments.assignment.targeting_words import FIELD_WORDS, describe

PHONE = {"field": "device", "op": "in", "value": ["phone", "tablet"]}
RICH = {"field": "cart_value_minor", "op": "at_least", "value": 5000}
AGAIN = {"field": "customer_type", "op": "is", "value": "returning"}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "everybody"),
        ({"all": []}, "everybody"),
        ({"any": [PHONE, {"all": []}]}, "everybody"),
        ({"all": [PHONE, {"all": []}]}, "device is phone or tablet"),
        (PHONE, "device is phone or tablet"),
        ({"all": [PHONE]}, "device is phone or tablet"),
        (
            {"all": [PHONE, {"any": [RICH, AGAIN]}]},
            "device is phone or tablet, and (cart value is at least £50 or customer is returning)",
        ),
        (
            {"any": [AGAIN, {"all": [PHONE, RICH]}]},
            "customer is returning or (device is phone or tablet, and cart value is at least £50)",
        ),
        ({"field": "country", "op": "not_in", "value": ["DE"]}, "country is not DE"),
        ({"field": "country", "op": "not_in", "value": ["DE", "AT", "CH"]}, "country is neither DE, AT nor CH"),
        ({"field": "skus", "op": "contains_all", "value": ["A", "B"]}, "product in the cart is each of A and B"),
        ({"field": "tags", "op": "contains_none", "value": ["vip", "b2b"]}, "customer tag is none of vip and b2b"),
        ({"field": "path", "op": "contains", "value": "{checkout}"}, "page address contains {checkout}"),
        ({"field": "hour", "op": "at_most", "value": 6}, "hour of the day is at most 6"),
    ],
)
def test_describe_says_whom_the_rules_are_for(rules, words):
    assert describe(rules, money=lambda minor: f"£{minor // 100}") == words


def test_describe_has_words_for_every_field():
    assert set(FIELD_WORDS) == set(FIELDS)


def test_describe_of_unreadable_rules_says_where():
    with pytest.raises(TargetingError) as caught:
        describe({"all": [PHONE, 7]})
    assert caught.value.field == "all[1]"
