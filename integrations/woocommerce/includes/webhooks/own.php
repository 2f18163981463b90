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

/** A copy of the shop has the shop's webhooks: they send nothing until somebody confirms that the shop has moved. */
function offerlift_should_deliver($should_deliver, $webhook) {
    return $should_deliver && !(offerlift_is_copy() && offerlift_is_own_webhook($webhook));
}
