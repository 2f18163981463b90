"""Targeting rules in plain words: "device is phone or tablet, and (cart value is at least €50.00 or ...)"."""

from collections.abc import Callable, Sequence
from typing import Any

from experiments.assignment.targeting import compile_rules

EVERYBODY = "everybody"
FIELD_WORDS = {
    "device": "device",
    "country": "country",
    "language": "language",
    "customer_type": "customer",
    "orders": "orders so far",
    "cart_value_minor": "cart value",
    "cart_items": "items in the cart",
    "skus": "product in the cart",
    "categories": "category in the cart",
    "tags": "customer tag",
    "currency": "currency",
    "hour": "hour of the day",
    "path": "page address",
    "utm_source": "campaign source",
    "utm_medium": "campaign medium",
    "utm_campaign": "campaign",
    "utm_term": "campaign term",
    "utm_content": "campaign content",
}
OPERATOR_WORDS = {
    "is": "is {}",
    "is_not": "is not {}",
    "in": "is {or}",
    "not_in": "is neither {nor}",
    "starts_with": "starts with {}",
    "contains": "contains {}",
    "at_least": "is at least {}",
    "at_most": "is at most {}",
    "contains_any": "is {or}",
    "contains_all": "is each of {and}",
    "contains_none": "is none of {and}",
}

OF_ONE = {"not_in": "is not {}", "contains_all": "is {}", "contains_none": "is not {}"}  # where the list has one value


def describe(rules: object, *, money: Callable[[int], str] = str) -> str:
    """Whom the rules are for, in words. ``money`` writes an amount of minor units.

    Raises ``TargetingError`` where the rules can't be read.
    """
    compile_rules(rules)
    return _words(rules, money) if isinstance(rules, dict) else EVERYBODY


def _words(rule: dict[str, Any], money: Callable[[int], str]) -> str:
    if "field" in rule:
        return _condition(rule, money)
    kind, members = next(iter(rule.items()), ("all", []))
    texts = [_in_group(member, _words(member, money)) for member in members]
    if kind == "any" and EVERYBODY in texts:
        return EVERYBODY
    texts = [text for text in texts if text != EVERYBODY]
    return (", and " if kind == "all" else " or ").join(texts) or EVERYBODY


def _in_group(rule: dict[str, Any], text: str) -> str:
    """The member of a group, in brackets where it is a group of several itself."""
    is_group = any(len(rule.get(kind, [])) > 1 for kind in ("all", "any"))
    return f"({text})" if is_group and text != EVERYBODY else text


def _condition(rule: dict[str, Any], money: Callable[[int], str]) -> str:
    write = money if rule["field"] == "cart_value_minor" else str
    values = [write(value) for value in (rule["value"] if isinstance(rule["value"], list) else [rule["value"]])]
    words = OPERATOR_WORDS | OF_ONE if len(values) == 1 else OPERATOR_WORDS
    joined = {word: _joined(values, word) for word in ("or", "nor", "and")}
    return f"{FIELD_WORDS[rule['field']]} {words[rule['op']].format(values[0], **joined)}"


def _joined(values: Sequence[str], word: str) -> str:
    """Texts as a list in words."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} {word} {values[-1]}"
