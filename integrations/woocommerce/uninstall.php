<?php
/** Everything that the plugin has saved goes, and its webhooks; what orders carry stays with them. */

defined('WP_UNINSTALL_PLUGIN') || exit;

/** Delete the webhooks that this plugin made or took over. By SQL, because WooCommerce itself may be gone by now. */
function offerlift_uninstall_webhooks(): void {
    global $wpdb;
    $table = $wpdb->prefix . 'wc_webhooks';
    if (!$wpdb->get_var($wpdb->prepare('SHOW TABLES LIKE %s', $wpdb->esc_like($table)))) {
        return;
    }
    foreach (array_map('absint', (array) get_option('offerlift_webhooks', [])) as $id) {
        $wpdb->delete($table, ['webhook_id' => $id]);
    }
    // WooCommerce remembers which there are
    foreach (['', '_status_active', '_status_paused', '_status_disabled'] as $status) {
        delete_transient("woocommerce_webhook_ids$status");
    }
}

/** Delete what this site has in its options, and its hourly task. */
function offerlift_uninstall_options(): void {
    global $wpdb;
    $transients = $wpdb->esc_like('_transient_offerlift_') . '%';
    $timeouts = $wpdb->esc_like('_transient_timeout_offerlift_') . '%';
    $wpdb->query($wpdb->prepare(
        "DELETE FROM $wpdb->options WHERE option_name LIKE %s OR option_name LIKE %s",
        $transients,
        $timeouts
    ));
    foreach (['settings', 'connection', 'webhooks', 'watch', 'deletions', 'wordings', 'missed_products', 'products_off_since', 'gone_customers'] as $name) {
        delete_option("offerlift_$name");
    }
    delete_metadata('user', 0, $wpdb->get_blog_prefix() . 'offerlift_owned', '', true);  // of all users of this site
    wp_unschedule_hook('offerlift_watch');
}

foreach (is_multisite() ? get_sites(['fields' => 'ids', 'number' => 0]) : [get_current_blog_id()] as $offerlift_blog) {
    if (is_multisite()) {
        switch_to_blog($offerlift_blog);
    }
    offerlift_uninstall_webhooks();
    offerlift_uninstall_options();
    if (is_multisite()) {
        restore_current_blog();
    }
}
