<?php
/** What has to fit between the shop and Offerlift: what the shop says of itself, and what a page of it may do. */

defined('ABSPATH') || exit;

const OFFERLIFT_EXAMPLES = 50;  // products that the shop names, as many as the edge takes

/** What is checked, in the order in which it has to work. */
function offerlift_check_labels(): array {
    return [
        'address' => __('Address', 'offerlift'),
        'keys' => __('Keys', 'offerlift'),
        'clock' => __('Clock', 'offerlift'),
        'currency' => __('Currency', 'offerlift'),
        'cors' => __('Calls from the shop\'s pages', 'offerlift'),
        'catalog' => __('Catalog', 'offerlift'),
        'tax_basis' => __('Prices and tax', 'offerlift'),
        'webhooks' => __('Webhooks', 'offerlift'),
    ];
}

/** What is said of a check where all is well. */
function offerlift_passed_texts(): array {
    return [
        'address' => __('Offerlift answers.', 'offerlift'),
        'keys' => __('Both keys belong to the same store.', 'offerlift'),
        'clock' => __('Your server\'s clock is right.', 'offerlift'),
        'currency' => __('The shop and the store in Offerlift have the same currency.', 'offerlift'),
        'cors' => __('The shop\'s pages can request offers.', 'offerlift'),
        'catalog' => __('Offerlift knows the shop\'s products.', 'offerlift'),
        'tax_basis' => __('Offerlift\'s prices are the ones that the cart shows.', 'offerlift'),
        'webhooks' => __('Orders and product changes reach Offerlift.', 'offerlift'),
    ];
}

/** The origin of the shop's pages, as browsers send it. */
function offerlift_origin(): string {
    $parts = (array) wp_parse_url(offerlift_site());
    $port = isset($parts['port']) ? ":{$parts['port']}" : '';
    return strtolower(($parts['scheme'] ?? 'https') . '://' . ($parts['host'] ?? '')) . $port;
}

/** Products that can be put into a cart, the newest: simple ones, and variations in the place of what they vary. */
function offerlift_example_products(): array {
    $types = ['simple', 'variation', 'subscription', 'subscription_variation'];
    $query = ['limit' => OFFERLIFT_EXAMPLES, 'status' => 'publish', 'type' => $types, 'orderby' => 'date', 'order' => 'DESC'];
    return array_values(array_filter((array) wc_get_products($query), fn($product) => $product instanceof WC_Product));
}

/** A product's SKU; empty where it is longer than any that the edge takes, which would refuse the others with it. */
function offerlift_sku_for_edge(WC_Product $product): string {
    return mb_strlen($product->get_sku()) <= 64 ? $product->get_sku() : '';
}

/** A product as an example for the edge: its names, and its price as the cart shows it and the other way. */
function offerlift_example_price(WC_Product $product, string $currency): ?array {
    $prices = offerlift_shown_and_other($product);
    if ($prices === null) {
        return null;
    }
    return [
        'sku' => offerlift_sku_for_edge($product),
        'product_id' => (string) $product->get_id(),
        'shown_minor' => offerlift_minor($prices[0], $currency),
        'other_minor' => offerlift_minor($prices[1], $currency),
    ];
}

/** What the plugin says of the shop that it is in: the body of the call that connects it. */
function offerlift_site_description(): array {
    $currency = get_woocommerce_currency();
    $products = offerlift_example_products();
    $skus = array_filter(array_map('offerlift_sku_for_edge', $products));
    $prices = array_filter(array_map(fn($product) => offerlift_example_price($product, $currency), $products));
    return [
        'site_address' => offerlift_site(),
        'site_key' => offerlift_setting('key'),
        'currency' => $currency,
        'now' => gmdate('Y-m-d\TH:i:s\Z'),
        'versions' => [
            'plugin' => OFFERLIFT_VERSION,
            'woocommerce' => WC()->version,
            'wordpress' => substr(get_bloginfo('version'), 0, 32),
            'php' => PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION,
        ],
        'origins' => [offerlift_origin()],
        'skus' => array_values($skus),
        'product_ids' => array_map(fn($product) => (string) $product->get_id(), $products),
        'prices' => array_values($prices),
        'shows_tax' => get_option('woocommerce_tax_display_cart') === 'incl',
    ];
}

/** What keeps a page of the shop from asking for offers, tried as a browser does; empty where nothing does. */
function offerlift_cors_problem(): string {
    $path = '/v1/moments?key=' . rawurlencode(offerlift_setting('key'));
    $answer = offerlift_call_edge('GET', $path, ['headers' => ['Origin' => offerlift_origin()]]);
    if ($answer['code'] === 200) {
        offerlift_keep_moments($answer);  // so that the first page after this waits for nothing
    }
    if ($answer['code'] === 403) {
        return offerlift_edge_text('origin_not_allowed', ['origin' => offerlift_origin()], '');
    }
    if ($answer['code'] === 200 && $answer['allowed_origin'] === '') {
        return __('Offerlift\'s answers arrive without the header Access-Control-Allow-Origin. Ask whoever runs the proxy in front of Offerlift to pass it on.', 'offerlift');
    }
    return '';
}
