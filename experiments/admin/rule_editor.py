"""Targeting rules as rows of a form, so that nobody has to write JSON: conditions in groups, joined by and / or."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django import forms
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from experiments import money
from experiments.assignment.targeting import FIELDS, MAX_ITEMS, TargetingError

MAX_GROUPS, MAX_ROWS = 12, 24
SPARE_GROUPS, SPARE_ROWS = 1, 2
KINDS = (("all", "all of these (and)"), ("any", "any of these (or)"))
LISTS = frozenset({"in", "not_in", "contains_any", "contains_all", "contains_none"})
NUMBERS = frozenset({"at_least", "at_most"})
AMOUNT = "cart_value_minor"
NAMES = {
    "device": "Device",
    "country": "Country",
    "language": "Language",
    "customer_type": "New or returning",
    "orders": "Orders so far",
    AMOUNT: "Cart value",
    "cart_items": "Items in the cart",
    "skus": "Cart: SKUs",
    "categories": "Cart: categories",
    "tags": "Customer's tags",
    "currency": "Currency",
    "hour": "Hour of the day",
    "path": "Page's path",
    "utm_source": "UTM source",
    "utm_medium": "UTM medium",
    "utm_campaign": "UTM campaign",
    "utm_term": "UTM term",
    "utm_content": "UTM content",
}
OPERATORS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "starts_with": "starts with",
    "contains": "contains",
    "at_least": "is at least",
    "at_most": "is at most",
    "contains_any": "has any of",
    "contains_all": "has all of",
    "contains_none": "has none of",
}


class Row(NamedTuple):
    """A condition as it is typed; lists are separated by commas."""

    field: str = ""
    op: str = ""
    text: str = ""


class Group(NamedTuple):
    """Conditions that are joined: ``all`` or ``any``."""

    kind: str = "all"
    rows: tuple[Row, ...] = ()


class Typed(NamedTuple):
    """What is in the editor; ``json`` instead, where rules are nested deeper than it shows."""

    kind: str = "all"
    groups: tuple[Group, ...] = ()
    json: str = ""


def typed_of(rules: Any, currency: str) -> Typed:
    """Stored rules as they are typed."""
    members = members_of(rules)
    groups = [group_of(member, currency) for member in members[1]]
    if isinstance(rules, dict) and members[1] and all(is_condition(member) for member in members[1]):
        return Typed(groups=(Group(members[0], tuple(row_of(member, currency) for member in members[1])),))
    if any(group is None for group in groups) or (rules and not members[1]):
        return Typed(json=json.dumps(rules, ensure_ascii=False, indent=1))
    return Typed(members[0], tuple(group for group in groups if group is not None))


def members_of(rules: Any) -> tuple[str, list[Any]]:
    """How the outermost rules are joined, and which they are; a lone condition is a group of one."""
    if not isinstance(rules, dict):
        return "all", []
    if is_condition(rules):
        return "all", [rules]
    kind, members = next(iter(rules.items()), ("all", []))
    return (kind, members) if kind in {"all", "any"} and isinstance(members, list) else ("all", [])


def is_condition(rule: Any) -> bool:
    """Whether a rule is a single condition."""
    return isinstance(rule, dict) and "field" in rule


def group_of(rule: Any, currency: str) -> Group | None:
    """A condition or a group of conditions; None for what is nested deeper."""
    kind, members = members_of(rule)
    if not members or not all(is_condition(member) for member in members):
        return None
    return Group(kind, tuple(row_of(member, currency) for member in members))


def row_of(rule: dict[str, Any], currency: str) -> Row:
    """A condition as it is typed: amounts in major units."""
    value = rule.get("value")
    if rule.get("field") == AMOUNT and isinstance(value, int) and currency:
        return Row(AMOUNT, str(rule.get("op")), str(money.to_major(value, currency)))
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Row(str(rule.get("field")), str(rule.get("op")), text)


def rules_of(typed: Typed, currency: str) -> Any:
    """The rules that were typed. Raises ``TargetingError`` naming the condition that can't be read."""
    if typed.json:
        try:
            return json.loads(typed.json)
        except (ValueError, RecursionError) as error:
            raise TargetingError("", f"The JSON can't be read: {error}") from error
    groups = []
    for number, group in enumerate(typed.groups, 1):
        rows = [
            condition_of(row, currency, f"Group {number}, condition {place}") for place, row in enumerate(group.rows, 1)
        ]
        groups.append(rows[0] if len(rows) == 1 else {group.kind: rows})
    if not groups:
        return {}
    return groups[0] if len(groups) == 1 else {typed.kind: groups}


def condition_of(row: Row, currency: str, place: str) -> dict[str, Any]:
    """A row as a condition."""
    if not all(row):
        raise TargetingError(place, "choose what is looked at, how, and type a value.")
    if row.op in LISTS:
        return {
            "field": row.field,
            "op": row.op,
            "value": [part.strip() for part in row.text.split(",") if part.strip()],
        }
    if row.op in NUMBERS:
        return {"field": row.field, "op": row.op, "value": number_of(row, currency, place)}
    return {"field": row.field, "op": row.op, "value": row.text}


def number_of(row: Row, currency: str, place: str) -> int:
    """The number that was typed; an amount in minor units."""
    try:
        if row.field == AMOUNT:
            return money.to_minor(Decimal(row.text), currency)
        return int(row.text)
    except (InvalidOperation, ValueError, OverflowError) as error:
        wanted = f"an amount in {currency or 'the currency of the store'}" if row.field == AMOUNT else "a whole number"
        raise TargetingError(place, f"{row.text!r} is not {wanted}.") from error


class RuleEditor(forms.Widget):
    """The rows, with some to spare."""

    template_name = "admin/experiments/rule_editor.html"
    currency = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With groups and rows, as they are stored or were typed."""
        typed = value if isinstance(value, Typed) else typed_of(value, self.currency)
        groups = [*typed.groups, *[Group()] * SPARE_GROUPS][:MAX_GROUPS]
        return {
            **super().get_context(name, value, attrs),
            "typed": typed,
            "groups": [Group(group.kind, (*group.rows, *[Row()] * SPARE_ROWS)[:MAX_ROWS]) for group in groups],
            "kinds": KINDS,
            "fields": NAMES.items(),
            "operators": OPERATORS.items(),
            "currency": self.currency,
            "input_classes": " ".join(INPUT_CLASSES),
            "select_classes": " ".join(SELECT_CLASSES),
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        """What was typed; empty rows and groups are left out."""
        groups = (self.typed_group(data, f"{name}-{number}") for number in range(MAX_GROUPS))
        return Typed(
            str(data.get(f"{name}-kind") or "all"),
            tuple(group for group in groups if group.rows),
            str(data.get(f"{name}-json") or "").strip(),
        )

    def typed_group(self, data: Mapping[str, Any], name: str) -> Group:
        """One group's rows."""
        rows = (
            Row(*(str(data.get(f"{name}-{number}-{part}") or "").strip() for part in Row._fields))
            for number in range(MAX_ROWS)
        )
        return Group(str(data.get(f"{name}-kind") or "all"), tuple(row for row in rows if any(row)))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form had no editor."""
        return f"{name}-kind" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """Nothing has to be filled in."""
        return False

    def id_for_label(self, id_: str) -> str:
        """No single input is what the label is for."""
        return ""


class RuleField(forms.Field):
    """Targeting; the form turns what was typed into rules, as the store's currency is needed for it."""

    widget = RuleEditor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else was typed than what is stored."""
        widget: Any = self.widget
        stored = typed_of(initial, widget.currency)
        return data is not None and (data.json, data.groups, data.kind if len(data.groups) > 1 else "") != (
            stored.json,
            stored.groups,
            stored.kind if len(stored.groups) > 1 else "",
        )


assert set(NAMES) == set(FIELDS)
assert MAX_ROWS <= MAX_ITEMS
