<?php
/** Accepted offers in the cart, and who the shopper is in the session. */

defined('ABSPATH') || exit;

/** The adapter sends the acceptance along with the product: such a line is one of its own. */
function offerlift_add_to_cart($data, $request) {
    $claims = offerlift_claims($request['offerlift_acceptance']);
    $product = $claims && $claims['currency'] === get_woocommerce_currency() ? wc_get_product($data['id']) : null;
    $item = $product ? offerlift_accepted_item($claims, $product, $request['offerlift_acceptance']) : null;
    if ($item) {
        $data['cart_item_data'] = $item + ($data['cart_item_data'] ?? []);
    }
    return $data;
}

/** What a line of an accepted product has in addition; null where the product wasn't accepted. */
function offerlift_accepted_item(array $claims, WC_Product $product, string $token): ?array {
    $accepted = offerlift_accepted($claims, $product->get_sku(), (string) $product->get_id());
    return $accepted ? ['offerlift' => $accepted + ['token' => $token]] : null;
}

/** The adapter leaves the visitor and the variants with the session; an empty visitor is a withdrawn consent. */
function offerlift_introduce($data): void {
    $session = WC()->session;
    if (!$session || !is_array($data)) {
        return;
    }
    $visitor = is_string($data['visitor'] ?? null) ? sanitize_text_field($data['visitor']) : '';
    if (!offerlift_may_remember()) {
        $visitor = '';
    }
    offerlift_remember_visitor($visitor);
    $earlier = $visitor ? (array) $session->get('offerlift_assignments', []) : [];
    $assignments = array_filter((array) ($data['assignments'] ?? []), 'is_string');
    $session->set('offerlift_visitor', $visitor);
    $session->set(
        'offerlift_assignments',
        array_slice(array_map('sanitize_text_field', $assignments) + $earlier, 0, 50)
    );
}
