<?php
/** What WooCommerce leaves out of its webhooks: what refunds are for, prices as the cart shows them, and deletions. */

defined('ABSPATH') || exit;

/** The order's refunds with their lines, each as WooCommerce's REST API shows it but for its links. */
function offerlift_refunds(WC_Order $order): array {
    $controller = new WC_REST_Order_Refunds_Controller();
    $request = new WP_REST_Request('GET', "/wc/v3/orders/{$order->get_id()}/refunds");
    $request->set_param('order_id', $order->get_id());
    $refunds = [];
    foreach ($order->get_refunds() as $refund) {
        $response = $controller->prepare_object_for_response($refund, $request);
        if (!is_wp_error($response)) {
            $refunds[] = $response->get_data();
        }
    }
    return $refunds;
}

/** Make the bodies of our webhooks what the edge reads; of what is deleted there is an id alone. */
function offerlift_complete_payload($payload, $resource, $id, $webhook_id) {
    $webhook = in_array($resource, ['order', 'product'], true) ? wc_get_webhook($webhook_id) : null;
    if (!offerlift_is_own_webhook($webhook) || $webhook->get_event() === 'deleted') {
        return $payload;
    }
    if ($resource === 'product') {
        // WooCommerce's bulk edits name the product itself
        $product = wc_get_product($id);
        return $product ? offerlift_product_payload($product) : ['id' => absint($id), 'offerlift_sold' => false];
    }
    $order = isset($payload['refunds']) ? wc_get_order($id) : null;
    return $order instanceof WC_Order ? offerlift_complete_order($payload, $order) : $payload;
}

/**
 * An order's delivery says only what a refund comes to; add what it is for, and the shop's own currency.
 *
 * Plugins that sell in several currencies say the rate with the order, and some not into which currency.
 */
function offerlift_complete_order(array $payload, WC_Order $order): array {
    if (!class_exists('WC_REST_Order_Refunds_Controller')) {
        return $payload;
    }
    // as it is saved, and not as such a plugin filters it for a shopper
    $currency = (string) get_option('woocommerce_currency');
    $payload += ['offerlift_refunds' => offerlift_refunds($order), 'offerlift_base_currency' => $currency];
    return $order->get_meta(OFFERLIFT_ERASED) ? offerlift_without_customer($payload) : $payload;
}

/**
 * Tell of orders and products that are deleted without going to the trash first, as WooCommerce tells of the trash alone,
 * and of all accounts.
 */
function offerlift_topic_hooks($hooks, $webhook) {
    if (offerlift_is_own_webhook($webhook)) {
        $hooks['order.deleted'][] = 'offerlift_delete_order';
        $hooks['product.deleted'][] = 'offerlift_delete_product';
        $hooks['customer.deleted'][] = 'offerlift_delete_customer';
    }
    return $hooks;
}

/** An order that is a post goes, by its list in the admin; its refunds are posts too. */
function offerlift_before_delete_post($id): void {
    if (get_post_type($id) === 'shop_order') {
        do_action('offerlift_delete_order', $id);
    }
}

/** A refund that is deleted leaves its order as it was: save that, so that the order is delivered again. */
function offerlift_touch_order($order_id): void {
    $order = wc_get_order($order_id);
    if ($order instanceof WC_Order) {
        $order->set_date_modified(time());
        $order->save();
    }
}

/** An order of somebody who had their data erased, without what names them: the shop may have to keep that, Offerlift not. */
function offerlift_without_customer(array $payload): array {
    foreach (['billing', 'shipping'] as $part) {
        $payload[$part] = ['country' => $payload[$part]['country'] ?? ''];
    }
    return array_merge($payload, ['customer_id' => 0, 'customer_ip_address' => '', 'customer_user_agent' => '', 'customer_note' => '']);
}
