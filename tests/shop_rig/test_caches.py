"""Real caching plugins: two shoppers get one cached page, and each stays who they are."""

from collections.abc import Iterator
from email.message import Message

import pytest

from tests.shop_rig.shop import Shop, Visitor

# What each plugin's answers say of a page from its cache: the name of a header, or words at the page's end.
CACHES = {"cache-enabler": "Cache Enabler", "wp-super-cache": "WP Super Cache"}
SWITCH_ON = {
    "cache-enabler": "return 1;",
    "wp-super-cache": (
        "wp_cache_enable(); wp_super_cache_enable(); wp_cache_setting('wp_cache_not_logged_in', 2); return 1;"
    ),
}


@pytest.fixture(params=list(CACHES))
def cache(request: pytest.FixtureRequest, shop: Shop) -> Iterator[str]:
    """Words that a page from the cache has."""
    content = shop.var / "shop" / "wp-content"
    config = shop.var / "shop" / "wp-config.php"
    before = config.read_text()
    # both plugins' drop-in is loaded by WordPress only where this is defined
    config.write_text(before.replace("<?php", "<?php defined('WP_CACHE') || define('WP_CACHE', true);", 1))
    try:
        with shop.plugin(request.param):
            shop.php(SWITCH_ON[request.param])
            yield CACHES[request.param]
    finally:
        config.write_text(before)
        for name in ("advanced-cache.php", "wp-cache-config.php"):
            (content / name).unlink(missing_ok=True)


def cookies_set(headers: Message) -> list[str]:
    """The cookies that an answer sets, without WooCommerce's own."""
    return [line for line in headers.get_all("Set-Cookie") or [] if "upsell" in line or "offerlift" in line]


def test_two_shoppers_of_a_page_in_a_real_cache_stay_two(shop, edge, products, cache):
    first, second = Visitor(shop), Visitor(shop)
    first.set_cookie("upsell_visitor", "v_first")
    paths = ["/", "/shop/", f"/?p={products['BOOTS']}"]
    with shop.no_complaints():
        for path in paths:
            first.page(path)
        cached = {path: second.page(path) for path in paths}
    served = [path for path, (_, html) in cached.items() if cache in html]
    assert len(served) >= 2, served
    for headers, html in cached.values():
        assert "v_first" not in html
        assert cookies_set(headers) == []
    for name, shopper in (("v_first", first), ("v_second", second)):
        shopper.add(products["BOOTS"])
        shopper.introduce(name)
        shopper.live_in("DE")
        order = shopper.order()
        assert shop.php(f"wc_get_order({order})->get_meta('offerlift_visitor')") == name


def test_pages_with_slots_are_in_no_cache(shop, edge, products, cache):
    first, second = Visitor(shop), Visitor(shop)
    first.add(products["BOOTS"])
    first.page("/cart/")
    headers, html = second.page("/cart/")
    assert cache not in html
    assert "no-store" in (headers["Cache-Control"] or "")
    assert '"items":[]' in html.partition("offerliftPage=")[2]
