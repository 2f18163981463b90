"""A plugin that isn't set up, or whose shop lacks WooCommerce, leaves the shop alone and tells its staff."""

from typing import Any

import pytest

from tests.integrations.woocommerce.plugin import KEYS, SECRET, needs_php, run

# the plugin's own notice, its word that it fits, and what it adds to Offerlift's webhooks
STAFF_HOOKS = {
    "admin_notices",
    "before_woocommerce_init",
    "woocommerce_webhook_payload",
    "woocommerce_webhook_topic_hooks",
    "woocommerce_before_delete_order",
    "before_delete_post",
    "woocommerce_refund_deleted",
    "woocommerce_rest_delete_shop_order_refund_object",
}


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


@needs_php
@pytest.mark.parametrize("constants", INCOMPLETE, ids=str)
def test_plugin_that_is_not_set_up_leaves_the_shop_alone_and_tells_its_staff_once(constants):
    assert set(run("array_keys($hooks)", constants=constants)) == STAFF_HOOKS
    notice = run("call('admin_notices')", constants=constants)
    assert notice.count("<div") == 1
    assert SECRET not in notice
    for name in KEYS:
        is_missing = not str(constants.get(name) or "").strip()
        assert is_missing <= (name in notice)


@needs_php
def test_plugin_that_is_set_up_has_nothing_to_tell():
    assert run("call('admin_notices')") is None


@needs_php
def test_plugin_tells_nobody_who_cannot_mend_it():
    assert run("call('admin_notices')", "$capabilities = [];", constants={}) is None


@needs_php
@pytest.mark.parametrize("old", [None, "8.7.0"], ids=["none", "old"])
def test_plugin_without_woocommerce_prints_nothing_and_says_why(old):
    before = f"$shop->version = '{old}';" if old else ""
    assert "WooCommerce 8.8" in run("call('admin_notices')", before, shop=bool(old))
    if not old:
        for hook in ["wp_head", "init", "render_block_woocommerce/cart", "before_woocommerce_init"]:
            assert run(f"call('{hook}', '')", shop=False) in (None, "")
