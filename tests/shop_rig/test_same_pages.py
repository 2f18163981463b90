"""Whatever happens, a real shop answers as if the plugin weren't there: statuses, headers, pages, and its log."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.shop_rig.edge import SECRET, Edge
from tests.shop_rig.same_pages import SLOT, STRICT, TAGS, ask, differences, switch
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor, slots_in

PAGES = ["/", "/shop/", "/cart/", "/checkout/", "/my-account/", "/?s=boots", "/feed/", "/nothing-here/", "/cart/feed/"]
MACHINES = [
    *("/wp-json/", "/wp-json/wc/store/v1/cart", "/wp-json/wc/store/v1/products", "/wp-json/offerlift/v1/nothing"),
    *("/wp-cron.php", "/wp-sitemap.xml", "/robots.txt", "/wp-login.php", "/wp-admin/admin-post.php"),
    *("/?wc-ajax=get_refreshed_fragments", "/?wc-ajax=update_order_review"),
    "/wp-admin/admin-ajax.php?action=heartbeat",
]
PREVIEWS = [
    "/cart/?customize_changeset_uuid=6ec0d7a2-54ff-4c4c-a0e4-000000000000&customize_messenger_channel=preview-0",
    *("/cart/?preview=true", "/checkout/?preview=true"),
]
ADMIN = [
    *("/wp-admin/", "/wp-admin/site-editor.php", "/wp-admin/customize.php", "/wp-admin/edit.php?post_type=product"),
    *("/wp-admin/admin.php?page=wc-settings", "/wp-admin/admin.php?page=wc-orders", "/wp-admin/widgets.php"),
    *("/wp-admin/edit.php?post_type=shop_order", "/wp-admin/admin.php?page=wc-admin"),
]
NOBODY = {"edge": "http://127.0.0.1:9", "key": "pk_rig", "secret": SECRET}
INCOMPLETE = [{}, {"edge": NOBODY["edge"]}, NOBODY | {"key": ""}, NOBODY | {"secret": ""}, NOBODY | {"edge": "x"}]
ADDED = {"nothing": [], "down": TAGS, "slow": TAGS, "well": [*TAGS, SLOT]}
ALL = ["cart", "shipping", "payment", "confirmation", "exit_intent"]


@pytest.fixture(autouse=True)
def switchable(shop: Shop) -> Iterator[None]:
    with switch(shop):
        yield


@contextmanager
def orders_in(shop: Shop, tables: str) -> Iterator[None]:
    """Have orders in their tables (yes), or as posts (no). WooCommerce refuses to switch while it copies orders."""
    usage = "Automattic\\WooCommerce\\Utilities\\OrderUtil::custom_orders_table_usage_is_enabled()"
    option = "woocommerce_custom_orders_table_enabled"
    # a file's name for each, because PHP may take a file that changes for its cached self for two seconds
    with shop.mu_plugin(f"tables-{tables}", f"add_filter('pre_option_{option}', fn() => '{tables}');"):
        assert shop.php(usage) == (tables == "yes")
        yield


def buy(visitor: Visitor, boots: int) -> str:
    """Order boots with the plugin there, then put another pair into the cart; the path of the thank-you page."""
    visitor.set_cookie("rig_without", "")
    visitor.add(boots)
    visitor.live_in("DE")
    order = visitor.order()
    key = visitor.shop.php(f"wc_get_order({order})->get_order_key()")
    visitor.add(boots)
    return f"/checkout/order-received/{order}/?key={key}"


def shop_pages(visitor: Visitor, products: dict[str, int]) -> list[str]:
    """All that a shopper, a robot or another machine asks for."""
    thanks = buy(visitor, products["BOOTS"])
    pay = thanks.replace("order-received", "order-pay").replace("?", "?pay_for_order=true&")
    return [*PAGES, *MACHINES, f"/?p={products['BOOTS']}", thanks, thanks.partition("?")[0], pay]


@pytest.mark.parametrize("tables", ["yes", "no"], ids=["orders in tables", "orders as posts"])
@pytest.mark.parametrize("constants", INCOMPLETE, ids=lambda keys: "-".join(keys) or "nothing")
def test_shop_of_an_incomplete_set_up_is_the_same_to_the_letter(shop, products, visitor, constants, tables):
    with shop.constants(constants), orders_in(shop, tables):
        assert differences(visitor, shop_pages(visitor, products), []) == []


def broken(state: str, edge: Edge, shop: Shop) -> dict[str, str]:
    """Bring about a state of the edge; the plugin's constants for it."""
    if state == "down":
        return NOBODY
    edge.moments = None if state == "unwell" else ([] if state == "idle" else ALL)
    edge.delay_s = 2.0 if state == "slow" else 0.0
    return edge.constants()


@pytest.mark.parametrize("tables", ["yes", "no"], ids=["orders in tables", "orders as posts"])
@pytest.mark.parametrize("state", ["down", "unwell", "slow", "idle"])
def test_shop_is_the_same_but_for_invisible_tags_while_the_edge_is(shop, edge, products, visitor, state, tables):
    with shop.constants(broken(state, edge, shop)), orders_in(shop, tables):
        assert differences(visitor, shop_pages(visitor, products), TAGS) == []


@pytest.mark.parametrize("state", ["nothing", "down", "slow", "well"])
def test_complaints_of_php_as_errors_change_no_page(shop, edge, products, visitor, state):
    with ExitStack() as stack:
        stack.enter_context(shop.mu_plugin("strict", STRICT))
        stack.enter_context(shop.constants({} if state == "nothing" else broken(state, edge, shop)))
        assert differences(visitor, shop_pages(visitor, products), ADDED[state]) == []


@pytest.mark.parametrize("state", ["nothing", "down", "well"])
def test_editors_the_customizer_and_the_admin_are_answered_as_before(shop, edge, products, visitor, state):
    cart_page = shop.php("wc_get_page_id('cart')")
    editing = [
        *(f"/wp-admin/post.php?post={cart_page}&action=edit", f"/wp-json/wp/v2/pages/{cart_page}?context=edit"),
        *(f"/wp-json/wp/v2/pages/{cart_page}", f"/wp-admin/post.php?post={products['BOOTS']}&action=edit"),
    ]
    with shop.constants({} if state == "nothing" else broken(state, edge, shop)):
        visitor.log_in()
        visitor.add(products["BOOTS"])
        assert differences(visitor, PREVIEWS, TAGS) == []
        for path in [*PREVIEWS, *ADMIN, *editing]:
            before, answer = ask(visitor, path, is_there=False), ask(visitor, path, is_there=True)
            assert (answer.status, answer.logged - before.logged) == (before.status, frozenset()), path
            assert slots_in(answer.text) == [], path
            assert "/s/upsell.js" not in answer.text, path
