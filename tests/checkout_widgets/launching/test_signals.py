"""Signals of templates as rules that the edge can decide by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.signals import SIGNALS, draft_audience, round_down
from checkout_widgets.launching.templates import TRIGGERS, templates
from experiments.assignment.targeting import Context, matches
from experiments.models import Experiment, Moment, Store
from experiments.programme.moments import playbook_moments
from tests import factories

pytestmark = pytest.mark.django_db
TRIGGERED = {
    "delivery choice", "payment step reached or method changed", "shopper about to leave", "recent purchase",
}  # fmt: skip


def draft(key: str, store: Store) -> Experiment:
    return create_draft(templates()[key], store, DraftChoices(key=key, name="New"), actor="ada")


def sell(store: Store, *subtotals: int, **fields) -> None:
    for number, subtotal in enumerate(subtotals):
        at = timezone.now() - timedelta(days=1 + number % 80)
        factories.make_order(store, subtotal_minor=subtotal, total_minor=subtotal, placed_at=at, **fields)


def test_every_signal_is_a_rule_or_its_moments_trigger_or_waits_for_e_mails():
    told = {row.signal for row in playbook_moments() if row.channel == "widget"}
    assert told == set(SIGNALS) | TRIGGERED


def test_high_cart_value_is_the_upper_quarter_of_the_stores_orders_in_its_currency():
    store = factories.make_store(currency="EUR")
    sell(store, *range(1_000, 41_000, 1_000))  # 40 orders; three quarters lie below 30,750
    sell(store, 9_000_000, currency="USD")
    sell(store, 9_000_000, status="cancelled")
    sell(factories.make_store(), 9_000_000)
    test = draft("cart-in-cart-add-on", store)
    assert test.targeting == {"field": "cart_value_minor", "op": "at_least", "value": 30_000}
    assert matches(test.targeting, Context(cart_value_minor=30_000))
    assert not matches(test.targeting, Context(cart_value_minor=29_999))
    assert "shown to carts of €300.00 or more" in test.hypothesis


def test_high_cart_value_of_a_store_with_few_orders_is_not_claimed():
    store = factories.make_store()
    sell(store, *[5_000] * 19)
    test = draft("cart-in-cart-add-on", store)
    assert test.targeting == {"field": "cart_items", "op": "at_least", "value": 1}
    assert "shown to carts with at least one item" in test.hypothesis
    assert "high" not in test.hypothesis
    note = draft_audience(templates()["cart-in-cart-add-on"], Moment.CART, store, timezone.now()).note
    assert "20 orders in 90 days" in note


def test_high_cart_value_leaves_orders_of_long_ago_out():
    store = factories.make_store()
    for _ in range(30):
        factories.make_order(store, placed_at=timezone.now() - timedelta(days=91))
    assert draft("cart-in-cart-add-on", store).targeting["field"] == "cart_items"


def test_first_time_buyers_are_those_that_the_page_calls_new_or_without_orders():
    rules = draft("cart-first-time-buyer", factories.make_store()).targeting
    assert matches(rules, Context(customer_type="new"))
    assert matches(rules, Context(customer_type="guest", orders=0))
    assert not matches(rules, Context(customer_type="returning", orders=3))
    assert not matches(rules, Context()), "nobody knows"


def test_phones_and_filled_carts_are_rules_too():
    store = factories.make_store()
    phones, carts = (draft(key, store).targeting for key in ("cart-mobile-micro-offer", "cart-after-add-to-cart"))
    assert (matches(phones, Context(device="phone")), matches(phones, Context(device="desktop"))) == (True, False)
    assert (matches(carts, Context(cart_items=1)), matches(carts, Context(cart_items=0))) == (True, False)


def test_signal_that_is_a_trigger_names_that_of_the_moment_which_was_chosen():
    store, template = factories.make_store(), templates()["shipping-delivery-insurance"]
    choices = DraftChoices(key="new", name="New", moment=Moment.PAYMENT)
    test = create_draft(template, store, choices, actor="ada")
    assert test.targeting == {}
    assert f"shown {TRIGGERS[Moment.PAYMENT]}," in test.hypothesis


@pytest.mark.parametrize(("minor", "rounded"), [(0, 0), (7, 7), (47, 47), (4_731, 4_700), (30_750, 30_000)])
def test_threshold_has_two_leading_digits(minor, rounded):
    assert round_down(minor) == rounded
