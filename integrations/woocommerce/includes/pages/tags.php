<?php
/** The snippet's tags, and what the page tells it. */

defined('ABSPATH') || exit;

/** Load the snippet and the adapter. */
function offerlift_print_tags(): void {
    if (!offerlift_is_page()) {
        return;
    }
    $edge = esc_url(offerlift_edge());
    $key = esc_attr(offerlift_setting('key'));
    $consent = offerlift_has_consent_api() ? ' data-consent="required"' : '';
    // where the script can't be loaded (the server is away, or something blocks it), nothing will come into the slots
    $let_go = "addEventListener('load',function(){if(!upsell.isLoaded)document.querySelectorAll('[data-upsell-slot]')"
        . ".forEach(function(slot){slot.style.minHeight=0})})";
    echo "<script>window.upsell=window.upsell||function(){(upsell.q=upsell.q||[]).push(arguments)};$let_go</script>\n"
        . "<script async src=\"$edge/s/upsell.js\" data-key=\"$key\"$consent></script>\n"
        . offerlift_consent_tag()
        . "<script async src=\"$edge/s/woocommerce.js\"></script>\n";
}

/** Say what the page is about. At its end, when it is known which slots there are. */
function offerlift_print_page(): void {
    if (!offerlift_is_page()) {
        return;
    }
    [$command, $page] = offerlift_page();
    $json = wp_json_encode($page, JSON_HEX_TAG | JSON_HEX_AMP);
    if ($json) {  // false for a SKU that isn't text
        echo "<script>window.offerliftPage=$json;upsell('$command', offerliftPage)</script>\n";
    }
}

/** What happens on the page later: the cart changes, a delivery or a payment is chosen. */
function offerlift_enqueue_script(): void {
    if (offerlift_is_page() && !is_order_received_page()) {
        $url = plugins_url('assets/shop.js', OFFERLIFT_FILE);
        wp_enqueue_script('offerlift', $url, [], OFFERLIFT_VERSION, ['strategy' => 'defer', 'in_footer' => true]);
    }
}
