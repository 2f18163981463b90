"""What staff read and shoppers wait for while the plugin isn't set up or the edge is away; editors and machines."""

import pytest

from tests.shop_rig.edge import Edge
from tests.shop_rig.same_pages import STRICT
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, slots_in

PAGES = ["/", "/shop/", "/cart/", "/checkout/", "/my-account/", "/?s=boots", "/feed/"]
KEYS = {"edge": "http://127.0.0.1:9", "key": "pk_rig", "secret": "sk_rig_0123456789abcdef0123456789abcdef"}
INCOMPLETE = [{}, {"edge": KEYS["edge"]}, KEYS | {"key": ""}, KEYS | {"secret": ""}, KEYS | {"edge": "x"}]


def pages_of(visitor: Visitor, products: dict[str, int]) -> dict[str, str]:
    """The shop's pages for somebody with boots in the cart; each is whole."""
    visitor.add(products["BOOTS"])
    pages = {}
    for path in [*PAGES, f"/?p={products['BOOTS']}"]:
        status, html = visitor.get(path)
        assert status == 200, path
        assert html.rstrip().endswith(("</html>", "</rss>")), path
        pages[path] = html
    return pages


@pytest.mark.parametrize("constants", INCOMPLETE, ids=lambda keys: "-".join(keys) or "none")
def test_staff_are_told_once_what_is_missing(shop, visitor, constants):
    visitor.log_in()
    with shop.constants(constants), shop.no_complaints():
        for path in ["/wp-admin/", "/wp-admin/plugins.php", "/wp-admin/edit.php"]:
            html = visitor.get(path)[1]
            assert html.count("Offerlift shows no offers.") == 1, path


def test_shop_without_woocommerce_stays_up(shop, visitor):
    plugin = "woocommerce/woocommerce.php"
    with shop.constants(KEYS), shop.no_complaints():
        shop.php(f"deactivate_plugins('{plugin}'); return 1;")
        try:
            assert visitor.get("/cart/")[0] == 200
            visitor.log_in()
            assert "It needs WooCommerce 8.8 or newer" in visitor.get("/wp-admin/")[1]
        finally:
            # by hand: activating it runs its installation again
            shop.php(
                f"$on = get_option('active_plugins'); $on[] = '{plugin}'; sort($on);"
                " return update_option('active_plugins', $on);"
            )


def test_edge_that_does_not_answer_costs_slots_and_nothing_else(shop, edge, products, visitor):
    edge.moments = None
    with shop.no_complaints():
        pages = pages_of(visitor, products)
    assert slots_in("".join(pages.values())) == []
    assert edge.asked == ["/v1/moments?key=pk_rig"]
    visitor.log_in()
    assert "it answered with status 503" in visitor.get("/wp-admin/")[1]


def test_slow_edge_is_waited_for_once_and_costs_slots_and_nothing_else(shop, edge, products, visitor):
    edge.delay_s = 2
    visitor.add(products["BOOTS"])
    with shop.no_complaints():
        pages = [visitor.get(path)[1] for path in ("/cart/", "/checkout/", "/cart/")]
    assert slots_in("".join(pages)) == []
    assert all("</html>" in html for html in pages)
    assert edge.asked == ["/v1/moments?key=pk_rig"]


def test_complaints_of_php_as_errors_end_no_order_and_no_settings(shop, edge, products, visitor):
    edge.moments = ["cart", "shipping", "payment", "confirmation", "exit_intent"]
    with shop.mu_plugin("strict", STRICT), shop.no_complaints():
        visitor.add(products["BOOTS"])
        visitor.introduce("v_1")
        visitor.live_in("DE")
        visitor.order()
        visitor.log_in()
        assert "Connect" in visitor.get("/wp-admin/admin.php?page=offerlift")[1]


@pytest.fixture
def cart_page(shop: Shop) -> int:
    page: int = shop.php("wc_get_page_id('cart')")
    return page


def test_editors_and_the_customizer_show_nothing_of_it(
    shop: Shop, edge: Edge, visitor: Visitor, cart_page: int, products: dict[str, int]
):
    visitor.log_in()
    visitor.add(products["BOOTS"])
    changeset = "customize_changeset_uuid=6ec0d7a2-54ff-4c4c-a0e4-000000000000&customize_messenger_channel=preview-0"
    with shop.no_complaints():
        for path in [
            f"/wp-admin/post.php?post={cart_page}&action=edit",
            "/wp-admin/site-editor.php",
            "/wp-admin/customize.php",
            f"/cart/?{changeset}",
            "/cart/?preview=true",
            f"/wp-json/wp/v2/pages/{cart_page}",
            "/wp-json/wc/store/v1/cart",
            "/cart/feed/",
        ]:
            _, html = visitor.get(path)
            assert slots_in(html) == [], path
            assert "/s/upsell.js" not in html, path


def printed_by(hook: str) -> str:
    return f"(function () {{ ob_start(); do_action('{hook}'); return ob_get_clean(); }})()"


LINES = "wp:woocommerce/cart-line-items-block"
RENDER = {
    "block": f"do_blocks('<!-- {LINES} --><p></p><!-- /{LINES} -->')",
    "head": printed_by("wp_head"),
    "hook": printed_by("woocommerce_before_cart_collaterals"),
    "cron": f"define('DOING_CRON', true) ? {printed_by('wp_head')} : ''",
}


# WooCommerce before 9.8 saves the customer at the end, in a session that it takes for granted.
TAKE_AWAY = (
    "remove_action('shutdown', [WC()->customer, 'save'], 10); WC()->cart = WC()->customer = WC()->session = null;"
)


@pytest.mark.parametrize("code", RENDER.values(), ids=RENDER.keys())
def test_command_line_and_cron_print_nothing_without_a_cart(shop, edge, code):
    with shop.no_complaints():
        html = shop.php(f"{TAKE_AWAY} return {code};")
    assert "upsell" not in html
