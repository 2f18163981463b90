<?php
/** What a customer who is logged in has bought: asked of the database once, kept until their next order. */

require __DIR__ . '/testing.php';
load_plugin();
$GLOBALS['bought'] = ['TEA', str_repeat('x', 65), '36'];
$database = $GLOBALS['wpdb'];

is_same(['country' => 'DE'], offerlift_shopper('DE'), 'a guest');
is_same([], $database->asked, 'what is asked of a guest');
$GLOBALS['request']['user'] = 7;
is_same(['country' => null, 'owned' => ['TEA', '36']], offerlift_shopper(''), 'a customer, without a SKU that is too long');
offerlift_shopper('DE');
is_same(1, count($database->asked), 'how often the database is asked');
is_same(true, strpos($database->asked[0], "IN ('wc-processing', 'wc-completed')") !== false, 'which orders count');
is_same(true, strpos($database->asked[0], 'customer.user_id = 7') !== false, 'whose orders count');

// nothing bought is known, too
$GLOBALS['request']['user'] = 8;
$GLOBALS['bought'] = [];
is_same(['country' => 'DE'], offerlift_shopper('DE'), 'who has bought nothing');
offerlift_shopper('DE');
is_same(2, count($database->asked), 'how often it is asked of who has bought nothing');

// an order of theirs, once WooCommerce has taken it in; another's changes nothing
$GLOBALS['bought'] = ['CUP'];
$order = new WC_Order();
$order->customer = 9;
$GLOBALS['orders'][31] = $order;
do_action('woocommerce_analytics_update_product', 1, 31);
is_same(['country' => 'DE'], offerlift_shopper('DE'), 'after the order of somebody else');
$own = clone $order;
$own->customer = 8;
$GLOBALS['orders'][32] = $own;
do_action('woocommerce_analytics_update_product', 2, 32);
do_action('woocommerce_analytics_update_product', 3, 32);
is_same(['country' => 'DE', 'owned' => ['CUP']], offerlift_shopper('DE'), 'after an order of their own');
is_same(3, count($database->asked), 'how often it is asked then');
do_action('woocommerce_analytics_update_product', 4, 33);  // which is gone by now
