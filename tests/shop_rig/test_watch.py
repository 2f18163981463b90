"""A real shop's plugin switches its webhooks on again, and sends what they missed."""

from typing import Any

from tests.shop_rig.edge import TOPICS, Edge
from tests.shop_rig.watching import OFF, watch

ORDER = "$order = wc_create_order(); $order->add_product(rig_product('BOOTS'), 1); $order->update_status('processing');"
AGED = (
    "global $wpdb; $old = gmdate('Y-m-d H:i:s', time() - 1200);"
    " $wpdb->update(\"{$wpdb->prefix}wc_orders\", ['date_updated_gmt' => $old], ['id' => $order->get_id()]);"
    " wp_cache_flush();"
)


def compared(edge: Edge) -> list[dict[str, Any]]:
    """The orders that the plugin asked about, of all calls."""
    return [order for path, body in edge.sent if path == "/v1/orders/missing" for order in body["orders"]]


def test_watch_sends_what_the_edge_does_not_know(shop, edge, webhooks):
    edge.missing = "unknown"
    with shop.no_complaints():
        found = watch(shop, ORDER + AGED)
    ours = [order for order in compared(edge) if order["id"] == str(found["id"])]
    assert [order["deleted"] for order in ours] == [False]
    assert ["order.updated", found["id"]] in found["sent"]
    again = [topic for topic, _ in found["sent"] if topic != "ping"]
    assert found["state"]["again"] == len(again)


def test_watch_sends_nothing_that_arrived(shop, edge, webhooks):
    found = watch(shop, ORDER + AGED)
    assert str(found["id"]) in {order["id"] for order in compared(edge)}
    assert found["sent"] == []


def test_order_that_has_just_changed_is_left_to_woocommerce(shop, edge, webhooks):
    found = watch(shop, ORDER)
    assert str(found["id"]) not in {order["id"] for order in compared(edge)}


ALL_ACTIVE = [[topic, "active"] for topic in sorted(TOPICS)]


def test_watch_switches_webhooks_on_again_once_the_edge_answers(shop, edge, webhooks):
    edge.missing = None
    found = watch(shop, OFF)
    assert {status for _, status in found["status"]} == {"disabled"}
    assert "503" in found["state"]["problem"]
    edge.missing = ""
    assert watch(shop, "")["status"] == ALL_ACTIVE


def test_watch_leaves_a_paused_webhook_alone(shop, edge, webhooks):
    found = watch(shop, OFF.replace("disabled", "paused"))
    assert {status for _, status in found["status"]} == {"paused"}


def test_watch_comes_soon_after_woocommerce_switched_a_webhook_off(shop, edge, webhooks):
    scheduled = shop.php(
        "$hook = offerlift_own_webhooks()[0]; do_action('woocommerce_webhook_disabled_due_delivery_failures',"
        " $hook->get_id()); return wp_next_scheduled('offerlift_watch', ['soon']) - time();"
    )
    assert 500 < scheduled <= 600


DELETE = f"{OFF} {ORDER} $id = $order->get_id(); $order->delete(true); do_action('shutdown');"


def test_watch_tells_of_orders_that_were_deleted_while_the_webhooks_were_off(shop, edge, webhooks):
    edge.missing = "not_deleted"
    gone = shop.php(f"{DELETE} return $id;")
    found = watch(shop, "")
    assert ["order.deleted", gone] in found["sent"]
    assert found["deletions"] == []


def test_watch_asks_again_where_the_edge_was_down(shop, edge, webhooks):
    edge.missing = None
    gone = shop.php(f"{DELETE} return $id;")
    found = watch(shop, "")
    assert (found["sent"], list(found["deletions"])) == ([], [str(gone)])
    assert found["state"]["until"] > 0
