"""The plugin from its connection to its end in a real shop: connected, copied, moved, deactivated, deleted."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.shop_rig.edge import TOPICS, Edge
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import Visitor

OPTIONS = "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE '%offerlift%' ORDER BY option_name"
LEFT = f"""
    global $wpdb; wp_cache_flush();
    $crons = array_filter((array) _get_cron_array(), fn($hooks) => isset($hooks['offerlift_watch']));
    $webhooks = $wpdb->get_col("SELECT delivery_url FROM {{$wpdb->prefix}}wc_webhooks");
    $tables = $wpdb->get_col("SHOW TABLES LIKE '%offerlift%'");
    $options = $wpdb->get_col("{OPTIONS}");
    return ['options' => $options, 'crons' => count($crons), 'webhooks' => $webhooks, 'tables' => $tables];
"""
WEBHOOK_OF_OTHERS = """
    $hook = new WC_Webhook(); $hook->set_topic('order.updated'); $hook->set_user_id(1); $hook->set_name('ERP');
    $hook->set_delivery_url('https://erp.example/orders'); $hook->set_status('active'); return $hook->save();
"""
DELETE = """
    deactivate_plugins(get_option('rig_plugin'));
    $done = delete_plugins([get_option('rig_plugin')]);
    return is_wp_error($done) ? $done->get_error_message() : $done;
"""


def left(shop: Shop) -> Any:
    """What the database has of the plugin, and all webhooks."""
    return shop.php(LEFT)


@pytest.fixture
def staff(shop: Shop, edge: Edge) -> Iterator[Visitor]:
    """The administrator of a shop without webhooks; whatever happens to the plugin, it is there again afterwards."""
    shop.php('global $wpdb; $wpdb->query("DELETE FROM {$wpdb->prefix}wc_webhooks"); wp_cache_flush(); return 1;')
    staff = Visitor(shop)
    staff.log_in()
    yield staff
    if not (shop.plugins / "offerlift").is_dir():
        shop.run("plugin")
    shop.php(
        "if (!is_plugin_active(get_option('rig_plugin'))) { activate_plugin(get_option('rig_plugin')); }"
        ' global $wpdb; $wpdb->query("DELETE FROM {$wpdb->prefix}wc_webhooks");'
        " $wpdb->query(\"DELETE FROM {$wpdb->options} WHERE option_name LIKE 'offerlift_%'\");"
        " wp_unschedule_hook('offerlift_watch'); wp_cache_flush(); return 1;"
    )


def test_connect_makes_webhooks_and_deleting_the_plugin_leaves_nothing(shop, edge, staff, products):
    shop.php(WEBHOOK_OF_OTHERS)
    visitor = Visitor(shop)
    with shop.no_complaints():
        assert "Connected to the store Tea." in staff.press("connect", email_offers="opt_in")
        visitor.add(products["BOOTS"])
        visitor.live_in("DE")
        visitor.get("/cart/")
        visitor.introduce("v_before")
        order = visitor.order(additional_fields={"offerlift/email-offers": True})
    connected = left(shop)
    own = [url for url in connected["webhooks"] if url == f"{edge.url}/v1/webhooks/woocommerce/tea"]
    assert len(own) == len(TOPICS)
    assert connected["crons"] == 1
    saved = {f"offerlift_{name}" for name in ("connection", "settings", "watch", "webhooks", "wordings")}
    assert saved <= {*connected["options"]}
    with shop.no_complaints():
        assert shop.php(DELETE) is True
        assert left(shop) == {"options": [], "crons": 0, "webhooks": ["https://erp.example/orders"], "tables": []}
        assert Visitor(shop).get("/cart/")[0] == 200
    # what orders carry stays with them, the words of the consent among it
    names = "['offerlift_visitor', 'offerlift_email_offers', '_offerlift_email_wording_text']"
    said = shop.php(f"$o = wc_get_order({order}); return array_map(fn($n) => $o->get_meta($n), {names});")
    assert said[:2] == ["v_before", "opt_in"]
    assert "I'd like to receive offers by email" in said[2]


def test_deactivated_plugin_does_nothing_and_comes_back_as_it_was(shop, edge, staff, products):
    staff.press("connect")
    before = left(shop)
    shop.php("deactivate_plugins(get_option('rig_plugin')); return 1;")
    visitor = Visitor(shop)
    visitor.add(products["BOOTS"])
    assert "upsell" not in visitor.get("/cart/")[1]
    assert left(shop)["crons"] == 0
    shop.php("return activate_plugin(get_option('rig_plugin'));")
    staff.get("/wp-admin/")  # the first page of the admin plans the watch again
    assert left(shop) == before


def site(address: str) -> str:
    return base64.b64encode(address.encode()).decode()


SEND = """
    $order = wc_create_order(); $order->add_product(rig_product('BOOTS'), 1); $order->update_status('processing');
    $id = $order->get_id();
    $deliver = fn($hook) => apply_filters('woocommerce_webhook_should_deliver', true, $hook, $id);
    $hooks = array_filter(offerlift_own_webhooks(), fn($hook) => $hook->get_resource() === 'order');
    return array_map($deliver, array_values($hooks));
"""


def test_copied_shop_sends_nothing_until_somebody_confirms_that_it_has_moved(shop, edge, staff, products):
    staff.press("connect")
    live = "https://live.example"
    shop.php(f"offerlift_save_settings(['site' => '{site(live)}']); return 1;")
    edge.other_site = live
    edge.sent.clear()
    edge.asked.clear()
    visitor = Visitor(shop)
    visitor.add(products["BOOTS"])
    with shop.no_complaints():
        assert "upsell" not in visitor.get("/cart/")[1]
        assert shop.php(SEND) == [False] * 4
        page = staff.get("/wp-admin/admin.php?page=offerlift")[1]
        assert f"The store is connected to {live}. This site is {shop.url}." in page
        assert "The shop has moved here" in page
        # connecting again doesn't take the store over
        assert "The shop has moved here" in staff.press("connect")
    assert [path for path, _ in edge.sent] == ["/v1/connections/woocommerce"]
    assert edge.asked == []
    with shop.no_complaints():
        moved = staff.press("move")
    assert "Connected to the store Tea." in moved
    assert "The shop has moved here" not in moved
    [*_, confirmed] = [body for path, body in edge.sent if path == "/v1/connections/woocommerce"]
    assert (confirmed["replace_site"], confirmed["site_address"]) == (True, shop.url)
    assert "upsell" in visitor.get("/cart/")[1]
    assert shop.php(SEND) == [True] * 4


def test_replaced_secret_is_asked_for_and_signs_from_then_on(shop, edge, staff):
    staff.press("connect")
    edge.sent.clear()
    staff.press("rotate")
    [body] = [body for path, body in edge.sent if path == "/v1/connections/woocommerce"]
    assert body["rotate"] is True
    secrets = shop.php("array_map(fn($hook) => $hook->get_secret(), offerlift_own_webhooks())")
    assert secrets == ["hush"] * len(TOPICS)


def test_settings_take_no_changes_from_elsewhere(shop, edge, staff):
    """A form of another site, somebody without the right, nobody: nothing is saved."""
    before = json.dumps(shop.php("offerlift_settings()"))
    forged = {"action": "offerlift_save", "what": "save", "key": "pk_evil", "_wpnonce": "0000000000"}
    for somebody in (staff, Visitor(shop)):
        status, html = somebody.get("/wp-admin/admin-post.php", forged)
        assert status in (200, 400, 403)
        assert "Connected" not in html
    assert json.dumps(shop.php("offerlift_settings()")) == before
