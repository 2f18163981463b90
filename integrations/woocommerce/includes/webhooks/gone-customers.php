<?php
/**
 * Customers whose accounts are deleted, so that Offerlift forgets them.
 *
 * An account that is gone leaves nothing to compare, and whoever asked to be forgotten must be: their ids are kept until
 * Offerlift has answered, and the watch sends them again.
 */

defined('ABSPATH') || exit;

const OFFERLIFT_MOST_GONE = 5000;  // accounts; ids of more would make the option slow to write

function offerlift_gone_customers(): array {
    $gone = get_option('offerlift_gone_customers', []);
    return is_array($gone) ? $gone : [];
}

/** An account goes. WooCommerce tells of those with the role of a customer alone, though anybody can have ordered. */
function offerlift_note_gone_customer($user_id): void {
    $id = (int) $user_id;
    if (!isset(offerlift_active_webhooks()['customer.deleted']) && !isset(get_option('offerlift_webhooks', [])['customer.deleted'])) {
        return;
    }
    $gone = [$id => time()] + offerlift_gone_customers();
    update_option('offerlift_gone_customers', array_slice($gone, 0, OFFERLIFT_MOST_GONE, true), false);
    do_action('offerlift_delete_customer', $id);
}

/** After each delivery of any webhook: let go of a customer whom Offerlift has taken. */
function offerlift_on_customer_delivery($given, $response, $duration, $arg, $webhook_id): void {
    $webhook = wc_get_webhook($webhook_id);
    if (!offerlift_is_own_webhook($webhook) || $webhook->get_topic() !== 'customer.deleted') {
        return;
    }
    $code = is_wp_error($response) ? 0 : (int) wp_remote_retrieve_response_code($response);
    if ($code < 200 || $code >= 300) {
        offerlift_watch_soon();
        return;
    }
    update_option('offerlift_gone_customers', array_diff_key(offerlift_gone_customers(), [(int) $arg => true]), false);
}

/** Send again what has not been taken; those of the last ten minutes are on their way by WooCommerce's own means. */
function offerlift_send_gone_customers(): void {
    $webhook = offerlift_active_webhooks()['customer.deleted'] ?? null;
    $until = time() - OFFERLIFT_UNDERWAY_S;
    $waiting = $webhook ? array_filter(offerlift_gone_customers(), fn($at) => $at <= $until) : [];
    foreach (array_slice(array_keys($waiting), 0, OFFERLIFT_AT_ONCE) as $id) {
        $webhook->deliver($id);
    }
}
