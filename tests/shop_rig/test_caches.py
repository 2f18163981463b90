"""Real caching plugins: two shoppers get one cached page, and each stays who they are."""

from collections.abc import Iterator
from email.message import Message

import pytest

from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor

# What each plugin writes at the end of a page that it keeps.
CACHES = {"cache-enabler": "Cache Enabler", "wp-super-cache": "WP-Super-Cache"}
# WordPress loads a caching plugin's drop-in only where this is defined.
CONSTANTS = "define('WP_CACHE', true); define('WPCACHEHOME', __DIR__ . '/wp-content/plugins/wp-super-cache/');"


@pytest.fixture(params=list(CACHES))
def cache(request: pytest.FixtureRequest, shop: Shop) -> Iterator[str]:
    """Words that a page from the cache has."""
    content = shop.var / "shop" / "wp-content"
    config = shop.var / "shop" / "wp-config.php"
    before = config.read_text()
    config.write_text(before.replace("<?php", f"<?php {CONSTANTS}", 1))
    try:
        with shop.plugin(request.param):
            own_config = content / "wp-cache-config.php"
            if own_config.is_file():
                own_config.write_text(
                    own_config.read_text().replace("$cache_enabled = false;", "$cache_enabled = true;")
                )
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
    assert "private" in headers["Cache-Control"]
    assert '"items":[]' in html.partition("offerliftPage=")[2]
