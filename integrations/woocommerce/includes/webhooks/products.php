<?php
/** What the catalog in Offerlift needs of a product: what it costs in the cart, how many there are, and whether it is sold. */

defined('ABSPATH') || exit;

const OFFERLIFT_MOST_VARIATIONS = 500;  // each is read by itself; no shopper could choose among more

/** A product's price with the shop's own tax and without it, as [with, without]; null for one without a price. */
function offerlift_both_prices(WC_Product $product): ?array {
    if ($product->get_price() === '') {
        return null;
    }
    $price = (float) $product->get_price();
    if (!wc_tax_enabled() || !$product->is_taxable()) {
        return [$price, $price];
    }
    $rates = WC_Tax::get_base_tax_rates($product->get_tax_class('unfiltered'));
    $is_with_tax = wc_prices_include_tax();
    $tax = array_sum(WC_Tax::calc_tax($price, $rates, $is_with_tax));
    return $is_with_tax ? [$price, $price - $tax] : [$price + $tax, $price];
}

/** A product's price as the cart shows it, and the other way, as [shown, other]; null for one without a price. */
function offerlift_shown_and_other(WC_Product $product): ?array {
    $prices = offerlift_both_prices($product);
    return $prices && get_option('woocommerce_tax_display_cart') !== 'incl' ? array_reverse($prices) : $prices;
}

/** Whether the shop sells a product: it is published, and so is what it is a variation of. */
function offerlift_is_sold(WC_Product $product): bool {
    $parent = $product->get_parent_id();
    return $product->get_status() === 'publish' && (!$parent || get_post_status($parent) === 'publish');
}

/** A product or variation as the edge reads it, under the names of WooCommerce's REST API. */
function offerlift_product_state(WC_Product $product): array {
    $prices = offerlift_shown_and_other($product);
    return [
        'id' => $product->get_id(),
        'type' => $product->get_type(),
        'sku' => $product->get_sku(),
        'manage_stock' => (bool) $product->get_manage_stock(),
        'stock_quantity' => $product->get_stock_quantity(),
        'stock_status' => $product->get_stock_status(),
        'backorders' => $product->get_backorders(),
        'offerlift_price' => $prices ? wc_format_decimal($prices[0], wc_get_price_decimals()) : null,
        'offerlift_sold' => offerlift_is_sold($product),
    ];
}

/** The body of a product's webhook: what the edge reads, in the place of all that there is, which is longer with each order. */
function offerlift_product_payload(WC_Product $product): array {
    $body = offerlift_product_state($product) + ['offerlift_base_currency' => (string) get_option('woocommerce_currency')];
    if ($product->is_type('variable')) {
        $ids = array_slice($product->get_children(), 0, OFFERLIFT_MOST_VARIATIONS);
        $variations = array_filter(array_map('wc_get_product', $ids));
        $body['offerlift_variations'] = array_map('offerlift_product_state', array_values($variations));
    }
    return $body;
}

/** Whether this post is a product or a variation: WooCommerce's hooks tell of any post that goes. */
function offerlift_is_product($id): bool {
    return in_array(get_post_type((int) $id), ['product', 'product_variation'], true);
}

/** A product that is a post goes without the trash first, as variations always do. */
function offerlift_before_delete_product($id): void {
    if (offerlift_is_product($id)) {
        do_action('offerlift_delete_product', $id);
    }
}
