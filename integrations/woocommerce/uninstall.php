<?php
/** Everything that the plugin has saved goes, and its webhooks; what orders carry stays with them. */

defined('WP_UNINSTALL_PLUGIN') || exit;

global $wpdb;

// By SQL, because WooCommerce itself may be gone by now. Only webhooks that this plugin made, or took over.
$offerlift_webhooks = array_map('absint', (array) get_option('offerlift_webhooks', []));
$offerlift_table = $wpdb->prefix . 'wc_webhooks';
$offerlift_has_table = $wpdb->get_var($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($offerlift_table)));
foreach ($offerlift_has_table ? $offerlift_webhooks : [] as $offerlift_id) {
    $wpdb->delete($offerlift_table, ['webhook_id' => $offerlift_id]);
}
foreach (['', '_status_active', '_status_paused', '_status_disabled'] as $offerlift_status) {
    delete_transient("woocommerce_webhook_ids$offerlift_status");
}
$offerlift_transients = $wpdb->esc_like('_transient_offerlift_') . '%';
$offerlift_timeouts = $wpdb->esc_like('_transient_timeout_offerlift_') . '%';
$wpdb->query($wpdb->prepare(
    "DELETE FROM $wpdb->options WHERE option_name LIKE %s OR option_name LIKE %s",
    $offerlift_transients,
    $offerlift_timeouts
));
foreach (['settings', 'connection', 'webhooks', 'watch', 'deletions', 'wordings'] as $offerlift_name) {
    delete_option("offerlift_$offerlift_name");
}
wp_unschedule_hook('offerlift_watch');
