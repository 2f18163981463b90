<?php
/** WooCommerce 8.8 has none of the functions that came later: nothing fails, and what needs them isn't there. */

require __DIR__ . '/testing.php';
load_plugin(['email_offers' => 'opt_in']);
is_same(false, function_exists('woocommerce_register_additional_checkout_field'), 'the field of WooCommerce 8.9');

call('init');
call('woocommerce_init');
call('woocommerce_blocks_loaded');
$order = new Bag();
call('woocommerce_store_api_checkout_order_processed', $order);
is_same(false, isset($order->meta['offerlift_email_offers']), 'an answer that nobody could give in the block checkout');

// the classic checkout asks in any version
$fields = call('woocommerce_checkout_fields', ['billing' => []]);
is_same('checkbox', $fields['billing']['offerlift_email_offers']['type'], 'the box of the classic checkout');
$order = new Bag();
call('woocommerce_checkout_create_order', $order, ['offerlift_email_offers' => 1]);
is_same('opt_in', $order->meta['offerlift_email_offers'], 'the answer');
is_same('1', $order->meta['offerlift_email_wording'], "the wording's version");

// WordPress without the consent API, without tasks that somebody planned
is_same(false, offerlift_has_consent_api(), 'the consent API');
is_same('', offerlift_consent_tag(), 'its tag');
