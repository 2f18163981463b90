"""Plugins of others in a real shop: WordPress's consent API, an order minimum, and WordPress's own check of plugins."""

import pytest

from tests.shop_rig.edge import acceptance
from tests.shop_rig.shop import Shop
from tests.shop_rig.visitors import slots_in


@pytest.mark.parametrize(("cookie", "is_remembered"), [("deny", False), ("allow", True)])
def test_consent_api_itself_is_obeyed(shop, edge, products, visitor, cookie, is_remembered):
    # as a consent manager does where the law asks for consent
    asks = "add_filter('wp_get_consent_type', fn() => 'optin');"
    with shop.plugin("wp-consent-api"), shop.mu_plugin("manager", asks), shop.no_complaints():
        visitor.set_cookie("wp_consent_statistics", cookie)
        visitor.add(products["BOOTS"])
        html = visitor.get("/cart/")[1]
        visitor.introduce("v_1")
        visitor.live_in("DE")
        order = visitor.order()
        registered = shop.php("apply_filters('wp_consent_api_registered_' . get_option('rig_plugin'), false)")
    assert registered is True
    assert 'data-consent="required"' in html
    assert "consent_wordpress.js" in html
    assert (shop.php(f"wc_get_order({order})->get_meta('offerlift_visitor')") == "v_1") is is_remembered


MINIMUM = {"dc_moafw_activate": "1", "dc_moafw_minimum": "50", "dc_moafw_message": "At least [minimum]."}


def test_order_minimum_counts_the_accepted_offer_at_its_price(shop, edge, products, visitor, classic_pages):
    """Boots at 33.35, and two offers: at 7.90 it is 49.15 and too little, at 8.90 it is enough."""
    with shop.plugin("minimum-order-amount-for-woocommerce"), shop.wordpress_options(**MINIMUM), shop.no_complaints():
        visitor.add(products["BOOTS"])
        visitor.add(products["MUG"], 1, acceptance("MUG", 1, 790))
        visitor.add(products["TEA"], 2, acceptance("TEA", 2, 790))
        too_little = visitor.get("/classic-cart/")[1]
        cart = visitor.add(products["MUG"], 1, acceptance("MUG", 1, 890))
        enough = visitor.get("/classic-cart/")[1]
    assert [item["prices"]["price"] for item in cart["items"]] == ["3335", "790", "395", "890"]
    assert "At least" in too_little
    assert "At least" not in enough
    assert slots_in(too_little) == ["cart"]


CHECK = r"""
    require_once WP_PLUGIN_DIR . '/plugin-check/vendor/autoload.php';
    $file = WP_PLUGIN_DIR . '/offerlift/offerlift.php';
    $result = new WordPress\Plugin_Check\Checker\Check_Result(
        new WordPress\Plugin_Check\Checker\Check_Context($file, 'offerlift'));
    $checks = (new WordPress\Plugin_Check\Checker\Default_Check_Repository())->get_checks()->to_map();
    foreach ($checks as $check) {
        if (!$check instanceof WordPress\Plugin_Check\Checker\Runtime_Check) { $check->run($result); }
    }
    $codes = [];
    foreach ($result->get_errors() as $name => $lines) {
        array_walk_recursive($lines, function ($value, $key) use (&$codes, $name) {
            if ($key === 'code') { $codes["$value in $name"] = true; }
        });
    }
    return [count($checks), array_keys($codes)];
"""
# What it calls errors and isn't: HTML that functions of ours have escaped, tags that are async and carry the key,
# and translations of a plugin that doesn't come from WordPress.org.
KNOWN = {
    "WordPress.Security.EscapeOutput.OutputNotEscaped",
    "WordPress.WP.EnqueuedResources.NonEnqueuedScript",
    "PluginCheck.CodeAnalysis.DiscouragedFunctions.load_plugin_textdomainFound",
}


def test_wordpress_own_check_of_plugins_finds_nothing_else(shop: Shop) -> None:
    with shop.plugin("plugin-check"):
        count, errors = shop.php(CHECK)
    assert count > 20
    assert [error for error in errors if error.partition(" in ")[0] not in KNOWN] == []
