"""Offers and products in the admin."""

import pytest
from django.urls import reverse

from checkout_widgets.models import Offer, Product
from tests import factories
from tests.experiments.admin.forms import errors_of, page_data, submit

pytestmark = pytest.mark.django_db
ADD_OFFER = "/admin/checkout_widgets/offer/add/"
ADD_PRODUCT = "/admin/checkout_widgets/product/add/"


def change_url(row: Offer | Product) -> str:
    return reverse(f"admin:checkout_widgets_{row._meta.model_name}_change", args=[row.pk])


def test_product_is_priced_in_its_stores_currency(editor_client, store):
    response = submit(editor_client, ADD_PRODUCT, store=store.pk, sku="23166", title="Jar", price_minor="12.50")
    assert response.status_code == 302
    product = Product.objects.get()
    assert (product.price_minor, product.currency, product.cost_minor) == (1250, "EUR", None)
    assert page_data(editor_client, change_url(product))["price_minor"] == "12.50"


def test_offer_is_made_with_its_items(editor_client, store):
    cup, saucer = factories.make_product(store), factories.make_product(store)
    response = submit(
        editor_client,
        ADD_OFFER,
        store=store.pk,
        name="Cup and saucer",
        key="set",
        price_minor="19.9",
        compare_at_minor="24",
        items__TOTAL_FORMS="2",
        items__0__product=cup.pk,
        items__1__product=saucer.pk,
        items__1__quantity="2",
        items__1__position="1",
    )
    assert response.status_code == 302
    offer = Offer.objects.get()
    assert (offer.price_minor, offer.compare_at_minor, offer.currency) == (1990, 2400, "EUR")
    assert list(offer.items.values_list("product", "quantity")) == [(cup.pk, 1), (saucer.pk, 2)]


def test_offer_without_products_is_refused(editor_client, store):
    response = submit(editor_client, ADD_OFFER, store=store.pk, name="Nothing", key="nothing", price_minor="1")
    assert "at least one product" in errors_of(response)
    assert not Offer.objects.exists()


def test_offer_with_another_stores_product_is_refused(superuser_client, store):
    foreign = factories.make_product(factories.make_store())
    response = submit(
        superuser_client, ADD_OFFER, store=store.pk, name="N", key="n", price_minor="1", items__0__product=foreign.pk
    )
    assert "Not a product of this store" in errors_of(response)


def test_offer_product_twice_is_refused(editor_client, store):
    offer = factories.make_offer(store)
    product = offer.items.get().product
    response = submit(
        editor_client,
        change_url(offer),
        items__TOTAL_FORMS="2",
        items__1__product=product.pk,
        items__1__quantity="1",
        items__1__position="1",
    )
    assert "duplicate" in errors_of(response).lower()


@pytest.mark.parametrize("make", [factories.make_offer, factories.make_product])
@pytest.mark.parametrize(
    "price", ["", "-1", "free", "1.005", "1e30", "NaN", "Infinity", "1" * 5000, "٣,5", "0x10", "1,50"]
)
def test_bad_price_is_a_field_error(editor_client, store, make, price):
    row = make(store)
    assert "price_minor" in errors_of(submit(editor_client, change_url(row), price_minor=price))
    row.refresh_from_db()
    assert row.price_minor == 990


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "n" * 201),
        ("kind", "theft"),
        ("stock_limit", "-1"),
        ("stock_limit", "3000000000"),
        ("items-0-quantity", "0"),
        ("items-0-product", ""),
        ("items-0-product", "999999"),
        ("items-0-position", "99999999999"),
    ],
)
def test_bad_offer_value_is_a_field_error(editor_client, store, field, value):
    offer = factories.make_offer(store)
    assert errors_of(submit(editor_client, change_url(offer), **{field: value})).strip()


def test_offer_that_ends_before_it_starts_is_refused(editor_client, store):
    offer = factories.make_offer(store)
    response = submit(
        editor_client,
        change_url(offer),
        starts_at_0="2026-12-02",
        starts_at_1="10:00",
        ends_at_0="2026-12-01",
        ends_at_1="10:00",
    )
    assert "after the start" in errors_of(response)


@pytest.mark.parametrize(
    ("field", "value"), [("image_url", "javascript:alert(1)"), ("image_url", "x" * 600), ("stock", "-3"), ("title", "")]
)
def test_bad_product_value_is_a_field_error(editor_client, store, field, value):
    product = factories.make_product(store)
    assert field in errors_of(submit(editor_client, change_url(product), **{field: value}))


def test_taken_sku_is_a_field_error(editor_client, store):
    product = factories.make_product(store)
    response = submit(editor_client, ADD_PRODUCT, store=store.pk, sku=product.sku, title="Jar", price_minor="1")
    assert "already exists" in errors_of(response)


def test_offered_product_cannot_be_deleted(admin_of_store_client, store):
    product = factories.make_offer(store).items.get().product
    url = reverse("admin:checkout_widgets_product_delete", args=[product.pk])
    assert admin_of_store_client.post(url, {"post": "yes"}).status_code in {200, 403}
    assert Product.objects.filter(pk=product.pk).exists()
