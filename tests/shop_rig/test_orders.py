"""A real shop's orders carry visitor and acceptance, and its webhooks what WooCommerce leaves out."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.shop_rig.edge import acceptance
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import found, place_classically

OURS = "https://offers.example/v1/webhooks/woocommerce/tea"


@pytest.fixture(params=["orders in tables", "orders as posts"])
def storage(request: pytest.FixtureRequest, shop: Shop) -> Iterator[str]:
    """Both ways in which WooCommerce keeps orders; an order stays where it was made."""
    keep_orders(shop, in_tables=request.param == "orders in tables")
    yield request.param
    keep_orders(shop, in_tables=True)


def keep_orders(shop: Shop, *, in_tables: bool) -> None:
    """Choose by SQL: WooCommerce itself would ask to copy all orders over before."""
    value = "yes" if in_tables else "no"
    names = "'woocommerce_custom_orders_table_enabled', 'woocommerce_feature_custom_order_tables_enabled'"
    sql = f"UPDATE {{$wpdb->options}} SET option_value = '{value}' WHERE option_name IN ({names})"
    shop.php(f'global $wpdb; $wpdb->query("{sql}"); wp_cache_flush(); return 1;')


def meta_of(shop: Shop, order: int) -> dict[str, Any]:
    """What the plugin has written into an order, and into its lines by SKU."""
    meta: dict[str, Any] = shop.php(
        f"$order = wc_get_order({order}); $meta = ['visitor' => $order->get_meta('offerlift_visitor'),"
        " 'assignments' => $order->get_meta('offerlift_assignments')];"
        " foreach ($order->get_items() as $line) {"
        "  $meta[$line->get_product()->get_sku()] = $line->get_meta('_offerlift_acceptance'); } return $meta;"
    )
    return meta


def test_block_checkout_carries_visitor_and_acceptance(shop, edge, storage, products, visitor):
    token = acceptance("MUG", 1, 790)
    visitor.add(products["BOOTS"])
    visitor.add(products["MUG"], 1, token)
    visitor.live_in("DE")
    visitor.introduce("v_block")
    with shop.no_complaints():
        order = visitor.order()
    expected = {"visitor": "v_block", "assignments": "cart-mug=treatment", "BOOTS": "", "MUG": token}
    assert meta_of(shop, order) == expected


def test_block_checkout_notes_when_the_order_was_placed(shop, edge, storage, products, visitor):
    """Before WooCommerce 11 the order is made when the checkout is opened; it is placed seconds later."""
    visitor.add(products["BOOTS"])
    visitor.live_in("DE")
    opened = visitor.api("checkout")["order_id"]
    time.sleep(3)
    clicked_at = int(time.time())
    placed = visitor.order()
    assert placed == opened or not opened
    created, noted, modified = shop.php(
        f"$order = wc_get_order({placed}); return [$order->get_date_created()->getTimestamp(),"
        " strtotime($order->get_meta('_offerlift_placed_at')), $order->get_date_modified()->getTimestamp()];"
    )
    assert clicked_at <= noted <= modified
    assert (created < clicked_at) == bool(opened)


def test_classic_pages_show_slots_and_carry_visitor_and_acceptance(
    shop, edge, storage, products, visitor, classic_pages
):
    token = acceptance("MUG", 1, 790)
    visitor.add(products["MUG"], 1, token)
    visitor.live_in("DE")
    visitor.introduce("v_classic")
    with shop.no_complaints():
        cart = visitor.get("/classic-cart/")[1]
        checkout = visitor.get("/classic-checkout/")[1]
        assert 'data-upsell-slot="cart"' in cart.partition("</form>")[2]
        assert 'data-upsell-slot="payment"' in checkout
        placed = place_classically(visitor, checkout)
        order = int(found(r"order-received/(\d+)", placed))
        thanks = visitor.get(placed.partition(shop.url)[2])[1]
    assert 'data-upsell-slot="confirmation"' in thanks
    assert '"total_minor":790' in thanks.partition("offerliftPage=")[2]
    assert meta_of(shop, order) == {"visitor": "v_classic", "assignments": "cart-mug=treatment", "MUG": token}


def test_pages_for_drawing_a_part_again_have_no_slots(shop, edge, products, visitor, classic_pages):
    visitor.add(products["BOOTS"])
    nonce = found(r'"update_order_review_nonce":"(\w+)"', visitor.get("/classic-checkout/")[1])
    part = visitor.get("/?wc-ajax=update_order_review", {"security": nonce})[1]
    assert "fragments" in part
    assert "data-upsell-slot" not in part


# two teas, two mugs and shipping; then a tea and its tax, the shipping, and 1.50 for nothing said
REFUNDED = """
    $order = wc_create_order();
    $order->set_address(['country' => 'DE', 'first_name' => 'Sam'], 'billing');
    $tea = $order->add_product(rig_product('TEA'), 2);
    $order->add_product(rig_product('MUG'), 2);
    $flat = new WC_Order_Item_Shipping();
    $flat->set_method_title('Flat');
    $flat->set_total('4.90');
    $order->add_item($flat);
    $order->calculate_totals();
    $order->update_status('processing');
    $tax = fn($item, $part) => array_map(fn($t) => round($t * $part, 2), array_filter($item->get_taxes()['total']));
    $of_tea = $order->get_item($tea);
    $of_flat = array_values($order->get_items('shipping'))[0];
    foreach ([[$of_tea, 1, 0.5], [$of_flat, 0, 1]] as [$item, $quantity, $part]) {
        $line = ['qty' => $quantity, 'refund_total' => round($item->get_total() * $part, 2),
            'refund_tax' => $tax($item, $part)];
        $refund = wc_create_refund(['order_id' => $order->get_id(), 'line_items' => [$item->get_id() => $line],
            'amount' => $line['refund_total'] + array_sum($line['refund_tax'])]);
    }
    wc_create_refund(['order_id' => $order->get_id(), 'amount' => '1.50']);
"""
PAYLOAD = """
    $hook = new WC_Webhook();
    $hook->set_topic('order.updated');
    $hook->set_user_id(1);
    $hook->set_api_version('wp_api_v3');
    $hook->set_delivery_url($url);
    $hook->set_name('of a test');
    $hook->save();
    wp_set_current_user(0);
    $body = $hook->build_payload($order->get_id());
    wp_set_current_user(1);
    $hook->delete(true);
    $asked = rest_do_request(new WP_REST_Request('GET', "/wc/v3/orders/{$order->get_id()}/refunds"));
    return [$body, rest_get_server()->response_to_data($asked, false)];
"""


def test_webhook_says_what_refunds_are_for_as_the_rest_api_does(shop, storage):
    with shop.no_complaints():
        body, refunds = shop.php(f"$url = '{OURS}'; {REFUNDED} {PAYLOAD}")
    by_id = {refund["id"]: refund for refund in body["offerlift_refunds"]}
    assert by_id == {refund["id"]: {name: refund[name] for name in refund if name != "_links"} for refund in refunds}
    assert len(by_id) == 3
    told = [
        (
            refund["amount"],
            [(line["sku"], line["quantity"], line["total"]) for line in refund["line_items"]],
            [line["total"] for line in refund["shipping_lines"]],
        )
        for _, refund in sorted(by_id.items())
    ]
    # tea is 4.00 with 7% tax: 3.74 and 0.26
    assert told[0] == ("4.00", [("TEA", -1, "-3.74")], [])
    assert (told[1][1], len(told[1][2])) == ([], 1)
    assert told[2] == ("1.50", [], [])


def test_webhook_of_somebody_else_stays_as_it_is(shop):
    body, _ = shop.php(f"$url = 'https://erp.example/orders'; {REFUNDED} {PAYLOAD}")
    assert (len(body["refunds"]), "offerlift_refunds" in body) == (3, False)


DELIVERED = """
    $sent = [];
    add_action('woocommerce_webhook_process_delivery', function ($hook, $id) use (&$sent) {
        $sent[] = [$hook->get_topic(), $hook->get_delivery_url(), $id];
    }, 1, 2);
    remove_action('woocommerce_webhook_process_delivery', 'wc_webhook_process_delivery', 10);
"""
WEBHOOKS = """
    $hooks = [];
    foreach (['order.deleted', 'order.updated'] as $topic) {
        foreach ([$url, 'https://erp.example/orders'] as $address) {
            $hook = new WC_Webhook();
            $hook->set_topic($topic);
            $hook->set_status('active');
            $hook->set_user_id(1);
            $hook->set_api_version('wp_api_v3');
            $hook->set_delivery_url($address);
            $hook->set_name('of a test');
            $hook->save();
            $hook->enqueue();
            $hooks[] = $hook;
        }
    }
"""
DONE = "foreach ($hooks as $hook) { $hook->delete(true); } return [$id, $sent];"


def delivered(shop: Shop, change: str) -> set[tuple[str, str, bool]]:
    """Topics and addresses of what is sent of an order by a change of it, and whether it is of this order."""
    order = f"$url = '{OURS}'; {REFUNDED} {WEBHOOKS} $id = $order->get_id();"
    identifier, sent = shop.php(f"{order} {DELIVERED} {change} {DONE}")
    return {(topic, url, of == identifier) for topic, url, of in sent if "example" in url}


@pytest.mark.parametrize("change", ["$order->delete(true);", "wp_delete_post($id, true);"], ids=["order", "post"])
def test_webhook_tells_of_an_order_that_is_deleted_at_once(shop, storage, change):
    if storage == "orders in tables" and "post" in change:
        pytest.skip("such orders are no posts")
    with shop.no_complaints():
        sent = delivered(shop, change)
    assert [row for row in sent if row[0] == "order.deleted"] == [("order.deleted", OURS, True)]


def test_webhook_tells_of_an_order_in_the_trash_as_before(shop, storage):
    sent = {row for row in delivered(shop, "$order->delete(false);") if row[0] == "order.deleted"}
    assert sent == {("order.deleted", url, True) for url in (OURS, "https://erp.example/orders")}


DELETE_REFUND = {
    "in the admin": "do_action('woocommerce_refund_deleted', $refund->get_id(), $id);",
    "by the REST API": (
        "$call = new WP_REST_Request('DELETE', \"/wc/v3/orders/$id/refunds/{$refund->get_id()}\");"
        "$call->set_param('force', true);"
        "if (rest_do_request($call)->get_status() !== 200) { throw new Exception('not deleted'); }"
    ),
}


@pytest.mark.parametrize("change", DELETE_REFUND.values(), ids=DELETE_REFUND.keys())
def test_webhook_tells_of_a_refund_that_is_deleted(shop, storage, change):
    with shop.no_complaints():
        sent = delivered(shop, f"$GLOBALS['refund'] = $refund; {change}")
    assert ("order.updated", OURS, True) in sent
