"""Which visitors an experiment is for."""

from typing import Any

import pytest

from experiments.assignment.targeting import FIELDS, MAX_DEPTH, Context, TargetingError, matches, validate

ANNA = Context(
    device="phone",
    country="de",
    language="de",
    customer_type="new",
    currency="EUR".lower(),
    path="/cart/checkout",
    cart_value_minor=6670,
    cart_items=2,
    orders=0,
    skus=frozenset({"23166", "23084"}),
    categories=frozenset({"kitchen"}),
    tags=frozenset({"vip", "newsletter"}),
    hour=22,
    utm_source="newsletter",
    utm_campaign="autumn-2026",
)
STRANGER = Context()


def condition(field: Any, op: Any, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def nested(depth: int) -> dict[str, Any]:
    rules: dict[str, Any] = condition("device", "is", "phone")
    for _ in range(depth - 1):
        rules = {"all": [rules]}
    return rules


@pytest.mark.parametrize("rules", [{}, {"all": []}, {"any": []}])
def test_matches_without_conditions_is_everybody(rules):
    assert matches(rules, ANNA)
    assert matches(rules, STRANGER)


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("device", "is", "phone", True),
        ("device", "is", "desktop", False),
        ("country", "is", "DE", True),
        ("country", "is_not", "DE", False),
        ("language", "in", ["DE", "fr"], True),
        ("language", "not_in", ["de"], False),
        ("customer_type", "in", ["returning"], False),
        ("currency", "is", "EUR", True),
        ("path", "starts_with", "/Cart", True),
        ("path", "starts_with", "/shop", False),
        ("cart_value_minor", "at_least", 6670, True),
        ("cart_value_minor", "at_least", 6671, False),
        ("cart_value_minor", "at_most", 6670, True),
        ("cart_items", "at_most", 1, False),
        ("orders", "at_most", 0, True),
        ("skus", "contains_any", ["23166", "x"], True),
        ("skus", "contains_all", ["23166", "x"], False),
        ("skus", "contains_none", ["x"], True),
        ("categories", "contains_all", ["Kitchen"], True),
        ("tags", "contains_none", ["VIP"], False),
        ("path", "contains", "CHECK", True),
        ("path", "contains", "payment", False),
        ("hour", "at_least", 22, True),
        ("hour", "at_most", 6, False),
        ("utm_source", "is", "Newsletter", True),
        ("utm_campaign", "starts_with", "autumn", True),
        ("utm_medium", "is_not", "email", True),
    ],
)
def test_matches_one_condition(field, op, value, expected):
    assert matches(condition(field, op, value), ANNA) is expected


@pytest.mark.parametrize("op", ["at_least", "at_most"])
def test_matches_number_that_is_not_known_is_false(op):
    assert not matches(condition("cart_value_minor", op, 0), STRANGER)


def test_matches_groups_combines_all_and_any():
    cheap = condition("cart_value_minor", "at_most", 100)
    phone, german = condition("device", "is", "phone"), condition("country", "is", "DE")
    assert matches({"all": [phone, {"any": [cheap, german]}]}, ANNA)
    assert not matches({"all": [phone, {"all": [cheap, german]}]}, ANNA)
    assert not matches({"any": [cheap, {"all": [phone, cheap]}]}, ANNA)


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([], ""),
        (None, ""),
        ({"none": []}, ""),
        ({"all": [], "any": []}, ""),
        ({"all": {}}, "all"),
        ({"all": [{}]}, "all[0]"),
        ({"any": [condition("device", "is", "phone"), 7]}, "any[1]"),
        ({"all": [condition("age", "is", "7")]}, "all[0].field"),
        ({"all": [condition(["device"], "is", "7")]}, "all[0].field"),
        (condition("device", "at_least", 7), "op"),
        (condition("device", [], 7), "op"),
        (condition("device", "is", ""), "value"),
        (condition("device", "is", ["phone"]), "value"),
        (condition("device", "in", []), "value"),
        ({"any": [{"all": [condition("device", "in", ["phone", 7])]}]}, "any[0].all[0].value[1]"),
        (condition("orders", "at_least", True), "value"),
        (condition("orders", "at_least", 1.5), "value"),
        (condition("path", "is", "x" * 201), "value"),
        (condition("device", "is", "mobile"), "value"),
        ({"all": [condition("device", "in", ["phone", "mobile"])]}, "all[0].value[1]"),
        (condition("country", "is", "Germany"), "value"),
        (condition("language", "is", "de-DE"), "value"),
        (condition("currency", "in", ["EUR", "€"]), "value[1]"),
        (condition("hour", "at_most", 24), "value"),
        (condition("orders", "at_least", -1), "value"),
    ],
)
def test_validate_unreadable_rules_names_the_field(rules, field):
    with pytest.raises(TargetingError) as caught:
        validate(rules)
    assert caught.value.field == field
    assert caught.value.message


def test_validate_depth_is_limited():
    validate(nested(MAX_DEPTH))
    with pytest.raises(TargetingError, match="nested"):
        validate(nested(MAX_DEPTH + 1))


def test_rules_can_ask_about_all_that_is_known_and_nothing_else():
    assert set(FIELDS) == set(Context._fields)
