<?php
/** Accounts that are deleted: kept until Offerlift has taken them. And the webhooks that an older connection lacks. */

require __DIR__ . '/testing.php';
load_plugin();
$url = 'https://offers.example/v1/webhooks/woocommerce/tea';
$ids = ['order.updated' => (new WC_Webhook($url, 'order.updated'))->save()];

// a shop that was connected before gets the webhooks that are missing, once
offerlift_add_newer_webhooks();
is_same(1, count($GLOBALS['webhooks']), 'webhooks that somebody made by hand are left alone');
offerlift_note_gone_customer(5);
is_same([], offerlift_gone_customers(), 'what is kept where nobody is told');
$GLOBALS['options']['offerlift_webhooks'] = $ids;
offerlift_add_newer_webhooks();
offerlift_add_newer_webhooks();
is_same(6, count($GLOBALS['webhooks']), 'the webhooks');
is_same($url, offerlift_active_webhooks()['customer.deleted']->get_delivery_url(), 'where they lead');

// WooCommerce tells of customers alone
$webhook = offerlift_active_webhooks()['customer.deleted'];
$hooks = offerlift_topic_hooks(['customer.deleted' => ['delete_user']], $webhook);
is_same(['delete_user', 'offerlift_delete_customer'], $hooks['customer.deleted'], 'what makes it tell');

// kept until it is taken
offerlift_note_gone_customer('25');
offerlift_note_gone_customer(26);
is_same([26, 25], array_keys(offerlift_gone_customers()), 'what is kept');
$told = fn($answer, $id) => offerlift_on_customer_delivery([], $answer, 0.1, $id, $webhook->get_id());
$told(new WP_Error(), 25);
$told(['code' => 503], 25);
is_same([26, 25], array_keys(offerlift_gone_customers()), 'what is kept after failures');
is_same(true, wp_next_scheduled('offerlift_watch once') > time(), 'the watch comes soon');
offerlift_on_customer_delivery([], ['code' => 200], 0.1, 25, $ids['order.updated']);
is_same([26, 25], array_keys(offerlift_gone_customers()), 'what is kept after an order of the same number');
$told(['code' => 200], 25);
is_same([26], array_keys(offerlift_gone_customers()), 'what is kept then');

// the watch sends it again, once WooCommerce has had its time
offerlift_send_gone_customers();
is_same([], $webhook->delivered, 'what is sent at once');
$GLOBALS['options']['offerlift_gone_customers'] = [26 => time() - 601, 27 => time()];
offerlift_send_gone_customers();
is_same([26], offerlift_active_webhooks()['customer.deleted']->delivered, 'what is sent again');
