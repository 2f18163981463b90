"""Pairs counted from a store's orders, in place of those of before."""

from datetime import UTC, datetime, timedelta

import pytest

from checkout_widgets.models import PairBasis, PairsCount, Product, ProductKind, ProductPair
from checkout_widgets.recommending.refresh import count_pairs
from experiments.models import Order, Store
from tests import factories

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def place(store: Store, number: int, skus: list[str], *, days: int = 100, **fields: object) -> Order:
    at = NOW - timedelta(days=days)
    lines = [{"sku": sku, "quantity": 1, "price_minor": 500} for sku in skus]
    return factories.make_order(
        store, external_id=f"{store.slug}-{number}-{days}", placed_at=at, updated_at=at, lines=lines, **fields
    )


def shop(slug: str = "tea") -> tuple[Store, dict[str, Product]]:
    """A store where twenty customers bought tea with a cup, and a tin later; the cup is out of the catalogue."""
    store = factories.make_store(slug=slug)
    products = {sku: factories.make_product(store, sku=sku, title=sku) for sku in ("tea", "cup", "tin", "gone")}
    for number in range(20):
        place(store, number, ["tea", "cup", "postage"], customer_key=f"i_{number}")
        place(store, number, ["tin"], days=80, customer_key=f"i_{number}")
    return store, products


def pairs_of(store: Store) -> set[tuple[str, str, str, int, int, int]]:
    fields = ("product__sku", "suggested__sku", "basis", "rank", "count", "base")
    return set(ProductPair.objects.filter(store=store).values_list(*fields))


EXPECTED = {
    ("tea", "cup", PairBasis.SAME_ORDER, 1, 20, 20),
    ("cup", "tea", PairBasis.SAME_ORDER, 1, 20, 20),
    ("tea", "tin", PairBasis.LATER, 1, 20, 20),
    ("cup", "tin", PairBasis.LATER, 1, 20, 20),
}


def test_count_pairs_finds_what_is_bought_together_and_later():
    store, _ = shop()
    count = count_pairs(store, NOW)
    assert pairs_of(store) == EXPECTED
    assert (count.orders, count.products, count.version) == (40, 2, 1)
    assert count.since == NOW - timedelta(days=365)


def test_count_pairs_reads_only_what_shoppers_chose_and_shops_sent():
    store, _ = shop()
    place(store, 100, ["tea", "gone"], status="cancelled")
    place(store, 101, ["tea", "gone"], status="pending")
    place(store, 102, ["tea", "gone"], source="snippet")
    place(store, 103, ["tea", "gone"], repeat_kind="renewal")
    place(store, 104, ["tea", "gone"], days=366)
    accepted = place(store, 105, ["tea", "gone"])
    accepted.lines.filter(sku="gone").update(is_upsell=True)
    count_pairs(store, NOW)
    pair = ProductPair.objects.get(store=store, product__sku="tea", basis=PairBasis.SAME_ORDER)
    assert (pair.suggested.sku, pair.count, pair.base) == ("cup", 20, 21)  # the order with the accepted offer has tea
    assert (pair.customers, pair.customers_base) == (20, 20)


def test_count_pairs_leaves_out_services_and_gift_cards():
    store, products = shop()
    for kind in (ProductKind.SERVICE, ProductKind.GIFT_CARD):
        Product.objects.filter(pk=products["cup"].pk).update(kind=kind)
        count_pairs(store, NOW)
        assert pairs_of(store) == {("tea", "tin", PairBasis.LATER, 1, 20, 20)}


def test_count_pairs_replaces_the_stores_own_alone():
    store, _ = shop()
    other, _ = shop("coffee")
    count_pairs(store, NOW)
    count_pairs(other, NOW)
    Order.objects.filter(store=store).delete()
    count = count_pairs(store, NOW)
    assert pairs_of(store) == set()
    assert (count.orders, count.version) == (0, 2)
    assert pairs_of(other) == EXPECTED
    assert PairsCount.objects.get(store=other).version == 1


def test_count_pairs_of_a_store_with_nothing_says_so():
    store = factories.make_store()
    count = count_pairs(store, NOW)
    assert (count.orders, count.products) == (0, 0)
