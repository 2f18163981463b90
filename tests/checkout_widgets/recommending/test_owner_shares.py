"""Owners of a product who also bought an offer's: counted as pairs of products are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.models import Offer, PairBasis, ProductPair
from checkout_widgets.recommending import owner_shares
from checkout_widgets.recommending.refresh import count_pairs
from tests.factories import make_offer, make_order, make_product, make_store

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def bought(
    store, customer: str, *skus: str, days_ago: int = 120, line: dict[str, bool] | None = None, **fields
) -> None:
    """An order of these products, whose lines are as ``line`` says."""
    lines = [{"sku": sku, "quantity": 1, "price_minor": 100} | (line or {}) for sku in skus]
    make_order(store, customer_key=customer, placed_at=NOW - timedelta(days=days_ago), lines=lines, **fields)


def test_owners_are_counted_as_customers_and_only_those_who_had_time_to_return():
    store, other = make_store(), make_store()
    boots, balm = make_product(store, sku="boots"), make_product(store, sku="balm")
    offer = make_offer(store, balm, share_of=boots)
    plain = make_offer(store, balm)
    bought(store, "i_1", "boots", "balm")
    bought(store, "i_1", "boots", days_ago=110)  # one owner, whatever the number of orders
    bought(store, "i_2", "boots")
    bought(store, "i_2", "balm", days_ago=31)  # 89 days later
    bought(store, "i_3", "boots")
    bought(store, "i_3", "balm", days_ago=29)  # too late
    bought(store, "i_4", "boots", "balm", days_ago=89)  # not an owner for long enough
    bought(store, "i_5", "boots", "balm", days_ago=366)  # too long ago
    bought(store, "i_6", "balm", days_ago=130)  # before
    bought(store, "i_6", "boots")
    # What doesn't count: unpaid and renewed orders, what anybody can send, what an offer sold, and what nobody owns.
    bought(store, "i_7", "boots", "balm", status="cancelled")
    bought(store, "i_8", "boots", "balm", repeat_kind="renewal")
    bought(store, "i_9", "boots", "balm", source="snippet")
    bought(store, "i_10", "boots")
    bought(store, "i_10", "balm", days_ago=110, line={"is_upsell": True})
    bought(store, "", "boots", "balm")
    bought(store, "i_11", "balm")
    bought(other, "i_3", "boots", "balm")
    assert owner_shares.count(NOW) == 1
    offer.refresh_from_db()
    assert (offer.owners, offer.owners_with) == (5, 2)
    assert owner_shares.count(NOW) == 0
    assert Offer.objects.get(pk=plain.pk).owners == 0
    Offer.objects.filter(pk=offer.pk).update(share_of=None)
    assert owner_shares.count(NOW) == 1
    assert Offer.objects.get(pk=offer.pk).owners == 0


def test_nobody_owns_a_service_or_also_buys_the_same_product():
    store = make_store()
    boots, care = make_product(store, sku="boots"), make_product(store, sku="care", kind="service")
    of_service, again = make_offer(store, boots, share_of=care), make_offer(store, boots, care, share_of=boots)
    bought(store, "i_1", "boots", "care")
    owner_shares.count(NOW)
    figures = Offer.objects.order_by("pk").values_list("owners", "owners_with")
    assert list(figures.filter(pk__in=(of_service.pk, again.pk))) == [(0, 0), (1, 0)]


@pytest.mark.slow
def test_share_of_an_offer_is_of_the_same_customers_as_the_pair_of_its_products():
    store = make_store()
    boots, balm = make_product(store, sku="boots"), make_product(store, sku="balm")
    offer = make_offer(store, balm, share_of=boots)
    for number in range(60):
        bought(store, f"i_{number}", "boots", days_ago=80 + number)  # 50 of them an owner for long enough
        if number % 2:
            bought(store, f"i_{number}", "balm", days_ago=40 + number)
    bought(store, "i_58", "boots", "balm", days_ago=139)  # together, before
    count_pairs(store, NOW)
    pair = ProductPair.objects.get(product=boots, suggested=balm, basis=PairBasis.LATER)
    owner_shares.count(NOW)
    offer.refresh_from_db()
    assert pair.customers_base == offer.owners == 50
    assert (pair.customers, offer.owners_with) == (25, 26)
