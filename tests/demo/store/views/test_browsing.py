"""The list of products, a product, its picture."""

from typing import Any

import pytest

from tests.factories import make_order, make_product, make_store

pytestmark = pytest.mark.django_db


def titles(response: Any) -> list[str]:
    return [product.title for product in response.context["products"]]


def test_products_show_the_stores_own_best_sellers_first(shopper, store):
    make_order(store, source="history", lines=[{"sku": "21238", "quantity": 1, "price_minor": 85}])
    make_product(make_store(), title="Somebody else's")
    make_product(store, title="Out of season", is_active=False)
    assert titles(shopper.get("/demo/")) == ["Red Retrospot Cup", "Regency Cakestand"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=cup", ["Red Retrospot Cup"]),
        ("q=cup+RED", ["Red Retrospot Cup"]),
        ("q=22423", ["Regency Cakestand"]),
        ("q=cup&category=kitchen", []),
        ("category=tableware&q=regency", ["Regency Cakestand"]),
        ("q=%25", []),
        ("q=%00", ["Red Retrospot Cup", "Regency Cakestand"]),
        ("category=nonsense&page=nonsense", ["Red Retrospot Cup", "Regency Cakestand"]),
        ("page=99", ["Red Retrospot Cup", "Regency Cakestand"]),
    ],
)
def test_products_search_and_category_narrow_the_list(shopper, query, expected):
    assert titles(shopper.get(f"/demo/?{query}")) == expected


def test_products_are_paged(shopper, store):
    for number in range(25):
        make_product(store, title=f"Candle {number:02}", category="candles")
    response = shopper.get("/demo/?category=candles&page=2")
    assert titles(response) == ["Candle 24"]
    assert 'href="?category=candles&amp;page=1"' in response.text


def test_products_take_the_same_queries_however_many_there_are(shopper, store, django_assert_max_num_queries):
    for _ in range(30):
        make_product(store)
    with django_assert_max_num_queries(6):
        assert shopper.get("/demo/").status_code == 200


def test_product_page_names_and_prices_it(shopper):
    page = shopper.get("/demo/products/22423/").text
    assert "Regency Cakestand" in page
    assert "£12.75" in page


@pytest.mark.parametrize("path", ["products/1/", "pictures/1.svg", "products/%00/", "orders/P-1/"])
def test_unknown_things_are_not_found(shopper, path):
    response = shopper.get(f"/demo/{path}")
    assert response.status_code == 404


def test_an_unknown_product_keeps_the_shop_around_it(shopper):
    page = shopper.get("/demo/products/1/").text
    assert "We can't find this page" in page
    assert "Search Pennyfold" in page


def test_picture_is_svg_that_browsers_keep(shopper):
    response = shopper.get("/demo/pictures/22423.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "max-age=86400" in response.headers["Cache-Control"]


def test_titles_are_escaped(shopper, store):
    make_product(store, sku="evil", title="<script>alert(1)</script>")
    assert "<script>alert" not in shopper.get("/demo/products/evil/").text


def test_pages_embed_the_snippet_under_a_strict_policy(shopper):
    response = shopper.get("/demo/")
    policy = response.headers["Content-Security-Policy"]
    assert 'data-key="pk_demo"' in response.text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    nonce = response.wsgi_request.csp_nonce
    assert f"'nonce-{nonce}'" in policy
    assert f'<script nonce="{nonce}">window.upsell' in response.text


def test_without_a_demo_store_the_page_says_how_to_load_one(client):
    response = client.get("/demo/")
    assert response.status_code == 503
    assert "load_demo" in response.text
