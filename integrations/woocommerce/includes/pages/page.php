<?php
/** The page that a shopper looks at: which one it is, and what is in the cart or in the order. */

defined('ABSPATH') || exit;

/** The shopper's cart; null where WooCommerce has none: in the admin, REST, cron, on the command line. */
function offerlift_cart(): ?WC_Cart {
    $cart = function_exists('WC') ? WC()->cart : null;
    return $cart instanceof WC_Cart ? $cart : null;
}

/** Whether a page is drawn for a shopper, whatever page: not a part of one, a preview, or an editor. */
function offerlift_is_for_shoppers(): bool {
    $is_request_for_a_part = wp_doing_ajax() || wp_doing_cron() || (defined('REST_REQUEST') && REST_REQUEST);
    if ($is_request_for_a_part || is_admin() || is_feed() || is_preview() || is_customize_preview()) {
        return false;
    }
    return offerlift_cart() !== null;
}

/** Whether a cart, checkout or thank-you page is drawn for a shopper. */
function offerlift_is_page(): bool {
    if (!offerlift_is_for_shoppers() || !(is_cart() || is_checkout())) {
        return false;
    }
    if (is_order_received_page()) {
        return offerlift_order_received() !== null;
    }
    return !is_checkout_pay_page();  // whoever pays an order that is there already can't add to it
}

/** The order that the thank-you page thanks for; null without the order's key, and where the payment failed. */
function offerlift_order_received(): ?WC_Order {
    $order = is_order_received_page() ? wc_get_order(absint(get_query_var('order-received'))) : null;
    $key = isset($_GET['key']) && is_string($_GET['key']) ? wp_unslash($_GET['key']) : '';
    $is_shoppers = $order instanceof WC_Order && hash_equals($order->get_order_key(), $key);
    return $is_shoppers && !$order->has_status('failed') ? $order : null;
}

/** A line of the cart or of an order, as decide wants it; amounts are those that the shopper sees. */
function offerlift_item($product, float $quantity, float $subtotal, string $currency): array {
    return [
        'sku' => $product instanceof WC_Product ? ($product->get_sku() ?: (string) $product->get_id()) : '',
        'quantity' => max(1, (int) round($quantity)),
        'price_minor' => offerlift_minor($quantity > 0 ? $subtotal / $quantity : $subtotal, $currency),
    ];
}

/**
 * The cart, with tax where the shop shows its cart with tax: goods after discounts, before shipping.
 *
 * That is also what WooCommerce compares with the minimum for free shipping, so that the distance to it is right.
 */
function offerlift_cart_data(WC_Cart $cart): array {
    $currency = get_woocommerce_currency();
    $is_with_tax = $cart->display_prices_including_tax();
    $items = [];
    foreach ($cart->get_cart() as $item) {
        $tax = $is_with_tax ? (float) ($item['line_subtotal_tax'] ?? 0) : 0;
        $subtotal = (float) ($item['line_subtotal'] ?? 0) + $tax;
        $items[] = offerlift_item($item['data'], (float) $item['quantity'], $subtotal, $currency);
    }
    $total = (float) $cart->get_cart_contents_total() + ($is_with_tax ? (float) $cart->get_cart_contents_tax() : 0);
    return ['currency' => $currency, 'total_minor' => offerlift_minor($total, $currency), 'items' => $items];
}

/** The order in the place of the cart, which is empty by then. */
function offerlift_order_data(WC_Order $order): array {
    $currency = $order->get_currency();
    $is_with_tax = offerlift_shows_tax();
    $items = [];
    $total = 0.0;
    foreach ($order->get_items() as $line) {
        $subtotal = (float) $line->get_subtotal() + ($is_with_tax ? (float) $line->get_subtotal_tax() : 0);
        $total += (float) $line->get_total() + ($is_with_tax ? (float) $line->get_total_tax() : 0);
        $items[] = offerlift_item($line->get_product(), (float) $line->get_quantity(), $subtotal, $currency);
    }
    return ['currency' => $currency, 'total_minor' => offerlift_minor($total, $currency), 'items' => $items];
}

/** What is known of the shopper: the country, and what somebody who is logged in has bought. */
function offerlift_shopper(string $country): array {
    $owned = offerlift_owned();
    return ['country' => $country ?: null] + ($owned ? ['owned' => $owned] : []);
}

/** What the cart's page says of itself: the cart, and who the shopper is. */
function offerlift_cart_page(WC_Cart $cart): array {
    $customer = WC()->customer;
    $country = $customer instanceof WC_Customer ? $customer->get_billing_country() : '';
    return ['cart' => offerlift_cart_data($cart), 'visitor' => offerlift_shopper((string) $country)];
}

/** The snippet's command for this page, and what it says. */
function offerlift_page(): array {
    $order = offerlift_order_received();
    if ($order) {
        $shopper = offerlift_shopper((string) $order->get_billing_country());
        return ['order', ['cart' => offerlift_order_data($order), 'visitor' => $shopper]];
    }
    return ['page', offerlift_cart_page(offerlift_cart()) + ['moments' => offerlift_wanted_moments()]];
}
