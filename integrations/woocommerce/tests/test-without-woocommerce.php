<?php
/** A shop whose WooCommerce was switched off: every hook that WordPress calls does nothing. */

require __DIR__ . '/testing.php';
load_plugin([], false);
foreach (['init', 'wp_head', 'wp_footer', 'wp_enqueue_scripts', 'offerlift_watch', 'before_woocommerce_init'] as $hook) {
    is_same(true, in_array(call($hook), [null, ''], true), $hook);
}
is_same('', call('shortcode offerlift', ['moment' => 'cart']), 'the shortcode');
is_same([], $GLOBALS['asked'], 'calls of the edge');
