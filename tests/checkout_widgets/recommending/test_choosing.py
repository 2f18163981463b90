"""What is suggested beside a product: pinned, then counted, never banned or sold out."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from checkout_widgets.models import ChosenPair, PairBasis, Product, ProductKind, ProductPair
from checkout_widgets.recommending.choosing import suggestions
from experiments.models import Store
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def tea(store: Store) -> Product:
    tea = factories.make_product(store, sku="tea", category="drinks")
    for rank, sku in enumerate(("cup", "pot", "tin"), 1):
        pair(tea, factories.make_product(store, sku=sku), rank)
    return tea


def pair(product: Product, suggested: Product, rank: int, basis: str = PairBasis.SAME_ORDER) -> ProductPair:
    counts = {"score": 1 / rank, "count": 30, "base": 200, "customers": 25, "customers_base": 150}
    return ProductPair.objects.create(
        store=product.store, product=product, suggested=suggested, basis=basis, rank=rank, **counts
    )


def choose(store: Store, sku: str, **fields: object) -> ChosenPair:
    return ChosenPair.objects.create(store=store, suggested=Product.objects.get(store=store, sku=sku), **fields)


def skus(product: Product, basis: str = PairBasis.SAME_ORDER) -> list[str]:
    return [suggestion.product.sku for suggestion in suggestions(product, basis)]


def test_suggestions_are_counted_ones_in_their_order(tea):
    assert skus(tea) == ["cup", "pot", "tin"]
    assert skus(tea, PairBasis.LATER) == []


def test_suggestions_begin_with_the_products_pins_then_its_categorys(store, tea):
    factories.make_product(store, sku="honey")
    choose(store, "honey", category="drinks")
    choose(store, "tin", product=tea, reason="Goes with it")
    choose(store, "cup", category="food")
    found = suggestions(tea)
    assert [suggestion.product.sku for suggestion in found] == ["tin", "honey", "cup", "pot"]
    assert [(bool(one.chosen), bool(one.pair)) for one in found] == [(1, 1), (1, 0), (0, 1), (0, 1)]


def test_suggestions_leave_out_what_is_banned_here_in_the_category_or_everywhere(store, tea):
    choose(store, "cup", product=tea, is_banned=True)
    assert skus(tea) == ["pot", "tin"]
    choose(store, "pot", category="drinks", is_banned=True)
    assert skus(tea) == ["tin"]
    choose(store, "tin", is_banned=True)
    assert skus(tea) == []


@pytest.mark.parametrize("change", [{"stock": 0}, {"is_active": False}, {"kind": ProductKind.GIFT_CARD}])
def test_suggestions_leave_out_what_cannot_be_bought(tea, change):
    Product.objects.filter(sku="cup").update(**change)
    assert skus(tea) == ["pot", "tin"]


def test_suggestions_of_another_store_stay_there(store, tea):
    other = factories.make_store(slug="coffee")
    theirs = factories.make_product(other, sku="tea", category="drinks")
    choose(store, "cup", category="drinks")
    choose(store, "pot", is_banned=True)
    assert skus(theirs) == []


@pytest.mark.parametrize(
    "fields", [{"category": "drinks", "with_product": True}, {"is_banned": False}, {"category": "food", "twice": True}]
)
def test_choice_that_means_nothing_or_stands_already_is_refused(store, tea, fields):
    product = tea if fields.pop("with_product", False) else None
    if fields.pop("twice", False):
        choose(store, "cup", **fields)
    choice = ChosenPair(store=store, product=product, suggested=Product.objects.get(sku="cup"), **fields)
    with pytest.raises(ValidationError):
        choice.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        choice.save()
