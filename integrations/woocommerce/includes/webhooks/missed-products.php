<?php
/**
 * Products whose webhooks didn't arrive: their ids are kept, and the watch sends them again.
 *
 * Orders are compared with what Offerlift has; products aren't, because each save of a product says all that there is.
 */

defined('ABSPATH') || exit;

const OFFERLIFT_MOST_MISSED = 500;  // products; more are for an import of the catalog

function offerlift_is_product_webhook($webhook): bool {
    return offerlift_is_own_webhook($webhook) && $webhook->get_resource() === 'product';
}

function offerlift_missed_products(): array {
    $missed = get_option('offerlift_missed_products', []);
    return is_array($missed) ? $missed : [];
}

/** Keep ids of products, of which Offerlift has older states. */
function offerlift_note_missed(array $ids): void {
    $missed = array_fill_keys(array_map('intval', $ids), true) + offerlift_missed_products();
    update_option('offerlift_missed_products', array_slice($missed, 0, OFFERLIFT_MOST_MISSED, true), false);
}

/** After each delivery of any webhook: note a product whose delivery failed. */
function offerlift_on_delivery($given, $response, $duration, $arg, $webhook_id): void {
    $code = is_wp_error($response) ? 0 : (int) wp_remote_retrieve_response_code($response);
    if (($code >= 200 && $code < 300) || !offerlift_is_product_webhook(wc_get_webhook($webhook_id))) {
        return;
    }
    offerlift_note_missed([$arg instanceof WC_Product ? $arg->get_id() : $arg]);
    offerlift_watch_soon();
}

/** WooCommerce has switched a product webhook off: from here on nobody tells of products, so their times must. */
function offerlift_products_are_off(): void {
    if (!get_option('offerlift_products_off_since')) {
        update_option('offerlift_products_off_since', time(), false);
    }
}

/** A product went while a webhook is off. */
function offerlift_note_gone_product($id): void {
    if (offerlift_is_product($id) && get_option('offerlift_products_off_since')) {
        offerlift_note_missed([$id]);
    }
}

/** Once the webhooks are on again: add what was saved while they were off. */
function offerlift_note_changed_while_off(): void {
    $since = (int) get_option('offerlift_products_off_since');
    if (!$since) {
        return;
    }
    $query = ['date_modified' => '>=' . ($since - MINUTE_IN_SECONDS), 'limit' => OFFERLIFT_MOST_MISSED, 'return' => 'ids'];
    $types = array_merge(array_keys(wc_get_product_types()), ['variation']);
    offerlift_note_missed((array) wc_get_products($query + ['type' => $types]));
    delete_option('offerlift_products_off_since');
}

/** Send what was missed, by the webhooks that should have; how many. What fails again is noted again. */
function offerlift_send_missed_products(): int {
    $missed = array_keys(offerlift_missed_products());
    $webhooks = $missed ? offerlift_active_webhooks() : [];
    if (!isset($webhooks['product.updated'], $webhooks['product.deleted'])) {
        return 0;
    }
    delete_option('offerlift_missed_products');
    foreach ($missed as $id) {
        $topic = wc_get_product($id) ? 'product.updated' : 'product.deleted';
        $webhooks[$topic]->deliver($id);
    }
    return count($missed);
}
