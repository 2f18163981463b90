<?php
/**
 * Plugin Name: Offerlift
 * Description: Offers on the cart, checkout and thank-you pages; accepted ones at their price; all of it in the order.
 * Requires Plugins: woocommerce
 * Requires PHP: 7.4
 *
 * Copy this file to wp-content/plugins, activate it, and say in wp-config.php where the edge is and who the store is:
 *   define('OFFERLIFT_EDGE', 'https://offers.example');
 *   define('OFFERLIFT_KEY', 'pk_...');
 *   define('OFFERLIFT_SECRET', 'sk_...');
 */

defined('ABSPATH') || exit;

/** The claims of an acceptance (a JSON Web Token, HS256), or null unless this store's key signed it and it is fresh. */
function offerlift_claims($token): ?array {
    $parts = is_string($token) ? explode('.', $token) : [];
    if (count($parts) !== 3 || !defined('OFFERLIFT_SECRET')) {
        return null;
    }
    $decode = fn($text) => (string) base64_decode(strtr($text, '-_', '+/'));
    $signature = hash_hmac('sha256', "$parts[0].$parts[1]", OFFERLIFT_SECRET, true);
    $claims = json_decode($decode($parts[1]), true);
    $is_ours = hash_equals($signature, $decode($parts[2])) && is_array($claims);
    return $is_ours && ($claims['iss'] ?? '') === 'offerlift' && ($claims['exp'] ?? 0) > time() ? $claims : null;
}

/** Units of a currency's smallest coin in one. */
function offerlift_minor_units(string $currency): int {
    $decimals = [
        'BIF' => 0, 'CLP' => 0, 'DJF' => 0, 'GNF' => 0, 'ISK' => 0, 'JPY' => 0, 'KMF' => 0, 'KRW' => 0, 'PYG' => 0,
        'RWF' => 0, 'UGX' => 0, 'VND' => 0, 'VUV' => 0, 'XAF' => 0, 'XOF' => 0, 'XPF' => 0,
        'BHD' => 3, 'IQD' => 3, 'JOD' => 3, 'KWD' => 3, 'LYD' => 3, 'OMR' => 3, 'TND' => 3,
    ];
    return 10 ** ($decimals[$currency] ?? 2);
}

/** What was accepted of a product: ['quantity' => units, 'price' => of one], or null for nothing. */
function offerlift_accepted(array $claims, string $sku, string $id): ?array {
    $quantity = $total = 0;
    foreach ($claims['lines'] as $line) {
        if ($line['sku'] === $sku || ($line['external_id'] ?? '') === $id) {
            $quantity += $line['quantity'];
            $total += $line['quantity'] * $line['price_minor'];
        }
    }
    $price = $quantity ? $total / $quantity / offerlift_minor_units($claims['currency']) : 0;
    return $quantity ? ['quantity' => $quantity, 'price' => $price] : null;
}

/** The cart and the shopper, as the snippet's command `page` wants them. */
function offerlift_page(): array {
    $units = offerlift_minor_units(get_woocommerce_currency());
    $items = [];
    foreach (WC()->cart->get_cart() as $item) {
        $items[] = [
            'sku' => $item['data']->get_sku() ?: (string) $item['data']->get_id(),
            'quantity' => $item['quantity'],
            'price_minor' => (int) round($item['line_subtotal'] / $item['quantity'] * $units),
        ];
    }
    $total = (int) round(WC()->cart->get_cart_contents_total() * $units);
    return [
        'cart' => ['currency' => get_woocommerce_currency(), 'total_minor' => $total, 'items' => $items],
        'visitor' => ['country' => WC()->customer->get_billing_country() ?: null],
    ];
}

/** A place for an offer, high enough for a card where the theme is wide. */
function offerlift_slot(string $moment): string {
    return '<div data-upsell-slot="' . esc_attr($moment) . '" style="min-height: 200px"></div>';
}

// The tags, and what the page is about. Add the tag of your consent manager's adapter here if you need one.
add_action('wp_head', function () {
    if (!is_cart() && !is_checkout()) {
        return;
    }
    $edge = esc_url(OFFERLIFT_EDGE);
    $page = wp_json_encode(offerlift_page(), JSON_HEX_TAG | JSON_HEX_AMP);
    echo "<script>window.upsell=window.upsell||function(){(upsell.q=upsell.q||[]).push(arguments)}</script>\n"
        . "<script async src=\"$edge/s/upsell.js\" data-key=\"" . esc_attr(OFFERLIFT_KEY) . "\"></script>\n"
        . "<script async src=\"$edge/s/woocommerce.js\"></script>\n"
        . "<script>upsell('page', $page)</script>\n";
});

// Slots of the classic pages; the payment's is outside of what the checkout draws again.
foreach ([
    'woocommerce_after_cart_table' => 'cart',
    'woocommerce_review_order_before_payment' => 'payment',
    'woocommerce_thankyou' => 'confirmation',
] as $hook => $moment) {
    add_action($hook, function () use ($moment) {
        echo offerlift_slot($moment);
    });
}

// Slots of the blocks, below the cart and above the checkout.
add_filter('render_block_woocommerce/cart', fn($html) => $html . offerlift_slot('cart'));
add_filter('render_block_woocommerce/checkout', fn($html) => offerlift_slot('payment') . $html);

// The adapter sends the acceptance along with the product: such a line is one of its own.
add_filter('woocommerce_store_api_add_to_cart_data', function ($data, $request) {
    $claims = offerlift_claims($request['offerlift_acceptance']);
    $product = $claims && $claims['currency'] === get_woocommerce_currency() ? wc_get_product($data['id']) : null;
    $accepted = $product ? offerlift_accepted($claims, $product->get_sku(), (string) $data['id']) : null;
    if ($accepted) {
        $data['cart_item_data']['offerlift'] = $accepted + ['token' => $request['offerlift_acceptance']];
    }
    return $data;
}, 10, 2);

// The accepted price holds for as many units as were accepted; a line with more is at the catalogue's.
add_action('woocommerce_before_calculate_totals', function ($cart) {
    foreach ($cart->get_cart() as $item) {
        if (isset($item['offerlift']) && $item['quantity'] <= $item['offerlift']['quantity']) {
            $item['data']->set_price($item['offerlift']['price']);
        }
    }
});

// The order's line carries the acceptance; names that begin with an underscore are not shown to shoppers.
add_action('woocommerce_checkout_create_order_line_item', function ($line, $key, $item) {
    if (isset($item['offerlift'])) {
        $line->add_meta_data('_offerlift_acceptance', $item['offerlift']['token']);
    }
}, 10, 3);

// The adapter leaves the visitor and the variants with the session; an empty visitor is a withdrawn consent.
add_action('woocommerce_blocks_loaded', function () {
    woocommerce_store_api_register_update_callback(['namespace' => 'offerlift', 'callback' => function ($data) {
        $visitor = sanitize_text_field($data['visitor'] ?? '');
        $earlier = $visitor ? (array) WC()->session->get('offerlift_assignments', []) : [];
        $assignments = array_map('sanitize_text_field', (array) ($data['assignments'] ?? []));
        WC()->session->set('offerlift_visitor', $visitor);
        WC()->session->set('offerlift_assignments', array_slice($assignments + $earlier, 0, 50));
    }]);
});

/** Write both into the order, from where the webhook carries them back. */
function offerlift_note($order): void {
    $visitor = WC()->session ? WC()->session->get('offerlift_visitor') : null;
    $visitor = $visitor ?? sanitize_text_field($_COOKIE['upsell_visitor'] ?? '');
    if ($visitor) {
        $assignments = WC()->session ? (array) WC()->session->get('offerlift_assignments', []) : [];
        $order->update_meta_data('offerlift_visitor', $visitor);
        $order->update_meta_data('offerlift_assignments', http_build_query($assignments, '', ', '));
    }
}
add_action('woocommerce_checkout_create_order', 'offerlift_note');  // classic checkout, which saves the order after this
add_action('woocommerce_store_api_checkout_update_order_meta', function ($order) {  // block checkout
    offerlift_note($order);
    $order->save();
});
