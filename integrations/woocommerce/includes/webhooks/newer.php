<?php
/** Webhooks that a shop which was connected earlier doesn't have yet. */

defined('ABSPATH') || exit;

const OFFERLIFT_NEWER_TOPICS = ['product.created', 'product.updated', 'product.deleted', 'product.restored', 'customer.deleted'];

/** Make those that are missing like the others. Who has deleted one by hand has its id still, and it stays away. */
function offerlift_add_newer_webhooks(): void {
    $ids = (array) get_option('offerlift_webhooks', []);
    $missing = array_diff(OFFERLIFT_NEWER_TOPICS, array_keys($ids));
    $own = $missing ? offerlift_active_webhooks() : [];
    $model = $own['order.updated'] ?? null;
    if (!$model || !isset($ids['order.updated'])) {
        return;
    }
    foreach ($missing as $topic) {
        $ids[$topic] = offerlift_save_webhook($own[$topic] ?? new WC_Webhook(), $topic, $model->get_delivery_url(), $model->get_secret(), $model->get_user_id());
    }
    update_option('offerlift_webhooks', $ids, false);
}
