"""A real shop tells of its products: what they cost in the cart, how many there are, and that they are gone."""

from typing import Any

from tests.shop_rig.edge import TOPICS
from tests.shop_rig.shop import Shop
from tests.shop_rig.watching import DELIVERIES, watch

CHANGES = """
    $mug = new WC_Product_Simple(); $mug->set_name('Passing'); $mug->set_sku('PASSING' . wp_rand());
    $mug->set_regular_price('11.90'); $mug->set_manage_stock(true); $mug->set_stock_quantity(3); $id = $mug->save();
"""


def told_in(found: Any) -> list[Any]:
    """What was delivered, without the calls by which WooCommerce tries an address."""
    return [sent for sent in found["sent"] if sent[0] != "ping"]


def products_told(shop: Shop, code: str) -> Any:
    """What is delivered of products by WooCommerce's own queue after something has happened, at most once each."""
    return shop.php(
        f"{DELIVERIES} {code} $queued = $GLOBALS['wc_queued_webhooks'] ?? []; $GLOBALS['wc_queued_webhooks'] = [];"
        " foreach ($queued as $one) { if (offerlift_is_own_webhook($one['webhook'])) {"
        " $one['webhook']->deliver($one['arg']); } }"
        " return ['id' => $id, 'sent' => $sent, 'bodies' => $bodies];"
    )


def test_product_is_told_of_with_its_price_and_stock_and_nothing_else(shop, edge, webhooks):
    with shop.no_complaints():
        found = products_told(shop, CHANGES)
    assert ["product.created", found["id"]] in found["sent"]
    told = found["bodies"][0]
    assert told == {
        "id": found["id"],
        "type": "simple",
        "sku": told["sku"],
        "manage_stock": True,
        "stock_quantity": 3,
        "stock_status": "instock",
        "backorders": "no",
        "offerlift_price": "11.90",
        "offerlift_sold": True,
        "offerlift_base_currency": "EUR",
    }
    sold = products_told(shop, f"$id = {found['id']}; wc_update_product_stock($id, 1, 'decrease');")
    assert [body["stock_quantity"] for body in sold["bodies"]] == [2]
    draft = products_told(shop, f"$id = {found['id']}; $p = wc_get_product($id); $p->set_status('draft'); $p->save();")
    assert [body["offerlift_sold"] for body in draft["bodies"]] == [False]
    gone = products_told(shop, f"$id = {found['id']}; wp_trash_post($id);")
    assert ["product.deleted", found["id"]] in gone["sent"]
    back = products_told(shop, f"$id = {found['id']}; wp_untrash_post($id);")
    assert ["product.restored", found["id"]] in back["sent"]
    deleted = products_told(shop, f"$id = {found['id']}; wc_get_product($id)->delete(true);")
    assert ["product.deleted", found["id"]] in deleted["sent"]


def test_price_is_told_as_the_cart_shows_it(shop, edge, webhooks, products):
    with shop.options(prices_include_tax="no", tax_display_cart="incl"):
        found = products_told(shop, f"$id = {products['MUG']}; wc_get_product($id)->save();")
    assert [body["offerlift_price"] for body in found["bodies"]] == ["11.78"]  # 9.90 and 19%


def test_variations_are_told_of_with_their_product(shop, edge, webhooks, products):
    shirt = f"wc_get_product({products['SHIRT-S']})->get_parent_id()"
    found = products_told(shop, f"$id = {shirt}; $p = wc_get_product($id); $p->set_status('draft'); $p->save();")
    shop.php(f"$p = wc_get_product({shirt}); $p->set_status('publish'); return $p->save();")
    told = [body for body in found["bodies"] if body["id"] == found["id"]][-1]
    variations = {
        item["sku"]: (item["offerlift_price"], item["offerlift_sold"]) for item in told["offerlift_variations"]
    }
    assert variations == {"SHIRT-S": ("19.99", False), "SHIRT-M": ("19.99", False)}


def test_page_that_goes_is_no_product_that_goes(shop, edge, webhooks):
    code = "$id = wp_insert_post(['post_type' => 'page', 'post_title' => 'x', 'post_status' => 'publish']);"
    found = products_told(shop, code + " wp_trash_post($id); wp_untrash_post($id); wp_delete_post($id, true);")
    assert told_in(found) == []


def test_watch_sends_products_whose_delivery_failed(shop, edge, webhooks, products):
    failed = (
        "$hooks = offerlift_active_webhooks(); add_filter('pre_http_request', fn() => ['response' => ['code' => 503],"
        f" 'body' => '', 'headers' => []]); $hooks['product.updated']->deliver({products['MUG']});"
        " $hooks['product.deleted']->deliver(999999); remove_all_filters('pre_http_request');"
    )
    assert told_in(watch(shop, failed)) == [["product.deleted", 999999], ["product.updated", products["MUG"]]]
    assert told_in(watch(shop, "")) == []


def test_watch_sends_products_that_changed_while_their_webhook_was_off(shop, edge, webhooks):
    off = (
        "$hook = offerlift_active_webhooks()['product.updated'];"
        " for ($n = 0; $n < 7; $n++) { $hook->log_delivery('x', ['method' => '', 'headers' => [], 'body' => '',"
        " 'user-agent' => ''], new WP_Error('x', 'x'), 1); }"
    )
    before = shop.php(f"{off} {CHANGES} return $id;")
    found = watch(shop, "")
    shop.php(f"wc_get_product({before})->delete(true)")
    assert ["product.updated", before] in told_in(found)
    assert found["status"] == [[topic, "active"] for topic in sorted(TOPICS)]
