"""Owners of a product who also bought an offer's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets import owner_shares
from checkout_widgets.models import Offer
from tests.factories import make_offer, make_order, make_product, make_store

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def bought(store, customer: str, *skus: str, days_ago: int = 60, **fields) -> None:
    for sku in skus:
        lines = [{"sku": sku, "quantity": 1, "price_minor": 100}]
        make_order(store, customer_key=customer, placed_at=NOW - timedelta(days=days_ago), lines=lines, **fields)


def test_owners_are_counted_as_customers_and_only_those_who_had_time_to_return():
    store, other = make_store(), make_store()
    boots, balm = make_product(store, sku="boots"), make_product(store, sku="balm")
    offer = make_offer(store, balm, share_of=boots)
    plain = make_offer(store, balm)
    bought(store, "i_1", "boots", "boots", "balm")  # one owner, whatever the number of orders
    bought(store, "i_2", "boots")
    bought(store, "i_2", "balm", days_ago=1)
    bought(store, "i_3", "boots")
    bought(store, "i_4", "boots", "balm", days_ago=10)  # an owner for ten days
    bought(store, "i_5", "boots", "balm", days_ago=500)  # too long ago
    bought(store, "i_6", "boots", "balm", status="cancelled")
    bought(store, "", "boots", "balm")  # a guest of whom nothing is known
    bought(store, "i_7", "balm")
    bought(other, "i_3", "boots", "balm")
    assert owner_shares.count(NOW) == 1
    offer.refresh_from_db()
    assert (offer.owners, offer.owners_with) == (3, 2)
    assert owner_shares.count(NOW) == 0
    assert Offer.objects.get(pk=plain.pk).owners == 0
    Offer.objects.filter(pk=offer.pk).update(share_of=None)
    assert owner_shares.count(NOW) == 1
    assert Offer.objects.get(pk=offer.pk).owners == 0
