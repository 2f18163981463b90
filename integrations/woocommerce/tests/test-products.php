<?php
/** What the shop tells of its products, and which of them it tells again. */

require __DIR__ . '/testing.php';
load_plugin();
$url = 'https://offers.example/v1/webhooks/woocommerce/tea';
$ids = [];
foreach (['order.updated', 'product.updated', 'product.deleted'] as $topic) {
    $ids[$topic] = (new WC_Webhook($url, $topic))->save();
}
$other = (new WC_Webhook('https://erp.example/', 'product.updated'))->save();
$GLOBALS['options']['woocommerce_currency'] = 'EUR';

// only what is read
$expected = [
    'id' => 34, 'type' => 'simple', 'sku' => 'balm', 'manage_stock' => true, 'stock_quantity' => 5, 'stock_status' => 'instock',
    'backorders' => 'no', 'offerlift_price' => '4.00', 'offerlift_sold' => true, 'offerlift_base_currency' => 'EUR',
];
$body = ['id' => 34, 'type' => 'simple', 'description' => 'Long.'];
is_same($expected, offerlift_complete_payload($body, 'product', 34, $ids['product.updated']), 'the body');
is_same($body, offerlift_complete_payload($body, 'product', 34, $other), "another system's body");
is_same(['id' => 34], offerlift_complete_payload(['id' => 34], 'product', 34, $ids['product.deleted']), 'the body of a deletion');

// WooCommerce tells of pages that go as if they were products
$deleted = wc_get_webhook($ids['product.deleted']);
is_same([true, true, false], array_map(fn($id) => offerlift_should_deliver(true, $deleted, $id), [34, 35, 1]), 'what is told');
is_same(true, offerlift_should_deliver(true, new WC_Webhook('https://erp.example/', 'product.deleted'), 1), 'what others are told');

// what failed is kept, each once; other systems' and orders aren't
foreach ([[500, 34, 'product.updated'], [0, 34, 'product.updated'], [200, 36, 'product.updated'], [500, 7, 'order.updated']] as [$code, $id, $topic]) {
    offerlift_on_delivery([], $code ? ['code' => $code] : new WP_Error(), 0.1, $id, $ids[$topic]);
}
offerlift_on_delivery([], ['code' => 500], 0.1, 37, $other);
is_same([34], array_keys(offerlift_missed_products()), 'what is kept');
is_same(true, wp_next_scheduled('offerlift_watch once') > time(), 'the watch comes soon');
is_same(1, offerlift_send_missed_products(), 'how many are sent again');
is_same([34], wc_get_webhook($ids['product.updated'])->delivered, 'what is sent again');
is_same([], offerlift_missed_products(), 'what is kept then');

// while a webhook is off, products that go are kept
offerlift_note_gone_product(34);
is_same([], offerlift_missed_products(), 'a product that goes while all is well');
offerlift_on_disabled($ids['product.updated']);
foreach ([34, 1] as $id) {
    offerlift_note_gone_product($id);
}
is_same([34], array_keys(offerlift_missed_products()), 'a product that goes while a webhook is off');

// never more than are sent again at once
offerlift_note_missed(range(1000, 3000));
is_same(OFFERLIFT_MOST_MISSED, count(offerlift_missed_products()), 'how many are kept');
