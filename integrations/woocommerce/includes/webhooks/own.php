<?php
/** Which webhooks are Offerlift's: nobody else's are changed. */

defined('ABSPATH') || exit;

const OFFERLIFT_WEBHOOK_PATH = '/v1/webhooks/woocommerce/';

function offerlift_is_own_webhook($webhook): bool {
    return $webhook instanceof WC_Webhook
        && strpos($webhook->get_delivery_url(), OFFERLIFT_WEBHOOK_PATH) !== false;
}

/** Offerlift's webhooks of this shop, whoever made them. */
function offerlift_own_webhooks(): array {
    $store = WC_Data_Store::load('webhook');
    $webhooks = array_map('wc_get_webhook', $store->get_webhooks_ids());
    return array_values(array_filter($webhooks, 'offerlift_is_own_webhook'));
}

/** Those that deliver, by topic. */
function offerlift_active_webhooks(): array {
    $webhooks = [];
    foreach (offerlift_own_webhooks() as $webhook) {
        if ($webhook->get_status() === 'active') {
            $webhooks[$webhook->get_topic()] = $webhook;
        }
    }
    return $webhooks;
}

/** Make a webhook, or point it where it belongs, and switch it on; its id. Bodies are made with the user's rights. */
function offerlift_save_webhook(WC_Webhook $webhook, string $topic, string $url, string $secret, int $user): int {
    if (!$webhook->get_id()) {
        /* translators: %s: the topic of a webhook, such as order.created */
        $webhook->set_name(sprintf(__('Offerlift: %s', 'offerlift'), $topic));
        $webhook->set_topic($topic);
    }
    $webhook->set_user_id($user);
    $webhook->set_api_version('wp_api_v3');
    $webhook->set_delivery_url($url);
    $webhook->set_secret($secret);
    $webhook->set_status('active');
    $webhook->set_failure_count(0);
    return (int) $webhook->save();
}

/**
 * Whether a webhook of ours is to be sent. A copy of the shop has the shop's webhooks: they send nothing until somebody
 * confirms that the shop has moved. And WooCommerce tells of any post that goes, as if it were a product.
 */
function offerlift_should_deliver($should_deliver, $webhook, $arg = null) {
    if (!$should_deliver || !offerlift_is_own_webhook($webhook)) {
        return $should_deliver;
    }
    if (in_array($webhook->get_topic(), ['product.deleted', 'product.restored'], true) && !offerlift_is_product($arg)) {
        return false;
    }
    return !offerlift_is_copy();
}
