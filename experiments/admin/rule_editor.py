"""Targeting rules as rows of a form, so that nobody has to write JSON: conditions in groups, joined by and / or."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from experiments import money
from experiments.assignment.targeting import FIELDS, MAX_ITEMS, TargetingError

MAX_GROUPS, MAX_ROWS = 12, 24
SPARE_GROUPS, SPARE_ROWS = 1, 2
KINDS = (("all", _("all of these (and)")), ("any", _("any of these (or)")))
LISTS = frozenset({"in", "not_in", "contains_any", "contains_all", "contains_none"})
NUMBERS = frozenset({"at_least", "at_most"})
AMOUNT = "cart_value_minor"
NAMES = {
    "device": _("Device"),
    "country": _("Country"),
    "language": _("Language"),
    "customer_type": _("New or returning customer"),
    "orders": _("Orders so far"),
    AMOUNT: _("Cart value"),
    "cart_items": _("Items in the cart"),
    "skus": _("SKUs in the cart"),
    "categories": _("Categories in the cart"),
    "tags": _("Customer tags"),
    "currency": _("Currency"),
    "hour": _("Hour of the day"),
    "path": _("Page path"),
    "utm_source": _("UTM source"),
    "utm_medium": _("UTM medium"),
    "utm_campaign": _("UTM campaign"),
    "utm_term": _("UTM term"),
    "utm_content": _("UTM content"),
    "stage": _("Stage"),
    "answers": _("Answers to questions"),
}
OPERATORS = {
    "is": _("is"),
    "is_not": _("is not"),
    "in": _("is one of"),
    "not_in": _("is none of"),
    "starts_with": _("starts with"),
    "contains": _("contains"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "contains_any": _("has any of"),
    "contains_all": _("has all of"),
    "contains_none": _("has none of"),
}


class TypedCondition(NamedTuple):
    """A condition as it is typed; lists are separated by commas."""

    field: str = ""
    op: str = ""
    text: str = ""


class TypedGroup(NamedTuple):
    """Conditions that are joined: ``all`` or ``any``."""

    kind: str = "all"
    rows: tuple[TypedCondition, ...] = ()


class TypedRules(NamedTuple):
    """What is in the editor; ``json`` instead, where rules are nested deeper than it shows."""

    kind: str = "all"
    groups: tuple[TypedGroup, ...] = ()
    json: str = ""

    def same_as(self, other: TypedRules) -> bool:
        """Return whether both say the same. How groups are joined says nothing where there is one."""
        if self.json != other.json or self.groups != other.groups:
            return False
        return len(self.groups) < 2 or self.kind == other.kind


def typed_of(rules: Any, currency: str) -> TypedRules:
    """Show stored rules as they are typed."""
    if not rules:
        return TypedRules()
    kind, members = members_of(rules)
    if are_conditions(members):
        return TypedRules(groups=(group_of(kind, members, currency),))
    groups = []
    for member in members:
        inner_kind, inner_members = members_of(member)
        if not are_conditions(inner_members):
            return too_deep(rules)
        groups.append(group_of(inner_kind, inner_members, currency))
    if not groups:
        return too_deep(rules)
    return TypedRules(kind, tuple(groups))


def too_deep(rules: Any) -> TypedRules:
    """Show rules that rows can't show as JSON, so that saving the form doesn't lose them."""
    return TypedRules(json=json.dumps(rules, ensure_ascii=False, indent=1))


def members_of(rules: Any) -> tuple[str, list[Any]]:
    """Return how the outermost rules are joined, and which they are; a lone condition is a group of one."""
    if not isinstance(rules, dict):
        return "all", []
    if is_condition(rules):
        return "all", [rules]
    kind, members = next(iter(rules.items()), ("all", []))
    if kind not in {"all", "any"} or not isinstance(members, list):
        return "all", []
    return kind, members


def is_condition(rule: Any) -> bool:
    """Return whether a rule is a single condition."""
    return isinstance(rule, dict) and "field" in rule


def are_conditions(rules: list[Any]) -> bool:
    """Return whether there are rules, each a single condition."""
    return bool(rules) and all(is_condition(rule) for rule in rules)


def group_of(kind: str, conditions: list[dict[str, Any]], currency: str) -> TypedGroup:
    """Show joined conditions as they are typed."""
    return TypedGroup(kind, tuple(row_of(condition, currency) for condition in conditions))


def row_of(rule: dict[str, Any], currency: str) -> TypedCondition:
    """Show a condition as it is typed: amounts in major units."""
    field, op, value = str(rule.get("field")), str(rule.get("op")), rule.get("value")
    if field == AMOUNT and isinstance(value, int) and currency:
        return TypedCondition(field, op, str(money.to_major(value, currency)))
    if isinstance(value, list):
        return TypedCondition(field, op, ", ".join(map(str, value)))
    return TypedCondition(field, op, str(value))


def rules_of(typed: TypedRules, currency: str) -> Any:
    """Return the rules that were typed. Raises ``TargetingError`` naming the condition that can't be read."""
    if typed.json:
        try:
            return json.loads(typed.json)
        except (ValueError, RecursionError) as error:
            raise TargetingError("", gettext("The JSON can't be read: %(error)s") % {"error": error}) from error
    groups = []
    for number, group in enumerate(typed.groups, 1):
        groups.append(joined(group.kind, conditions_of(group, number, currency)))
    if not groups:
        return {}
    return joined(typed.kind, groups)


def conditions_of(group: TypedGroup, number: int, currency: str) -> list[Any]:
    """Return the conditions of a group. Raises ``TargetingError`` naming the one that can't be read."""
    conditions = []
    for place, row in enumerate(group.rows, 1):
        where = gettext("Group %(group)s, condition %(condition)s") % {"group": number, "condition": place}
        conditions.append(condition_of(row, currency, where))
    return conditions


def joined(kind: str, rules: list[Any]) -> Any:
    """Join rules; a single one needs no joining."""
    if len(rules) == 1:
        return rules[0]
    return {kind: rules}


def condition_of(row: TypedCondition, currency: str, where: str) -> dict[str, Any]:
    """Return a row as a condition. Raises ``TargetingError``."""
    if not all(row):
        raise TargetingError(where, gettext("choose a field and a comparison, and enter a value."))
    value: Any = row.text
    if row.op in LISTS:
        parts = [part.strip() for part in row.text.split(",")]
        value = list(filter(None, parts))
    elif row.op in NUMBERS:
        value = number_of(row, currency, where)
    return {"field": row.field, "op": row.op, "value": value}


def number_of(row: TypedCondition, currency: str, where: str) -> int:
    """Return the number that was typed; an amount in minor units. Raises ``TargetingError``."""
    try:
        if row.field == AMOUNT:
            return money.to_minor(Decimal(row.text), currency)
        return int(row.text)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise TargetingError(where, not_a_number(row, currency)) from error


def not_a_number(row: TypedCondition, currency: str) -> str:
    """Say which number is wanted."""
    typed = repr(row.text)
    if row.field != AMOUNT:
        return gettext("%(typed)s is not a whole number.") % {"typed": typed}
    if not currency:
        return gettext("%(typed)s is not an amount in the store's currency.") % {"typed": typed}
    return gettext("%(typed)s is not an amount in %(currency)s.") % {"typed": typed, "currency": currency}


class RuleEditor(forms.Widget):
    """The rows, with some to spare."""

    template_name = "admin/experiments/rule_editor.html"
    currency = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add groups and rows, as they are stored or were typed."""
        typed = value
        if not isinstance(value, TypedRules):
            typed = typed_of(value, self.currency)
        groups = [*typed.groups, *[TypedGroup()] * SPARE_GROUPS][:MAX_GROUPS]
        return {
            **super().get_context(name, value, attrs),
            "typed": typed,
            "groups": [with_spare_rows(group) for group in groups],
            "kinds": KINDS,
            "fields": NAMES.items(),
            "operators": OPERATORS.items(),
            "currency": self.currency,
            "input_classes": " ".join(INPUT_CLASSES),
            "select_classes": " ".join(SELECT_CLASSES),
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedRules:
        """Return what was typed, without empty rows and groups."""
        groups = []
        for number in range(MAX_GROUPS):
            group = self.typed_group(data, f"{name}-{number}")
            if group.rows:
                groups.append(group)
        return TypedRules(typed_text(data, f"{name}-kind") or "all", tuple(groups), typed_text(data, f"{name}-json"))

    def typed_group(self, data: Mapping[str, Any], name: str) -> TypedGroup:
        """Return one group's rows, without empty ones."""
        rows = []
        for number in range(MAX_ROWS):
            row = TypedCondition(*(typed_text(data, f"{name}-{number}-{part}") for part in TypedCondition._fields))
            if any(row):
                rows.append(row)
        return TypedGroup(typed_text(data, f"{name}-kind") or "all", tuple(rows))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return whether the form had no editor."""
        return f"{name}-kind" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """Require nothing to be filled in."""
        return False

    def id_for_label(self, id_: str) -> str:
        """Leave the label without a field: no single input is what it is for."""
        return ""


def with_spare_rows(group: TypedGroup) -> TypedGroup:
    """Add empty rows to type into, as many as fit."""
    rows = (*group.rows, *[TypedCondition()] * SPARE_ROWS)
    return TypedGroup(group.kind, rows[:MAX_ROWS])


def typed_text(data: Mapping[str, Any], name: str) -> str:
    """Return what was typed into an input, without spaces around it."""
    return str(data.get(name) or "").strip()


class RuleField(forms.Field):
    """Targeting; the form turns what was typed into rules, as the store's currency is needed for it."""

    widget = RuleEditor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "required": False})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether something else was typed than what is stored."""
        widget: Any = self.widget
        if data is None:
            return False
        return not typed_of(initial, widget.currency).same_as(data)


assert set(NAMES) == set(FIELDS)
assert MAX_ROWS <= MAX_ITEMS
