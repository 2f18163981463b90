<?php
/**
 * Plugin Name: Offerlift
 * Description: Shows offers on the cart, checkout and thank-you pages, sells accepted ones at the offer's price, and records them in the order.
 * Version: 1.0.0
 * Requires at least: 6.4
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.8
 * WC tested up to: 10.5
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain: offerlift
 * Domain Path: /languages
 */

defined('ABSPATH') || exit;

// The plugin was one file once, copied by hand: where that is still active, this one takes its place when it is activated.
register_activation_hook(__FILE__, function () {
    deactivate_plugins('offerlift.php', true);
});
register_deactivation_hook(__FILE__, function () {
    wp_unschedule_hook('offerlift_watch');
});
if (function_exists('offerlift_edge')) {
    return;
}

define('OFFERLIFT_VERSION', '1.0.0');
define('OFFERLIFT_FILE', __FILE__);

foreach ([
    'settings', 'problems', 'edge-calls', 'cart/money', 'cart/acceptances', 'cart/prices', 'cart/accepted-lines',
    'cart/accepted-in-messages', 'cart/live-cart', 'cart/currencies', 'cart/orders', 'pages/page', 'pages/moments', 'pages/slots', 'pages/hand-placed-slots', 'pages/tags',
    'shoppers/identity', 'shoppers/consent', 'shoppers/email-offers', 'shoppers/owned', 'shoppers/privacy', 'webhooks/own', 'webhooks/payload',
    'webhooks/products', 'webhooks/deletions', 'webhooks/missed-products',
    'webhooks/gone-customers', 'webhooks/newer', 'webhooks/watch', 'start',
] as $offerlift_part) {
    require_once __DIR__ . "/includes/$offerlift_part.php";
}
unset($offerlift_part);
if (is_admin()) {
    require_once __DIR__ . '/includes/admin/start.php';
}
