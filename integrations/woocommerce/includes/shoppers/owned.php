<?php
/**
 * What a customer who is logged in has bought, by SKU: offers of pairs leave it out.
 *
 * Asked of WooCommerce's own analytics once and kept with the user, whom each page reads anyway: no page asks again until
 * WooCommerce has taken in another order of theirs.
 */

defined('ABSPATH') || exit;

const OFFERLIFT_OWNED = 'offerlift_owned';
const OFFERLIFT_MOST_OWNED = 200;  // what the edge takes, the latest first
const OFFERLIFT_LONGEST_SKU = 64;  // of what the edge takes

/** The SKUs that the shopper who is logged in has bought; none of a guest. */
function offerlift_owned(): array {
    global $wpdb;
    $user = get_current_user_id();
    if ($user === 0) {
        return [];
    }
    $kept = get_user_meta($user, $wpdb->get_blog_prefix() . OFFERLIFT_OWNED, true);
    if (is_array($kept)) {
        return $kept;
    }
    $owned = offerlift_bought_by($user);
    update_user_option($user, OFFERLIFT_OWNED, $owned);
    return $owned;
}

/**
 * The SKUs in the paid orders of a user, as the cart has them: of a variation its own, else its product's, else its number.
 *
 * Where the shop has switched analytics off, these tables are empty, and nothing is known.
 */
function offerlift_bought_by(int $user): array {
    global $wpdb;
    $statuses = array_map(fn($status) => "wc-$status", wc_get_is_paid_statuses());
    $marks = implode(', ', array_fill(0, count($statuses), '%s'));
    $bought = 'CASE WHEN line.variation_id > 0 THEN line.variation_id ELSE line.product_id END';
    $skus = $wpdb->get_col($wpdb->prepare(
        "SELECT COALESCE(NULLIF(own.sku, ''), NULLIF(parent.sku, ''), $bought) AS bought_sku
        FROM {$wpdb->prefix}wc_customer_lookup AS customer
        JOIN {$wpdb->prefix}wc_order_product_lookup AS line ON line.customer_id = customer.customer_id
        JOIN {$wpdb->prefix}wc_order_stats AS placed ON placed.order_id = line.order_id AND placed.status IN ($marks)
        LEFT JOIN {$wpdb->prefix}wc_product_meta_lookup AS own ON own.product_id = $bought
        LEFT JOIN {$wpdb->prefix}wc_product_meta_lookup AS parent ON parent.product_id = line.product_id
        WHERE customer.user_id = %d AND line.product_id > 0
        GROUP BY bought_sku ORDER BY MAX(line.date_created) DESC LIMIT %d",
        [...$statuses, $user, OFFERLIFT_MOST_OWNED]
    ));
    return array_values(array_filter($skus, fn($sku) => strlen($sku) <= OFFERLIFT_LONGEST_SKU));
}

/** Ask again after an order: once WooCommerce's analytics have taken it in, whatever became of it. */
function offerlift_forget_owned($line_id, $order_id): void {
    static $seen = 0;  // of each order, every line is taken in by itself
    if ($seen === $order_id) {
        return;
    }
    $seen = $order_id;
    $order = wc_get_order($order_id);
    if ($order instanceof WC_Order && $order->get_customer_id()) {
        delete_user_option($order->get_customer_id(), OFFERLIFT_OWNED);
    }
}
