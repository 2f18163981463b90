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

======================================================================  =============================================
fields                                                                  operators
======================================================================  =============================================
device, country, language, customer_type, currency, path                is, is_not, in, not_in, starts_with
cart_value_minor, cart_items, orders                                    at_least, at_most
skus, categories, tags                                                  contains_any, contains_all, contains_none
======================================================================  =============================================

A number that isn't known (no cart was sent) satisfies no condition on it. Text is compared without regard to case.
"""

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
    field, op = rule["field"], rule["op"]
    operators = next((operators for names, operators in FIELDS if field in names), None)
    if operators is None:
        raise TargetingError(f"{place}field", f"{field!r} is not a field that rules can use.")
    if op not in list(operators):
        raise TargetingError(f"{place}op", f"{field} has no operator {op!r}; it has {', '.join(operators)}.")
    parse, test = operators[op]
    known, wanted = attrgetter(field), parse(rule["value"], f"{place}value")
    return lambda context: test(known(context), wanted)


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
FIELDS: tuple[tuple[tuple[str, ...], Operators], ...] = (
    (("device", "country", "language", "customer_type", "currency", "path"), TEXT_OPERATORS),
    (("cart_value_minor", "cart_items", "orders"), NUMBER_OPERATORS),
    (("skus", "categories", "tags"), SET_OPERATORS),
)
