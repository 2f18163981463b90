<?php
/**
 * Offers that were accepted in a message: the edge leads to `?offerlift_token=`, and what the token accepts goes into the cart.
 *
 * All of it or nothing: whatever fails, the cart is as it was, and the shopper reads why. The same token again changes nothing.
 */

defined('ABSPATH') || exit;

/** Take the token of the address, then show the cart; nothing for an address without one. */
function offerlift_take_token(): void {
    $token = $_GET['offerlift_token'] ?? null;
    $is_visit = ($_SERVER['REQUEST_METHOD'] ?? '') === 'GET' && !is_admin() && offerlift_cart() && WC()->session;
    if (!is_string($token) || !$is_visit) {
        return;
    }
    wc_nocache_headers();
    WC()->session->set_customer_session_cookie(true);  // a guest without a cart has none, and what is said would be lost
    $problem = offerlift_put_accepted(offerlift_cart(), $token);
    wc_add_notice($problem ?: __('The offer is in your cart.', 'offerlift'), $problem ? 'error' : 'success');
    WC()->session->set('offerlift_has_said', true);
    wp_safe_redirect(wc_get_cart_url(), 303);
    exit;
}

/** Say it above the cart's block too, which leaves notices to the theme. */
function offerlift_say_above_cart($html) {
    $session = function_exists('WC') ? WC()->session : null;
    if (!offerlift_is_page() || !$session || !$session->get('offerlift_has_said')) {
        return $html;
    }
    $session->set('offerlift_has_said', null);
    return wc_print_notices(true) . $html;
}

/** Put what a token accepts into the cart; what is wrong in a sentence, empty if nothing. */
function offerlift_put_accepted(WC_Cart $cart, string $token): string {
    $claims = offerlift_claims($token);
    if (!$claims) {
        return __('This offer can\'t be added to your cart because the link is no longer valid. Open the offer in your email again.', 'offerlift');
    }
    if (offerlift_holds_token($cart, $token)) {
        return '';
    }
    if ($claims['currency'] !== get_woocommerce_currency()) {
        /* translators: %s: the code of a currency, such as EUR */
        return sprintf(__('This offer can\'t be added to your cart because its price is in %s. Change the shop\'s currency, and open the offer in your email again.', 'offerlift'), $claims['currency']);
    }
    $before = $cart->get_cart_contents();
    if (offerlift_fill_cart($cart, $claims, $token)) {
        return '';
    }
    $cart->set_cart_contents($before);
    $cart->calculate_totals();
    return __('The offer couldn\'t be added. Your cart is unchanged.', 'offerlift');
}

/** Whether the cart has what the token accepts already. */
function offerlift_holds_token(WC_Cart $cart, string $token): bool {
    $tokens = array_map(fn($item) => $item['offerlift']['token'] ?? '', $cart->get_cart());
    return in_array($token, $tokens, true);
}

/** Add the accepted products, take out what they replace, and look whether the cart asks the accepted prices. */
function offerlift_fill_cart(WC_Cart $cart, array $claims, string $token): bool {
    $accepted = [];
    foreach (offerlift_accepted_products($claims) as $id => $product) {
        $item = $product ? offerlift_accepted_item($claims, $product, $token) : null;
        $key = $item ? offerlift_add_item($cart, $product, $item) : '';
        if ($key === '') {
            return false;
        }
        $accepted[$key] = $item['offerlift'];
    }
    offerlift_take_out_replaced($cart, $claims);
    $cart->calculate_totals();
    foreach ($accepted as $key => $of) {
        if (!offerlift_is_as_accepted($cart->get_cart_item($key), $of, $claims['currency'])) {
            return false;
        }
    }
    return (bool) $accepted;
}

/** The accepted products by their id; null where the shop doesn't have one. */
function offerlift_accepted_products(array $claims): array {
    $products = [];
    foreach ($claims['lines'] as $line) {
        $id = absint($line['external_id'] ?? 0) ?: absint(wc_get_product_id_by_sku($line['sku']));
        $products[$id] = wc_get_product($id) ?: null;
    }
    return $products;
}

/** Add an accepted product as WooCommerce's own buttons do; the item's key, empty where the shop doesn't sell it so. */
function offerlift_add_item(WC_Cart $cart, WC_Product $product, array $item): string {
    $units = $item['offerlift']['quantity'];
    $id = $product->get_parent_id() ?: $product->get_id();
    $variation = $product->get_parent_id() ? $product->get_id() : 0;
    $attributes = $variation ? $product->get_variation_attributes() : [];
    if (!apply_filters('woocommerce_add_to_cart_validation', true, $id, $units, $variation, $attributes)) {
        return '';
    }
    return (string) $cart->add_to_cart($id, $units, $variation, $attributes, $item);
}

/** Take so many of what an upgrade replaces out of the cart, where it is in there. */
function offerlift_take_out_replaced(WC_Cart $cart, array $claims): void {
    $replaced = $claims['replaces'] ?? null;
    foreach ($replaced ? $cart->get_cart() : [] as $key => $item) {
        $product = $item['data'];
        $is_same = $product->get_sku() === $replaced['sku'] || (string) $product->get_id() === ($replaced['external_id'] ?? '');
        if ($is_same && !isset($item['offerlift'])) {
            $cart->set_quantity($key, max(0, $item['quantity'] - ($claims['quantity'] ?? 1)), false);
            return;
        }
    }
}

/** Whether the cart asks what was accepted for an item, but for a cent of rounding. */
function offerlift_is_as_accepted(array $item, array $accepted, string $currency): bool {
    $asked = (float) ($item['line_subtotal'] ?? 0) + (offerlift_shows_tax() ? (float) ($item['line_subtotal_tax'] ?? 0) : 0);
    $difference = offerlift_minor($asked, $currency) - offerlift_minor($accepted['price'] * $accepted['quantity'], $currency);
    $is_whole = (float) ($item['quantity'] ?? 0) === (float) $accepted['quantity'];
    return $is_whole && abs($difference) <= max(1, intdiv($accepted['quantity'], 2));
}
