<?php
/** An order of another currency notes the rate of whichever plugin sells in it, and no other order does. */

require __DIR__ . '/testing.php';
load_plugin();
$GLOBALS['options']['woocommerce_currency'] = 'EUR';

/** What a checkout notes of an order's rate, in both checkouts. */
function noted(string $currency): array {
    $noted = [];
    foreach (['woocommerce_checkout_create_order', 'woocommerce_store_api_checkout_update_order_from_request'] as $checkout) {
        $order = new Bag();
        $order->set('currency', $currency);
        call($checkout, $order, new Request('POST'));
        $noted[] = $order->meta['_offerlift_currency_rate'] ?? null;
    }
    return $noted;
}

is_same([null, null], noted('USD'), 'a shop of one currency');

class Fox { function get_currencies() { return ['EUR' => ['rate' => 1], 'USD' => ['rate' => '1.25'], 'GBP' => []]; } }
$GLOBALS['WOOCS'] = new Fox();
is_same(['1.25', '1.25'], noted('USD'), 'FOX');
is_same([null, null], noted('EUR'), "the shop's own currency");
is_same([null, null], noted('GBP'), 'a currency without a rate');
is_same([null, null], noted('CHF'), 'a currency that is not sold in');
unset($GLOBALS['WOOCS']);

class Wpml { function get_exchange_rates() { return ['EUR' => 1, 'USD' => 1.5]; } }
$GLOBALS['woocommerce_wpml'] = (object) ['multi_currency' => new Wpml()];
is_same(['1.5', '1.5'], noted('USD'), 'WPML');

// declared only here: a class at the top of a file is there from the beginning
if (true) {
    class WOOMULTI_CURRENCY_F_Data {
        static function get_ins() { return new self(); }
        function get_list_currencies() { return ['EUR' => ['rate' => 1], 'USD' => ['rate' => 1.75]]; }
    }
}
is_same(['1.75', '1.75'], noted('USD'), 'CURCY');
