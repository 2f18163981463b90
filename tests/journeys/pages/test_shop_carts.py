"""Where in a shop an offer goes that was accepted in a message."""

from urllib.parse import parse_qs, urlsplit

import pytest

from checkout_widgets.models import Acceptance
from journeys.pages.shop_carts import cart_origin, cart_url
from tests import factories
from tests.journeys.messages import make_sender

pytestmark = pytest.mark.django_db
LINE = {"sku": "TEA", "quantity": 2, "price_minor": 400, "external_id": "41"}


@pytest.fixture
def store():
    return factories.make_store(allowed_origins=["https://tea.example", "https://www.tea.example"])


def url(store, *lines) -> str:
    return cart_url(store, Acceptance(lines=list(lines or [LINE])), "a.b-c_d")


def test_store_without_a_shop_system_has_no_cart(store):
    assert (url(store), cart_origin(store)) == ("", "")
    make_sender(store)
    assert (url(store), cart_origin(store)) == ("", "")


def test_connected_woocommerce_takes_the_token_at_its_front_page(store):
    factories.make_connection(store, kind="woocommerce", site_address="https://tea.example/Shop")
    assert url(store) == "https://tea.example/Shop/?offerlift_token=a.b-c_d"
    assert cart_origin(store) == "https://tea.example"


@pytest.mark.parametrize("fields", [{"site_address": ""}, {"site_address": "https://tea.example", "is_active": False}])
def test_woocommerce_without_our_plugin_or_switched_off_has_no_cart(store, fields):
    factories.make_connection(store, kind="woocommerce", **fields)
    assert url(store) == ""


def test_page_of_the_store_comes_before_its_shop_system(store):
    factories.make_connection(store, kind="woocommerce", site_address="https://tea.example")
    make_sender(store, accept_url="https://take.example/offer?x=1")
    assert url(store) == "https://take.example/offer?x=1&offerlift_token=a.b-c_d"
    assert cart_origin(store) == "https://take.example"


def test_shopify_gets_a_permalink_with_the_token_among_the_carts_attributes(store):
    factories.make_connection(store, kind="shopify")
    uneven = [LINE, LINE | {"quantity": 1, "price_minor": 401}]
    mug = {"sku": "gid://shopify/ProductVariant/99", "quantity": 1, "price_minor": 790}
    parts = urlsplit(url(store, *uneven, mug))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://tea.example/cart/41:3,99:1"
    assert parse_qs(parts.query) == {"attributes[_offerlift_acceptance]": ["a.b-c_d"], "storefront": ["true"]}
    assert cart_origin(store) == "https://tea.example"


def test_shopify_product_without_a_variants_number_has_no_cart(store):
    factories.make_connection(store, kind="shopify")
    assert url(store, LINE, {"sku": "MUG", "quantity": 1, "price_minor": 790}) == ""


def test_address_that_would_end_the_header_is_no_origin(store):
    factories.make_connection(store, kind="woocommerce", site_address="https://tea.example;script-src")
    assert cart_origin(store) == ""
