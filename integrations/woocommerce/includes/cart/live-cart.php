<?php
/** The cart in the Store API's answers, as the snippet wants it: for pages that change without being loaded again. */

defined('ABSPATH') || exit;

/** Add to each cart what its page would say. */
function offerlift_extend_cart_answers(): void {
    if (!function_exists('woocommerce_store_api_register_endpoint_data')) {
        return;
    }
    woocommerce_store_api_register_endpoint_data([
        'endpoint' => 'cart',
        'namespace' => 'offerlift',
        'data_callback' => 'offerlift_cart_extension',
        'schema_callback' => 'offerlift_cart_schema',
        'schema_type' => ARRAY_A,
    ]);
}

function offerlift_cart_extension(): array {
    $cart = offerlift_cart();
    return $cart ? offerlift_cart_page($cart) : [];
}

function offerlift_cart_schema(): array {
    $field = fn($description) => ['description' => $description, 'type' => 'object', 'context' => ['view', 'edit'], 'readonly' => true];
    return ['cart' => $field('The cart as Offerlift is told of it'), 'visitor' => $field('The shopper as far as offers depend on it')];
}
