"""Targeting as rows of a form."""

from typing import Any

import pytest

from experiments.admin.rule_editor import TypedCondition, TypedGroup, TypedRules, rules_of, typed_of
from experiments.assignment.targeting import TargetingError, validate

DEVICE = {"field": "device", "op": "in", "value": ["phone", "tablet"]}
CART = {"field": "cart_value_minor", "op": "at_least", "value": 5050}
NEW = {"field": "customer_type", "op": "is", "value": "new"}


@pytest.mark.parametrize(
    "rules",
    [
        {},
        DEVICE,
        {"all": [DEVICE, CART]},
        {"any": [DEVICE, CART]},
        {"all": [DEVICE, {"any": [CART, NEW]}]},
        {"any": [{"all": [DEVICE, CART]}, {"all": [NEW, CART]}]},
        {"all": [{"any": [DEVICE, {"all": [CART, NEW]}]}]},
    ],
    ids=["none", "one", "and", "or", "mixed", "or of ands", "deeper"],
)
def test_stored_rules_come_back_as_they_were(rules):
    validate(rules)
    again = rules_of(typed_of(rules, "EUR"), "EUR")
    assert again == rules


def test_typed_rows_are_in_the_stores_currency_and_lists_by_commas():
    typed = typed_of({"all": [DEVICE, CART]}, "EUR")
    assert typed.groups == (
        TypedGroup(
            "all",
            (TypedCondition("device", "in", "phone, tablet"), TypedCondition("cart_value_minor", "at_least", "50.50")),
        ),
    )
    assert typed_of({"all": [CART]}, "JPY").groups[0].rows[0].text == "5050"


def test_deeper_rules_are_shown_as_json():
    assert '"any"' in typed_of({"all": [{"any": [DEVICE, {"all": [CART, NEW]}]}]}, "EUR").json


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (TypedCondition("device", "", "phone"), "Group 1, condition 1: choose a field"),
        (TypedCondition("", "is", "phone"), "choose a field"),
        (TypedCondition("orders", "at_least", "many"), "'many' is not a whole number"),
        (TypedCondition("cart_value_minor", "at_least", "5,50"), "is not an amount in EUR"),
        (TypedCondition("cart_value_minor", "at_least", "NaN"), "is not an amount in EUR"),
    ],
)
def test_row_that_cannot_be_read_is_named(row, words):
    with pytest.raises(TargetingError, match=words):
        rules_of(TypedRules(groups=(TypedGroup("all", (row,)),)), "EUR")


def test_two_groups_are_joined_as_chosen():
    one, two = (
        TypedGroup("any", (TypedCondition("orders", "at_least", "2"), TypedCondition("tags", "contains_any", "vip"))),
        TypedGroup("all", (TypedCondition("hour", "at_most", "9"),)),
    )
    rules: Any = rules_of(TypedRules("any", (one, two)), "EUR")
    assert rules == {
        "any": [
            {
                "any": [
                    {"field": "orders", "op": "at_least", "value": 2},
                    {"field": "tags", "op": "contains_any", "value": ["vip"]},
                ]
            },
            {"field": "hour", "op": "at_most", "value": 9},
        ]
    }
    validate(rules)
