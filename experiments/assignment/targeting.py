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
device, country, language, customer_type, stage,       is, is_not, in, not_in, starts_with, contains
currency, path, utm_source, utm_medium, utm_campaign,
utm_term, utm_content
cart_value_minor, cart_items, orders, hour             at_least, at_most
skus, categories, tags, answers                        contains_any, contains_all, contains_none
=====================================================  ==============================================================

``customer_type`` is ``new``, ``returning`` or what the store calls it; ``stage`` is how far a customer whom the store
knows is with what they bought, and empty of all others; ``orders`` are those so far; ``hour`` is that of
the store's clock, 0 to 23; ``skus`` and ``categories`` are of what is in the cart; ``tags`` are the customer's;
``answers`` are the tags of what a customer whom the store knows answered to its questions.
A number that isn't known (no cart was sent) satisfies no condition on it. Text is compared without regard to case.
"""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

# Rules run for every visitor and are shown on one page: enough for any audience, too little to slow a checkout.
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
    stage: str = ""
    answers: frozenset[str] = frozenset()

    @property
    def held(self) -> frozenset[str]:
        """What the visitor said they have: no product, as samples don't keep it, and no rule asks for it."""
        return frozenset()


# Asked of a ``Context``, or of an object that works the same fields out when they are asked for.
Rule = Callable[[Any], bool]


def gettext_noop(message: str) -> str:
    """Return a message as it is, marked for translation: pages translate it, and nothing here depends on Django."""
    return message


class TargetingError(ValueError):
    """Rules that can't be read.

    - ``field``: where, such as ``all[1].value``; empty for the rules as a whole.
    - ``template`` and ``values``: what is wrong, in English, as ``%`` takes them; ``message`` is both together.
    """

    def __init__(self, field: str, template: str, **values: object) -> None:
        message = template
        if values:
            message = template % values
        super().__init__(f"{field}: {message}".removeprefix(": "))
        self.field = field
        self.template = template
        self.values = values
        self.message = message


def validate(rules: object) -> None:
    """Raise ``TargetingError`` where ``rules`` can't be read."""
    compile_rules(rules)


def matches(rules: object, context: Context) -> bool:
    """Return whether the visitor of ``context`` is one that ``rules`` are for. Raises ``TargetingError``."""
    return compile_rules(rules)(context)


def compile_rules(rules: object) -> Rule:
    """Return the rules as one function: made once where an experiment is published, called for every visitor.

    Raises ``TargetingError`` where the rules can't be read.
    """
    if rules == {}:
        return _everybody
    return _compile(rules, "", 1)


def fields_in(rules: object) -> set[str]:
    """Return the names of the fields that rules ask about."""
    if not isinstance(rules, dict):
        return set()
    if "field" in rules:
        return {rules["field"]}
    found = set()
    for members in rules.values():
        for member in members:
            found |= fields_in(member)
    return found


def _everybody(context: Context) -> bool:
    return True


def _inside(place: str, part: str) -> str:
    """Return where a part stands: ``all[1]`` and ``value`` make ``all[1].value``."""
    if not place:
        return part
    return f"{place}.{part}"


def _compile(rule: object, place: str, depth: int) -> Rule:
    """Return a rule as a function; ``place`` is where it stands, ``depth`` in how many groups, itself included."""
    if not isinstance(rule, dict):
        raise TargetingError(place, gettext_noop("must be an object with a condition or a group."))
    if depth > MAX_DEPTH:
        raise TargetingError(place, gettext_noop("groups can be nested at most %(most)s levels deep."), most=MAX_DEPTH)
    keys = set(rule)
    if keys == {"field", "op", "value"}:
        return _condition(rule, place)
    if keys in ({"all"}, {"any"}):
        return _group(rule, place, depth)
    raise TargetingError(place, gettext_noop('must have "field", "op" and "value", or "all", or "any".'))


def _group(rule: dict[str, Any], place: str, depth: int) -> Rule:
    [(kind, members)] = rule.items()
    here = _inside(place, kind)
    if not isinstance(members, list) or len(members) > MAX_ITEMS:
        raise TargetingError(here, gettext_noop("must be a list of at most %(most)s rules."), most=MAX_ITEMS)
    if not members:
        return _everybody
    # Read now, once: a visitor's decision must not wait for rules to be checked.
    rules = []
    for index, member in enumerate(members):
        rules.append(_compile(member, f"{here}[{index}]", depth + 1))
    if len(rules) == 1:
        return rules[0]
    if kind == "all":
        return lambda context: all(rule(context) for rule in rules)
    return lambda context: any(rule(context) for rule in rules)


def _condition(rule: dict[str, Any], place: str) -> Rule:
    name, op, value = rule["field"], rule["op"], rule["value"]
    if not isinstance(name, str) or name not in FIELDS:
        raise TargetingError(
            _inside(place, "field"), gettext_noop("%(name)r is not a field that rules can use."), name=name
        )
    field = FIELDS[name]
    if not isinstance(op, str) or op not in field.operators:
        raise TargetingError(
            _inside(place, "op"),
            gettext_noop("%(name)s has no operator %(operator)r; it has %(operators)s."),
            name=name,
            operator=op,
            operators=", ".join(field.operators),
        )
    parse, test = field.operators[op]
    known, wanted = attrgetter(name), parse(value, _inside(place, "value"))
    if op in WHOLE:
        _check(field, value, _inside(place, "value"))
    return lambda context: test(known(context), wanted)


def _check(field: "Field", value: Any, place: str) -> None:
    """Raise ``TargetingError`` where a value can't be one of the field's, so that the rule could never match."""
    if not isinstance(value, list):
        _check_one(field, value, place)
        return
    for index, member in enumerate(value):
        _check_one(field, member, f"{place}[{index}]")


def _check_one(field: "Field", value: Any, place: str) -> None:
    if not field.is_value(value):
        raise TargetingError(place, field.refusal)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LENGTH:
        raise TargetingError(place, gettext_noop("must be a text of 1 to %(most)s characters."), most=MAX_LENGTH)
    return value.lower()


def _texts(value: object, place: str) -> frozenset[str]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
        raise TargetingError(place, gettext_noop("must be a list of 1 to %(most)s texts."), most=MAX_ITEMS)
    texts = []
    for index, item in enumerate(value):
        texts.append(_text(item, f"{place}[{index}]"))
    return frozenset(texts)


def _number(value: object, place: str) -> int:
    # In Python, ``True`` is 1: a rule "at least true" is a mistake to point out.
    if not isinstance(value, int) or isinstance(value, bool):
        raise TargetingError(place, gettext_noop("must be a whole number."))
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
# These compare with a whole value, so that one that the field can't have would never match. The others look for a
# part, or for what only the store knows.
WHOLE = frozenset(["is", "is_not", "in", "not_in", "at_least", "at_most"])


def _matching(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


def _up_to(largest: int) -> Callable[[Any], bool]:
    return lambda value: bool(0 <= value <= largest)


def _any(value: Any) -> bool:
    return True


class Field(NamedTuple):
    """What rules can ask about.

    - ``operators``: how it can be compared; ``is_value``: whether a value, read by its operator, is one that it can
      have; ``refusal``: the error's message where it isn't.
    """

    operators: Operators
    is_value: Callable[[Any], bool] = _any
    refusal: str = ""


LARGEST = 10**12  # above any order, and below what JSON's readers lose digits of
ZERO_OR_MORE = gettext_noop("must be 0 or more.")
FIELDS: dict[str, Field] = {
    "device": Field(
        TEXT_OPERATORS, _matching("phone|tablet|desktop"), gettext_noop("must be phone, tablet or desktop.")
    ),
    "country": Field(
        TEXT_OPERATORS, _matching("[a-z]{2}"), gettext_noop("must be a country's two letters, such as DE.")
    ),
    "language": Field(
        TEXT_OPERATORS, _matching("[a-z]{2,3}"), gettext_noop("must be a language's two or three letters, such as de.")
    ),
    "customer_type": Field(TEXT_OPERATORS),
    "orders": Field(NUMBER_OPERATORS, _up_to(LARGEST), ZERO_OR_MORE),
    "cart_value_minor": Field(
        NUMBER_OPERATORS, _up_to(LARGEST), gettext_noop("must be an amount in minor units, 0 or more.")
    ),
    "cart_items": Field(NUMBER_OPERATORS, _up_to(LARGEST), ZERO_OR_MORE),
    "skus": Field(SET_OPERATORS),
    "categories": Field(SET_OPERATORS),
    "tags": Field(SET_OPERATORS),
    "answers": Field(SET_OPERATORS),
    "currency": Field(
        TEXT_OPERATORS, _matching("[a-z]{3}"), gettext_noop("must be a currency's three letters, such as EUR.")
    ),
    "hour": Field(NUMBER_OPERATORS, _up_to(23), gettext_noop("must be an hour from 0 to 23.")),
    "path": Field(TEXT_OPERATORS),
    "utm_source": Field(TEXT_OPERATORS),
    "utm_medium": Field(TEXT_OPERATORS),
    "utm_campaign": Field(TEXT_OPERATORS),
    "utm_term": Field(TEXT_OPERATORS),
    "utm_content": Field(TEXT_OPERATORS),
    "stage": Field(
        TEXT_OPERATORS,
        _matching("waiting|unboxing|usage|care|renewal"),
        gettext_noop("must be waiting, unboxing, usage, care or renewal."),
    ),
}
