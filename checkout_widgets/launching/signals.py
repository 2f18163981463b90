"""The playbook's signals as targeting rules, with the store's own figures where a rule needs one.

A signal that isn't listed here is its moment's trigger, and needs no rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from checkout_widgets.launching.templates import TRIGGERS, Template
from experiments import formatting
from experiments.models import Moment, Store
from experiments.models.experiment_choices import UNDELIVERED
from experiments.reading import past_orders

Rules = dict[str, Any]

HIGH_SHARE = 0.75  # a high cart is worth more than this share of the store's orders
HIGH_WITHIN = timedelta(days=90)
HIGH_ORDERS = 20  # fewer say too little of what is high in this store


@dataclass(frozen=True, slots=True)
class DraftAudience:
    """Whom a draft is for: ``rules`` for its targeting, and in words how it is ``shown``.

    ``note`` says where a figure comes from, why there is none, or what the rules need.
    """

    rules: Rules
    shown: str
    note: str = ""


def draft_audience(template: Template, moment: Moment, store: Store, now: datetime) -> DraftAudience:
    """Return the rules of a template's signal in this store; none where the signal is the moment's trigger."""
    rules_of = SIGNALS.get(template.signal)
    if rules_of is not None:
        return rules_of(store, now)
    if moment in UNDELIVERED and template.signal:
        return DraftAudience({}, _("in an email (%(signal)s)") % {"signal": template.signal})
    return DraftAudience({}, str(TRIGGERS[moment]))


def filled_cart(store: Store, now: datetime) -> DraftAudience:
    """Aim at carts with something in them."""
    return DraftAudience(condition("cart_items", "at_least", 1), _("to carts with at least one item"))


def high_cart(store: Store, now: datetime) -> DraftAudience:
    """Aim at carts worth more than most of the store's orders; at any cart while there are too few orders."""
    past = past_orders.values(store, before=now, since=now - HIGH_WITHIN)
    if len(past) < HIGH_ORDERS:
        note = _("The draft includes every cart: with fewer than %(count)s orders in 90 days, a high value is unknown.")
        rules = condition("cart_items", "at_least", 1)
        return DraftAudience(rules, _("to carts with at least one item"), note % {"count": HIGH_ORDERS})
    least_minor = round_down(past_orders.percentile(past, HIGH_SHARE))
    least = formatting.price(least_minor, store.currency)
    note = _("A quarter of your orders in the last 90 days were worth %(amount)s or more.") % {"amount": least}
    shown = _("to carts of %(amount)s or more") % {"amount": least}
    return DraftAudience(condition("cart_value_minor", "at_least", least_minor), shown, note)


def first_time_buyer(store: Store, now: datetime) -> DraftAudience:
    """Aim at customers that the store calls new, or without orders."""
    is_new = [condition("customer_type", "is", "new"), condition("orders", "at_most", 0)]
    note = _("Your pages have to say that a customer is new, or how many orders the customer has.")
    return DraftAudience({"any": is_new}, _("to first-time buyers"), note)


def phone(store: Store, now: datetime) -> DraftAudience:
    """Aim at phones."""
    return DraftAudience(condition("device", "is", "phone"), _("on phones"))


def condition(field: str, op: str, value: Any) -> Rules:
    """Return one targeting condition."""
    return {"field": field, "op": op, "value": value}


def round_down(minor: int) -> int:
    """Round down to two leading digits: to what somebody would have typed."""
    unit: int = 10 ** max(len(str(minor)) - 2, 0)
    return minor // unit * unit


SIGNALS: dict[str, Callable[[Store, datetime], DraftAudience]] = {
    "an item in the cart": filled_cart,
    "high cart value": high_cart,
    "first-time buyer": first_time_buyer,
    "phone": phone,
}
