"""Offers and products in the admin."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from checkout_widgets.models import Offer, OfferTier, Product
from experiments.models import AuditEntry, Store
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


@pytest.mark.parametrize("product", ["x", "\x00", "9" * 30, "-1", "1.5"])
def test_product_that_is_no_key_is_refused(editor_client, store, product):
    factories.make_product(store)
    fields = {"items__0__product": product, "replaces": product}
    response = submit(editor_client, ADD_OFFER, store=store.pk, name="Cup", key="cup", price_minor="1", **fields)
    assert errors_of(response).count("Choose one from the list.") + errors_of(response).count("Null characters") >= 2
    assert not Offer.objects.exists()


def test_offer_without_products_is_refused(editor_client, store):
    response = submit(editor_client, ADD_OFFER, store=store.pk, name="Nothing", key="nothing", price_minor="1")
    assert "The offer has no product. Add at least one." in errors_of(response)
    assert not Offer.objects.exists()


def test_offer_with_another_stores_product_is_refused(superuser_client, store):
    foreign = factories.make_product(factories.make_store())
    response = submit(
        superuser_client, ADD_OFFER, store=store.pk, name="N", key="n", price_minor="1", items__0__product=foreign.pk
    )
    assert "These products belong to another store" in errors_of(response)


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


def test_offer_that_ends_in_a_year_nobody_means_is_refused(editor_client, store):
    response = submit(editor_client, change_url(factories.make_offer(store)), ends_at_0="9999-12-31", ends_at_1="23:59")
    assert "between the years 1970 and 2999" in errors_of(response)


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
    assert admin_of_store_client.post(url, {"post": "yes"}).status_code == 200
    assert Product.objects.filter(pk=product.pk).exists()


def socks(store: Store, *tiers: tuple[str, str]) -> dict[str, Any]:
    """A quantity break as the form sends it, with tiers of quantity and price."""
    rows: dict[str, Any] = {"tiers__TOTAL_FORMS": str(len(tiers))}
    for index, (quantity, price) in enumerate(tiers):
        rows |= {f"tiers__{index}__quantity": quantity, f"tiers__{index}__price_minor": price}
    product = factories.make_product(store)
    return rows | {
        "store": store.pk,
        "name": "Socks",
        "key": "socks",
        "kind": "quantity_break",
        "price_minor": "12",
        "items__0__product": product.pk,
    }


@pytest.mark.slow
def test_offer_is_made_with_tiers_in_its_stores_currency(editor_client, store):
    response = submit(editor_client, ADD_OFFER, **socks(store, ("2", "22.00"), ("3", "30")))
    assert response.status_code == 302
    assert list(OfferTier.objects.values_list("quantity", "price_minor")) == [(2, 2200), (3, 3000)]
    assert page_data(editor_client, change_url(Offer.objects.get()))["tiers-0-price_minor"] == "22.00"


@pytest.mark.parametrize(
    ("tiers", "error"),
    [
        ([], "A quantity break needs a tier"),
        ([("2", "40")], "The tier of 2 costs more than 2 single items"),
        ([("1", "5")], "Enter 2 or more."),
        ([("2", "10.005")], "EUR has 2 decimals"),
        ([("2", "10"), ("2", "11")], "duplicate"),
        ([("2", "-1")], "Enter 0 or more."),
    ],
)
def test_bad_tiers_are_named_with_the_fix(editor_client, store, tiers, error):
    response = submit(editor_client, ADD_OFFER, **socks(store, *tiers))
    assert error in errors_of(response)
    assert not Offer.objects.exists()


@pytest.mark.slow
def test_upgrade_replaces_a_product_of_its_own_store(superuser_client, store):
    offer = factories.make_offer(store, kind="upgrade")
    foreign, own = factories.make_product(factories.make_store()), factories.make_product(store)
    assert "a different store" in errors_of(submit(superuser_client, change_url(offer), replaces=foreign.pk))
    assert submit(superuser_client, change_url(offer), replaces=own.pk).status_code == 302
    offer.refresh_from_db()
    assert offer.replaces == own


@pytest.mark.parametrize(
    ("field", "error"), [("replaces", "Only an upgrade"), ("billing_period", "Only a subscription")]
)
def test_what_belongs_to_another_kind_is_refused(editor_client, store, field, error):
    offer = factories.make_offer(store, kind="cross_sell")
    value = factories.make_product(store).pk if field == "replaces" else "month"
    assert error in errors_of(submit(editor_client, change_url(offer), **{field: value}))


@pytest.mark.slow
@pytest.mark.parametrize(("model", "make"), [(Offer, factories.make_offer), (Product, factories.make_product)])
def test_bulk_actions_switch_the_members_rows_and_log_it(editor_client, store, model, make):
    own, other, foreign = make(store), make(store, is_active=False), make(factories.make_store())
    url = reverse(f"admin:checkout_widgets_{model._meta.model_name}_changelist")
    marked = {"action": "deactivate", "_selected_action": [own.pk, other.pk, foreign.pk]}
    page = editor_client.post(url, marked, follow=True).content.decode()
    assert "1 item is inactive now" in page
    active = dict(model.objects.filter(pk__in=[own.pk, other.pk, foreign.pk]).values_list("pk", "is_active"))
    assert active == {own.pk: False, other.pk: False, foreign.pk: True}
    assert LogEntry.objects.get().change_message == "Deactivated."
    editor_client.post(url, marked | {"action": "activate"})
    assert model.objects.get(pk=other.pk).is_active


def test_bulk_actions_are_not_for_viewers(client, store):
    product = factories.make_product(store)
    client.force_login(factories.make_user(store, "viewer", is_staff=True))
    url = reverse("admin:checkout_widgets_product_changelist")
    client.post(url, {"action": "deactivate", "_selected_action": [product.pk]})
    product.refresh_from_db()
    assert product.is_active


@pytest.mark.parametrize(("level", "skus"), [("out", ["a"]), ("low", ["b"]), ("enough", ["c"]), ("uncounted", ["d"])])
def test_products_are_filtered_by_stock(editor_client, store, level, skus):
    for sku, stock in {"a": 0, "b": 10, "c": 11, "d": None}.items():
        factories.make_product(store, sku=sku, stock=stock)
    page = editor_client.get(reverse("admin:checkout_widgets_product_changelist"), {"stock_level": level})
    assert [product.sku for product in page.context["cl"].result_list] == skus


def test_bulk_action_leaves_a_trace_in_the_tests_that_sell_the_offer(editor_client, store):
    experiment = factories.make_live_experiment(store)
    [offer] = Offer.objects.all()
    url = reverse("admin:checkout_widgets_offer_changelist")
    editor_client.post(url, {"action": "deactivate", "_selected_action": [offer.pk]})
    assert AuditEntry.objects.get(experiment=experiment).detail == {"is_active": [True, False]}


@pytest.mark.slow
def test_changed_tier_leaves_a_trace_in_the_tests_that_sell_the_offer(editor_client, store):
    experiment = factories.make_live_experiment(store)
    [offer] = Offer.objects.all()
    OfferTier.objects.create(offer=offer, quantity=2, price_minor=1800)
    submit(editor_client, change_url(offer), tiers__0__price_minor="17.00")
    assert AuditEntry.objects.get(experiment=experiment).detail == {"tiers": [{"2": 1800}, {"2": 1700}]}
    submit(editor_client, change_url(offer))
    assert AuditEntry.objects.count() == 1


def test_offer_of_pairs_is_made_without_products_or_a_price_and_changed(editor_client, store):
    fields = {"pairing": "best", "pair_source": "counted", "pair_discount": "10"}
    response = submit(editor_client, ADD_OFFER, store=store.pk, name="Pair", key="pair", price_minor="", **fields)
    assert response.status_code == 302
    offer = Offer.objects.get()
    assert (offer.pairing, offer.pair_source, offer.pair_discount, offer.price_minor) == ("best", "counted", 10, 0)
    assert offer.currency == "EUR"
    assert submit(editor_client, change_url(offer), pair_discount="20", pairing="").status_code == 302
    offer.refresh_from_db()
    assert (offer.pairing, offer.pair_discount) == ("best", 20)
    page = editor_client.get(change_url(offer)).content.decode()
    assert "The best pair" in page
    assert "Catalog price less 20%" in editor_client.get("/admin/checkout_widgets/offer/").content.decode()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"pairing": "best", "price_minor": "5"}, "An offer of pairs is a cross-sell"),
        ({"pairing": "best", "kind": "bundle"}, "An offer of pairs is a cross-sell"),
        ({"pairing": "best", "pair_discount": "91"}, "Enter 90 or less."),
        ({"pairing": "best", "with_product": True}, "An offer of pairs has no products of its own."),
        ({"pair_discount": "10", "price_minor": "5", "with_product": True}, "are for offers of pairs"),
        ({"with_product": True}, "Enter the price of all products together."),
    ],
)
def test_offer_that_is_half_of_pairs_is_refused(editor_client, store, fields, error):
    sent = {"price_minor": "", **fields}
    if sent.pop("with_product", False):
        sent["items__0__product"] = factories.make_product(store).pk
    assert error in errors_of(submit(editor_client, ADD_OFFER, store=store.pk, name="Pair", key="pair", **sent))
    assert not Offer.objects.exists()
