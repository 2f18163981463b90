"""What the plugin writes into an order, and what it tells Offerlift of orders that are deleted."""

import pytest

from tests.integrations.woocommerce.plugin import needs_php, run


@needs_php
def test_plugin_writes_the_token_into_the_orders_line():
    before = "$line = new Bag(); call('woocommerce_checkout_create_order_line_item', $line, 'k',"
    before += " ['offerlift' => ['token' => 'signed']]);"
    assert run("$line->meta", before) == {"_offerlift_acceptance": "signed"}


@needs_php
def test_plugin_carries_the_visitor_and_all_variants_into_the_order():
    before = """call('woocommerce_blocks_loaded');
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['exit-test' => 'control']]);
        $order = new Bag();
        call('woocommerce_store_api_checkout_update_order_from_request', $order, new Request('POST'));
        unset($order->meta['_offerlift_placed_at']);"""
    assert run("$order->meta", before) == {
        "offerlift_visitor": "v_1",
        "offerlift_assignments": "exit-test=control, cart-test=treatment",
    }


@needs_php
@pytest.mark.parametrize(
    "call",
    ["new Request('GET')", "new Request('PUT')", "new Request('POST', ['id' => 7])"],
    ids=["opens the checkout", "fills it in", "pays an order that is there"],
)
def test_plugin_leaves_orders_alone_that_are_not_being_placed(call):
    before = f"""$_COOKIE['upsell_visitor'] = 'v_1'; $order = new Bag();
        call('woocommerce_store_api_checkout_update_order_from_request', $order, {call});"""
    assert run("$order->meta", before) == []


@needs_php
@pytest.mark.parametrize(
    ("cookie", "meta"),
    [("$_COOKIE['upsell_visitor'] = 'v_2';", {"offerlift_visitor": "v_2", "offerlift_assignments": ""}), ("", [])],
    ids=["cookie", "nothing"],
)
def test_plugin_takes_the_visitor_of_the_cookie_where_the_session_has_none(cookie, meta):
    assert (
        run("$order->meta", f"{cookie} $order = new Bag(); call('woocommerce_checkout_create_order', $order);") == meta
    )


@needs_php
def test_plugin_respects_a_withdrawn_consent():
    before = """call('woocommerce_blocks_loaded'); $_COOKIE['upsell_visitor'] = 'v_1';
        call('extensions', ['visitor' => 'v_1', 'assignments' => ['cart-test' => 'treatment']]);
        call('extensions', ['visitor' => '', 'assignments' => []]);
        $order = new Bag(); call('woocommerce_checkout_create_order', $order);"""
    assert run("$order->meta", before) == []


@needs_php
@pytest.mark.parametrize(
    "data",
    ["null", "'text'", "['visitor' => ['v_1'], 'assignments' => 'x']", "['assignments' => [['x'], 7]]"],
)
def test_plugin_takes_no_nonsense_into_the_session(data):
    before = f"call('woocommerce_blocks_loaded'); call('extensions', {data});"
    before += "$order = new Bag(); call('woocommerce_checkout_create_order', $order);"
    assert run("$order->meta", before) == []


@needs_php
def test_plugin_notes_nothing_without_a_session_and_a_cookie():
    before = """$shop->session = null; call('woocommerce_blocks_loaded'); call('extensions', ['visitor' => 'v_1']);
        $_COOKIE['upsell_visitor'] = ['v_1']; $order = new Bag(); call('woocommerce_checkout_create_order', $order);"""
    assert run("$order->meta", before) == []


@needs_php
@pytest.mark.parametrize(
    ("url", "hooks"),
    [
        (
            "https://offers.example/v1/webhooks/woocommerce/tea",
            ["offerlift_delete_order"],
        ),
        ("https://erp.example/orders", []),
    ],
)
def test_plugin_tells_offerlift_alone_of_orders_that_are_deleted_at_once(url, hooks):
    added = "call('woocommerce_webhook_topic_hooks', ['order.deleted' => []], new WC_Webhook($url))['order.deleted']"
    assert run(added, f"$url = '{url}';") == hooks
