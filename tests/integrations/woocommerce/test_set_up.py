"""A plugin that isn't set up, or whose shop lacks WooCommerce, leaves the shop alone and tells its staff."""

from typing import Any

import pytest

from tests.integrations.woocommerce.plugin import ADMIN, KEYS, SECRET, needs_php, run

# what WooCommerce has to know of the plugin, its texts, what it adds to webhooks, and what it keeps of customers
HOOKS_OF_ALL = {
    "offerlift_delete_order",
    "offerlift_watch",
    "woocommerce_webhook_disabled_due_delivery_failures",
    "woocommerce_webhook_delivery",
    "wp_trash_post",
    "activate",
    "deactivate",
    "before_woocommerce_init",
    "init",
    "woocommerce_webhook_payload",
    "woocommerce_webhook_topic_hooks",
    "woocommerce_webhook_should_deliver",
    "woocommerce_before_delete_order",
    "before_delete_post",
    "delete_user",
    "woocommerce_analytics_update_product",
    "woocommerce_refund_deleted",
    "woocommerce_rest_delete_shop_order_refund_object",
}
LABELS = {"OFFERLIFT_EDGE": "Address", "OFFERLIFT_KEY": "Site key", "OFFERLIFT_SECRET": "Secret key"}
INCOMPLETE: list[dict[str, Any]] = [
    {},
    {"OFFERLIFT_EDGE": "https://offers.example"},
    KEYS | {"OFFERLIFT_EDGE": ""},
    KEYS | {"OFFERLIFT_KEY": " "},
    KEYS | {"OFFERLIFT_SECRET": ""},
    KEYS | {"OFFERLIFT_SECRET": False},
    KEYS | {"OFFERLIFT_EDGE": "offers.example"},
    KEYS | {"OFFERLIFT_EDGE": 'https://offers.example/"><script>'},
    KEYS | {"OFFERLIFT_KEY": SECRET, "OFFERLIFT_SECRET": "pk_shop"},
]
SAVED = (
    "$options['offerlift_settings'] = ['edge' => 'https://offers.example/', 'key' => 'pk_shop',"
    f" 'secret' => '{SECRET}', 'site' => base64_encode($site)];"
)


def saved(site: str = "https://shop.example") -> str:
    """What the settings page saved, and for which site."""
    return f"$site = '{site}'; {SAVED}"


@needs_php
@pytest.mark.parametrize("constants", INCOMPLETE, ids=str)
def test_plugin_that_is_not_set_up_leaves_the_shop_alone_and_tells_its_staff_once(constants):
    assert set(run("array_keys($hooks)", constants=constants)) == HOOKS_OF_ALL
    notice = run("call('admin_notices')", constants=constants, first=ADMIN)
    assert notice.count("<div") == 1
    assert SECRET not in notice
    for name, label in LABELS.items():
        is_missing = not str(constants.get(name) or "").strip()
        assert is_missing <= (label in notice)


@needs_php
def test_plugin_that_is_set_up_has_nothing_to_tell():
    assert run("call('admin_notices')", first=ADMIN) is None


@needs_php
def test_plugin_tells_nobody_who_cannot_mend_it():
    assert run("call('admin_notices')", "$capabilities = [];", constants={}, first=ADMIN) is None


@needs_php
@pytest.mark.parametrize("old", [None, "8.7.0"], ids=["none", "old"])
def test_plugin_without_woocommerce_prints_nothing_and_says_why(old):
    before = f"$shop->version = '{old}';" if old else ""
    assert "WooCommerce 8.8" in run("call('admin_notices')", before, shop=bool(old), first=ADMIN)
    if not old:
        for hook in ["wp_head", "wp_footer", "init", "render_block_woocommerce/cart", "before_woocommerce_init"]:
            assert run(f"call('{hook}', '')", shop=False) in (None, "")


@needs_php
def test_settings_page_sets_the_plugin_up_without_a_constant():
    assert "https://offers.example/s/upsell.js" in run("call('wp_head')", first=saved(), constants={})


@needs_php
def test_constant_comes_before_what_is_saved():
    constants = {"OFFERLIFT_EDGE": "https://other.example"}
    assert "https://other.example/s/upsell.js" in run("call('wp_head')", first=saved(), constants=constants)


@needs_php
@pytest.mark.parametrize(
    ("connected", "is_copy"),
    [
        ("https://shop.example", False),
        ("http://shop.example", False),
        ("https://SHOP.example", False),
        ("https://live.example", True),
        ("https://shop.example/staging", True),
    ],
)
def test_copy_of_a_connected_site_shows_nothing_and_says_so(connected, is_copy):
    settings: dict[str, Any] = {"first": ADMIN + saved(connected), "constants": {}}
    head, notice = run("[call('wp_head'), call('admin_notices')]", "$request['is_admin'] = false;", **settings)
    assert (head is None) is is_copy
    assert ("is a copy of" in (notice or "")) is is_copy


@needs_php
@pytest.mark.parametrize(
    ("connected", "url", "delivers"),
    [
        ("https://shop.example", "https://offers.example/v1/webhooks/woocommerce/tea", True),
        ("https://live.example", "https://offers.example/v1/webhooks/woocommerce/tea", False),
        ("https://live.example", "https://erp.example/orders", True),
    ],
)
def test_copy_delivers_no_webhook_of_ours(connected, url, delivers):
    called = f"call('woocommerce_webhook_should_deliver', true, new WC_Webhook('{url}'), 7)"
    assert run(called, first=saved(connected), constants={}) is delivers


@needs_php
def test_plugin_of_one_file_is_switched_off_when_this_one_is_activated():
    old = "function offerlift_edge() { return 'old'; }"
    assert run("call('activate') ?? $options['deactivated']", first=old) == ["offerlift.php"]
    assert set(run("array_keys($hooks)", first=old)) == {"activate", "deactivate"}
