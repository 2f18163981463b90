"""Rules in words."""

import pytest

from experiments import targeting_words
from experiments.assignment.targeting import FIELDS, TargetingError
from experiments.targeting_words import FIELD_WORDS, describe, error_text

PHONE = {"field": "device", "op": "in", "value": ["phone", "tablet"]}
RICH = {"field": "cart_value_minor", "op": "at_least", "value": 5000}
AGAIN = {"field": "customer_type", "op": "is", "value": "returning"}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "everyone"),
        ({"all": []}, "everyone"),
        ({"any": [PHONE, {"all": []}]}, "everyone"),
        ({"all": [PHONE, {"all": []}]}, "device is phone or tablet"),
        (PHONE, "device is phone or tablet"),
        ({"all": [PHONE]}, "device is phone or tablet"),
        (
            {"all": [PHONE, {"any": [RICH, AGAIN]}]},
            "device is phone or tablet, and (cart value is at least £50 or customer type is returning)",
        ),
        (
            {"any": [AGAIN, {"all": [PHONE, RICH]}]},
            "customer type is returning or (device is phone or tablet, and cart value is at least £50)",
        ),
        ({"field": "country", "op": "not_in", "value": ["DE"]}, "country is not DE"),
        ({"field": "country", "op": "not_in", "value": ["DE", "AT", "CH"]}, "country is not DE, AT or CH"),
        ({"field": "skus", "op": "contains_all", "value": ["A", "B"]}, "products in the cart include A and B"),
        ({"field": "tags", "op": "contains_none", "value": ["vip", "b2b"]}, "customer tags don't include vip or b2b"),
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


def test_error_text_says_where_and_what_is_wrong_in_the_readers_language(monkeypatch):
    with pytest.raises(TargetingError) as caught:
        describe({"all": [{"field": "path", "op": "is", "value": ""}]})
    assert error_text(caught.value) == str(caught.value) == "all[0].value: must be a text of 1 to 200 characters."
    german = {"must be a text of 1 to %(most)s characters.": "muss 1 bis %(most)s Zeichen lang sein."}
    monkeypatch.setattr(targeting_words, "gettext", german.__getitem__)
    assert error_text(caught.value) == "all[0].value: muss 1 bis 200 Zeichen lang sein."


def test_error_text_of_the_rules_as_a_whole_names_no_place():
    assert error_text(TargetingError("", "100% wrong")) == "100% wrong"
