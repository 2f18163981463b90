<?php
/** A token that a message leads to: all that it accepts goes into the cart, once and at its price, or nothing does. */

require __DIR__ . '/testing.php';
load_plugin();

function token(array $changed = [], string $key = 'sk_shop_0123456789abcdef0123456789abcdef'): string {
    $claims = $changed + [
        'iss' => 'offerlift', 'exp' => time() + 60, 'currency' => 'EUR', 'quantity' => 1,
        'lines' => [['sku' => 'balm', 'quantity' => 1, 'price_minor' => 334], ['sku' => 'balm', 'quantity' => 2, 'price_minor' => 333]],
    ];
    $encode = fn($text) => rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
    $signed = $encode('{"alg":"HS256"}') . '.' . $encode(json_encode($claims));
    return "$signed." . $encode(hash_hmac('sha256', $signed, $key, true));
}

/** What is in the cart, as [id => [units, what they cost as shown]]. */
function contents(): array {
    $found = [];
    foreach (WC()->cart->get_cart() as $item) {
        $shown = round($item['line_subtotal'] + $item['line_subtotal_tax'], 2);
        $found[] = [$item['data']->get_id(), $item['quantity'], $shown];
    }
    return $found;
}

$cart = WC()->cart;
$boots = ['data' => new WC_Product(36), 'quantity' => 2];
$cart->items = ['boots' => $boots];
$cart->calculate_totals();
$before = contents();
is_same([[36, 2, 9.52]], $before, 'the cart of before');

// nothing of these
$sold_out = [['sku' => 'balm', 'quantity' => 1, 'price_minor' => 1], ['sku' => 'x', 'external_id' => '99', 'quantity' => 1, 'price_minor' => 1]];
$wrong = [
    'another store' => [token([], 'sk_other_0123456789abcdef0123456789abcdef'), 'no longer valid'],
    'over' => [token(['exp' => 1]), 'no longer valid'],
    'of somebody else' => [token(['iss' => 'other']), 'no longer valid'],
    'no token' => ['x', 'no longer valid'],
    'another currency' => [token(['currency' => 'JPY']), 'its price is in JPY'],
    'a product that is not there' => [token(['lines' => [['sku' => 'gone', 'quantity' => 1, 'price_minor' => 1]]]), 'Your cart is unchanged.'],
    'the second is sold out' => [token(['lines' => $sold_out]), 'Your cart is unchanged.'],
    'nothing accepted' => [token(['lines' => []]), 'Your cart is unchanged.'],
];
foreach ($wrong as $what => [$given, $words]) {
    is_same(true, strpos(offerlift_put_accepted($cart, $given), $words) !== false, $what);
    is_same($before, contents(), "the cart after: $what");
}

// three for 10.00, as shown with tax; the same again changes nothing
$token = token();
is_same('', offerlift_put_accepted($cart, $token), 'taken');
is_same([[36, 2, 9.52], [34, 3, 10.0]], contents(), 'the cart with the offer');
is_same('', offerlift_put_accepted($cart, $token), 'taken again');
is_same([[36, 2, 9.52], [34, 3, 10.0]], contents(), 'the cart after the same again');

// an upgrade takes one of what it replaces
$cart->items = ['boots' => $boots];
is_same('', offerlift_put_accepted($cart, token(['replaces' => ['sku' => '', 'external_id' => '36']])), 'the upgrade');
is_same([[36, 1, 4.76], [34, 3, 10.0]], contents(), 'the cart with the upgrade');

// another plugin asks another price: nothing
$cart->items = ['boots' => $boots];
$cart->calculate_totals();
add_action('woocommerce_before_calculate_totals', function ($cart) {
    foreach ($cart->items as $item) {
        $item['data']->set_price(4);
    }
});
is_same(true, offerlift_put_accepted($cart, $token) !== '', 'another price');
is_same($before, contents(), 'the cart after another price');
