"""Say targeting rules in words: "device is phone or tablet, and (cart value is at least €50.00 or ...)"."""

from collections.abc import Callable
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.assignment.targeting import TargetingError, compile_rules

FIELD_WORDS = {
    "device": _("device"),
    "country": _("country"),
    "language": _("language"),
    "customer_type": _("customer type"),
    "orders": _("orders so far"),
    "cart_value_minor": _("cart value"),
    "cart_items": _("items in the cart"),
    "skus": _("products in the cart"),
    "categories": _("categories in the cart"),
    "tags": _("customer tags"),
    "currency": _("currency"),
    "hour": _("hour of the day"),
    "path": _("page address"),
    "utm_source": _("campaign source"),
    "utm_medium": _("campaign medium"),
    "utm_campaign": _("campaign"),
    "utm_term": _("campaign term"),
    "utm_content": _("campaign content"),
    "stage": _("stage"),
    "answers": _("answers to questions"),
}
OPERATOR_WORDS = {
    "is": _("%(field)s is %(value)s"),
    "is_not": _("%(field)s is not %(value)s"),
    "in": _("%(field)s is %(value)s"),
    "not_in": _("%(field)s is not %(value)s"),
    "starts_with": _("%(field)s starts with %(value)s"),
    "contains": _("%(field)s contains %(value)s"),
    "at_least": _("%(field)s is at least %(value)s"),
    "at_most": _("%(field)s is at most %(value)s"),
    "contains_any": _("%(field)s include %(value)s"),
    "contains_all": _("%(field)s include %(value)s"),
    "contains_none": _("%(field)s don't include %(value)s"),
}


def describe(rules: object, *, money: Callable[[int], str] = str) -> str:
    """Return in words whom the rules are for. ``money`` writes an amount of minor units.

    Raises ``TargetingError`` where the rules can't be read.
    """
    compile_rules(rules)
    words = ""
    if isinstance(rules, dict):
        words = _words(rules, money)
    return words or gettext("everyone")


def error_text(error: TargetingError) -> str:
    """Return why rules can't be read, in the reader's language."""
    message = gettext(error.template)
    if error.values:
        message %= error.values
    if not error.field:
        return message
    return f"{error.field}: {message}"


def _words(rule: dict[str, Any], money: Callable[[int], str]) -> str:
    """Return a rule in words; empty where it is for everybody."""
    if "field" in rule:
        return _condition(rule, money)
    kind, members = next(iter(rule.items()), ("all", []))
    texts = []
    for member in members:
        text = _in_group(member, _words(member, money))
        if text:
            texts.append(text)
        elif kind == "any":
            # An alternative that is for everybody: whatever the others ask doesn't matter.
            return ""
    separator = gettext(", and ")
    if kind == "any":
        separator = gettext(" or ")
    return separator.join(texts)


def _in_group(rule: dict[str, Any], text: str) -> str:
    """Return the words of a group's member, in brackets where it is a group of several itself."""
    members = rule.get("all") or rule.get("any") or []
    if text and len(members) > 1:
        return f"({text})"
    return text


def _condition(rule: dict[str, Any], money: Callable[[int], str]) -> str:
    write: Callable[[Any], str] = str
    if rule["field"] == "cart_value_minor":
        write = money
    values = rule["value"]
    if not isinstance(values, list):
        values = [values]
    last_word = gettext("or")
    if rule["op"] == "contains_all":
        last_word = gettext("and")
    value = get_text_list([write(member) for member in values], last_word)
    return str(OPERATOR_WORDS[rule["op"]] % {"field": FIELD_WORDS[rule["field"]], "value": value})
