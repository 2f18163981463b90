/**
 * What the shop itself knows of orders: the body of a function with `$ids`, run by `shop.py` inside of WordPress.
 *
 * Read from the orders' items, not from what webhooks or the REST API say of them.
 */

$line_of = fn($line) => [
    'sku' => $line->get_product() ? $line->get_product()->get_sku() : '',
    'product' => (string) ($line->get_variation_id() ?: $line->get_product_id()),
    'quantity' => $line->get_quantity(),
    'subtotal' => (string) $line->get_subtotal(),
    'subtotal_tax' => (string) $line->get_subtotal_tax(),
    'total' => (string) $line->get_total(),
    'total_tax' => (string) $line->get_total_tax(),
    'token' => (string) $line->get_meta('_offerlift_acceptance'),
];
$amount_of = fn($item) => ['total' => (string) $item->get_total(), 'total_tax' => (string) $item->get_total_tax()];

$figures = [];
foreach ($ids as $id) {
    $order = wc_get_order($id);
    if (!$order) {
        $figures[$id] = null;
        continue;
    }
    $refunds = [];
    foreach ($order->get_refunds() as $refund) {
        $refunds[$refund->get_id()] = [
            'amount' => (string) $refund->get_amount(),
            'goods' => array_map($amount_of, array_values($refund->get_items())),
            'other' => array_map($amount_of, array_values($refund->get_items(['shipping', 'fee']))),
        ];
    }
    $figures[$id] = [
        'status' => $order->get_status(),
        'currency' => $order->get_currency(),
        'placed_at' => $order->get_date_created()->getTimestamp(),
        'visitor' => (string) $order->get_meta('offerlift_visitor'),
        'lines' => array_map($line_of, array_values($order->get_items())),
        'fees' => array_map($amount_of, array_values($order->get_items('fee'))),
        'tax' => (string) $order->get_total_tax(),
        'shipping' => (string) $order->get_shipping_total(),
        'total' => (string) $order->get_total(),
        'refunds' => $refunds ?: new stdClass(),
    ];
}
return $figures ?: new stdClass();
