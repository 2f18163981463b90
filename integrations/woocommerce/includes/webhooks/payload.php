<?php
/** What WooCommerce leaves out of its webhooks: what refunds are for, and deletions. */

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

/**
 * An order's delivery says only what a refund comes to; add what it is for, and the shop's own currency.
 *
 * Plugins that sell in several currencies say the rate with the order, and some not into which currency.
 */
function offerlift_complete_payload($payload, $resource, $id, $webhook_id) {
    $is_order = $resource === 'order' && is_array($payload) && isset($payload['refunds']);
    if (!$is_order || !class_exists('WC_REST_Order_Refunds_Controller')) {
        return $payload;
    }
    $order = offerlift_is_own_webhook(wc_get_webhook($webhook_id)) ? wc_get_order($id) : null;
    if (!$order instanceof WC_Order) {
        return $payload;
    }
    // as it is saved, and not as such a plugin filters it for a shopper
    $currency = (string) get_option('woocommerce_currency');
    return $payload + ['offerlift_refunds' => offerlift_refunds($order), 'offerlift_base_currency' => $currency];
}

/** Tell of orders that are deleted without going to the trash first; WooCommerce tells of the trash alone. */
function offerlift_topic_hooks($hooks, $webhook) {
    if (offerlift_is_own_webhook($webhook)) {
        $hooks['order.deleted'][] = 'offerlift_delete_order';
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
