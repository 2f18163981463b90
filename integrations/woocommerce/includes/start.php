<?php
/** What WordPress and WooCommerce call, and when. */

defined('ABSPATH') || exit;

add_action('init', function () {
    load_plugin_textdomain('offerlift', false, dirname(plugin_basename(OFFERLIFT_FILE)) . '/languages');
});
add_action('init', 'offerlift_register_hand_placed_slots');
add_action('before_woocommerce_init', function () {
    $features = 'Automattic\WooCommerce\Utilities\FeaturesUtil';
    foreach (class_exists($features) ? ['custom_order_tables', 'cart_checkout_blocks'] : [] as $feature) {
        $features::declare_compatibility($feature, OFFERLIFT_FILE, true);
    }
});

// Webhooks that somebody made by hand need this too, before the plugin is set up.
add_filter('woocommerce_webhook_payload', 'offerlift_complete_payload', 10, 4);
add_filter('woocommerce_webhook_topic_hooks', 'offerlift_topic_hooks', 10, 2);
add_filter('woocommerce_webhook_should_deliver', 'offerlift_should_deliver', 10, 3);
add_action('before_delete_post', 'offerlift_before_delete_post');
add_action('before_delete_post', 'offerlift_before_delete_product');
add_action('before_delete_post', 'offerlift_note_gone_product');
add_action('wp_trash_post', 'offerlift_note_gone_product');
add_action('offerlift_delete_order', 'offerlift_note_deletion');
add_action('woocommerce_before_delete_order', function ($id) {
    do_action('offerlift_delete_order', $id);
});
add_action('delete_user', 'offerlift_note_gone_customer');
add_action('woocommerce_analytics_update_product', 'offerlift_forget_owned', 10, 2);
add_action('woocommerce_refund_deleted', fn($refund_id, $order_id) => offerlift_touch_order($order_id), 10, 2);
add_action('woocommerce_rest_delete_shop_order_refund_object', function ($refund) {
    offerlift_touch_order($refund->get_parent_id());
});

// The watch over webhooks; what it needs beyond the keys it sees for itself.
add_action('offerlift_watch', 'offerlift_watch');
add_action('woocommerce_webhook_disabled_due_delivery_failures', 'offerlift_on_disabled');
add_action('woocommerce_webhook_delivery', 'offerlift_on_delivery', 10, 5);
add_action('woocommerce_webhook_delivery', 'offerlift_on_customer_delivery', 10, 5);

// Until it is set up, shoppers meet nothing of it.
if (offerlift_setup_trouble() !== '') {
    return;
}

add_action('init', 'offerlift_register_with_consent_api');
add_action('init', 'offerlift_remember_preview');
add_action('wp_head', 'offerlift_print_tags');
add_action('wp_enqueue_scripts', 'offerlift_enqueue_script');
add_action('wp_footer', 'offerlift_print_page', 5);
offerlift_place_slots();

add_filter('woocommerce_store_api_add_to_cart_data', 'offerlift_add_to_cart', 10, 2);
add_action('wp_loaded', 'offerlift_take_token', 30);  // the cart is there from 10 on
add_filter('render_block_woocommerce/cart', 'offerlift_say_above_cart');
// late, so that it is the accepted price whatever other plugins have set before
add_action('woocommerce_before_calculate_totals', 'offerlift_set_prices', 1000);
add_filter('woocommerce_get_price_including_tax', 'offerlift_displayed_price', 10, 3);
add_filter('woocommerce_get_price_excluding_tax', 'offerlift_displayed_price', 10, 3);
add_action('woocommerce_checkout_create_order_line_item', 'offerlift_note_acceptance', 10, 3);
add_action('woocommerce_blocks_loaded', function () {
    woocommerce_store_api_register_update_callback(['namespace' => 'offerlift', 'callback' => 'offerlift_introduce']);
    offerlift_extend_cart_answers();
});
add_action('woocommerce_checkout_create_order', 'offerlift_note_rate');
add_action('woocommerce_checkout_create_order', 'offerlift_note');  // classic checkout, which saves the order after this
add_action('woocommerce_store_api_checkout_update_order_from_request', 'offerlift_note_block_order', 10, 2);

add_action('woocommerce_init', 'offerlift_register_email_field');
add_filter('woocommerce_checkout_fields', 'offerlift_add_email_input');
add_action('woocommerce_checkout_create_order', 'offerlift_note_classic_answer', 10, 2);
add_action('woocommerce_store_api_checkout_order_processed', 'offerlift_note_block_answer');

add_filter('wp_privacy_personal_data_exporters', 'offerlift_add_exporter');
add_filter('wp_privacy_personal_data_erasers', 'offerlift_add_eraser');
add_action('admin_init', 'offerlift_suggest_policy');
add_action('admin_init', 'offerlift_keep_watching');
