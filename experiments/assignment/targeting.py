"""Which visitors an experiment is for.

Rules are JSON: a *condition* ``{"field", "op", "value"}``, or a *group* ``{"all": [...]}`` or ``{"any": [...]}`` of
conditions and groups, up to ``MAX_DEPTH`` deep. ``{}`` is for everybody, and so is an empty group. For example::

    {"all": [
        {"field": "device", "op": "in", "value": ["phone", "tablet"]},
        {"any": [
            {"field": "cart_value_minor", "op": "at_least", "value": 5000},
            {"field": "customer_type", "op": "is", "value": "returning"},
        ]},
    ]}

=====================================================  ==============================================================
fields                                                 operators
=====================================================  ==============================================================
device, country, language, customer_type, currency,    is, is_not, in, not_in, starts_with, contains
path, utm_source, utm_medium, utm_campaign, utm_term,
utm_content
cart_value_minor, cart_items, orders, hour             at_least, at_most
skus, categories, tags                                 contains_any, contains_all, contains_none
=====================================================  ==============================================================

``customer_type`` is ``new``, ``returning`` or what the store calls it; ``orders`` are those so far; ``hour`` is that of
the store's clock, 0 to 23; ``skus`` and ``categories`` are of what is in the cart; ``tags`` are the customer's.
A number that isn't known (no cart was sent) satisfies no condition on it. Text is compared without regard to case.
"""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

MAX_DEPTH = 5
MAX_ITEMS = 200
MAX_LENGTH = 200


class Context(NamedTuple):
    """What is known of a visitor when an offer is decided. Text is in lower case; money in minor units."""

    device: str = ""
    country: str = ""
    language: str = ""
    customer_type: str = ""
    currency: str = ""
    path: str = ""
    cart_value_minor: int | None = None
    cart_items: int | None = None
    orders: int | None = None
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    hour: int | None = None
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""


Rule = Callable[[Context], bool]


class TargetingError(ValueError):
    """Rules that can't be read; ``field`` says where, such as ``all[1].value``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


def validate(rules: object) -> None:
    """Raise ``TargetingError`` where ``rules`` can't be read."""
    compile_rules(rules)


def matches(rules: object, context: Context) -> bool:
    """Whether the visitor of ``context`` is one that ``rules`` are for. Raises ``TargetingError``."""
    return compile_rules(rules)(context)


def compile_rules(rules: object) -> Rule:
    """The rules as one function: made once where an experiment is published, called for every visitor.

    Raises ``TargetingError`` where the rules can't be read.
    """
    return _everybody if rules == {} else _compile(rules, "", 1)


def _everybody(context: Context) -> bool:
    return True


def _compile(rule: object, place: str, depth: int) -> Rule:
    if not isinstance(rule, dict):
        raise TargetingError(place, "must be an object with a condition or a group.")
    if depth > MAX_DEPTH:
        raise TargetingError(place, f"groups can be nested {MAX_DEPTH} deep at most.")
    keys = set(rule)
    if keys == {"field", "op", "value"}:
        return _condition(rule, f"{place}." if place else "")
    if keys in ({"all"}, {"any"}):
        return _group(rule, place, depth)
    raise TargetingError(place, 'must have "field", "op" and "value", or "all", or "any".')


def _group(rule: dict[str, Any], place: str, depth: int) -> Rule:
    [(kind, members)] = rule.items()
    here = f"{place}.{kind}" if place else kind
    if not isinstance(members, list) or len(members) > MAX_ITEMS:
        raise TargetingError(here, f"must be a list of {MAX_ITEMS} rules at most.")
    rules = tuple(_compile(member, f"{here}[{index}]", depth + 1) for index, member in enumerate(members))
    if not rules:
        return _everybody
    if kind == "all":
        return lambda context: all(rule(context) for rule in rules)
    return lambda context: any(rule(context) for rule in rules)


def _condition(rule: dict[str, Any], place: str) -> Rule:
    name, op = rule["field"], rule["op"]
    field = FIELDS.get(name) if isinstance(name, str) else None
    if field is None:
        raise TargetingError(f"{place}field", f"{name!r} is not a field that rules can use.")
    if not isinstance(op, str) or op not in field.operators:
        raise TargetingError(f"{place}op", f"{name} has no operator {op!r}; it has {', '.join(field.operators)}.")
    parse, test = field.operators[op]
    known, wanted = attrgetter(name), parse(rule["value"], f"{place}value")
    if op in WHOLE:
        _check(field, rule["value"], f"{place}value")
    return lambda context: test(known(context), wanted)


def _check(field: "Field", value: Any, place: str) -> None:
    """Raise ``TargetingError`` where a value can't be one of the field's, so that the rule could never match."""
    values = enumerate(value) if isinstance(value, list) else [(None, value)]
    for index, one in values:
        if not field.is_value(one):
            raise TargetingError(place if index is None else f"{place}[{index}]", f"must be {field.hint}.")


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LENGTH:
        raise TargetingError(place, f"must be a text of 1 to {MAX_LENGTH} characters.")
    return value.lower()


def _texts(value: object, place: str) -> frozenset[str]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
        raise TargetingError(place, f"must be a list of 1 to {MAX_ITEMS} texts.")
    return frozenset(_text(item, f"{place}[{index}]") for index, item in enumerate(value))


def _number(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TargetingError(place, "must be a whole number.")
    return value


# operator -> how its value is read, and the test of (what is known of the visitor, the value)
Operators = dict[str, tuple[Callable[[object, str], Any], Callable[[Any, Any], bool]]]
TEXT_OPERATORS: Operators = {
    "is": (_text, lambda known, wanted: known == wanted),
    "is_not": (_text, lambda known, wanted: known != wanted),
    "in": (_texts, lambda known, wanted: known in wanted),
    "not_in": (_texts, lambda known, wanted: known not in wanted),
    "starts_with": (_text, lambda known, wanted: known.startswith(wanted)),
    "contains": (_text, lambda known, wanted: wanted in known),
}
NUMBER_OPERATORS: Operators = {
    "at_least": (_number, lambda known, wanted: known is not None and known >= wanted),
    "at_most": (_number, lambda known, wanted: known is not None and known <= wanted),
}
SET_OPERATORS: Operators = {
    "contains_any": (_texts, lambda known, wanted: not wanted.isdisjoint(known)),
    "contains_all": (_texts, lambda known, wanted: wanted <= known),
    "contains_none": (_texts, lambda known, wanted: wanted.isdisjoint(known)),
}
WHOLE = frozenset(["is", "is_not", "in", "not_in", "at_least", "at_most"])  # these compare with a whole value


def _matching(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _up_to(largest: int) -> Callable[[Any], bool]:
    return lambda value: bool(0 <= value <= largest)


def _any(value: Any) -> bool:
    return True


class Field(NamedTuple):
    """What rules can ask about: how, and which values there are; ``hint`` says those in words."""

    operators: Operators
    is_value: Callable[[Any], bool] = _any
    hint: str = ""


LARGEST = 10**12
FIELDS: dict[str, Field] = {
    "device": Field(TEXT_OPERATORS, _matching("phone|tablet|desktop"), "phone, tablet or desktop"),
    "country": Field(TEXT_OPERATORS, _matching("[a-z]{2}"), "a country's two letters, such as DE"),
    "language": Field(TEXT_OPERATORS, _matching("[a-z]{2,3}"), "a language's two or three letters, such as de"),
    "customer_type": Field(TEXT_OPERATORS),
    "orders": Field(NUMBER_OPERATORS, _up_to(LARGEST), "0 or more"),
    "cart_value_minor": Field(NUMBER_OPERATORS, _up_to(LARGEST), "an amount in minor units, 0 or more"),
    "cart_items": Field(NUMBER_OPERATORS, _up_to(LARGEST), "0 or more"),
    "skus": Field(SET_OPERATORS),
    "categories": Field(SET_OPERATORS),
    "tags": Field(SET_OPERATORS),
    "currency": Field(TEXT_OPERATORS, _matching("[a-z]{3}"), "a currency's three letters, such as EUR"),
    "hour": Field(NUMBER_OPERATORS, _up_to(23), "an hour from 0 to 23"),
    "path": Field(TEXT_OPERATORS),
    "utm_source": Field(TEXT_OPERATORS),
    "utm_medium": Field(TEXT_OPERATORS),
    "utm_campaign": Field(TEXT_OPERATORS),
    "utm_term": Field(TEXT_OPERATORS),
    "utm_content": Field(TEXT_OPERATORS),
}
