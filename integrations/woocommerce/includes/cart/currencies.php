<?php
/**
 * Plugins that sell in several currencies: an order notes the rate, so that it counts in the shop's own currency.
 *
 * Some of them write it down only once the thank-you page was seen, and some never. Those that aren't known here, such as
 * WooPayments and Aelia's, write it down themselves.
 */

defined('ABSPATH') || exit;

/** The rates of all currencies, of one unit of the shop's own, as the plugin says that sells in them; empty without one. */
function offerlift_currency_rates(): array {
    if (isset($GLOBALS['WOOCS']) && method_exists($GLOBALS['WOOCS'], 'get_currencies')) {  // FOX
        return array_map(fn($currency) => $currency['rate'] ?? 0, (array) $GLOBALS['WOOCS']->get_currencies());
    }
    foreach (['WOOMULTI_CURRENCY_Data', 'WOOMULTI_CURRENCY_F_Data'] as $curcy) {
        if (method_exists($curcy, 'get_ins') && method_exists($curcy, 'get_list_currencies')) {
            return array_map(fn($currency) => $currency['rate'] ?? 0, (array) $curcy::get_ins()->get_list_currencies());
        }
    }
    $wpml = $GLOBALS['woocommerce_wpml']->multi_currency ?? null;
    return $wpml && method_exists($wpml, 'get_exchange_rates') ? (array) $wpml->get_exchange_rates() : [];
}

/** Note in an order of another currency how much of it one unit of the shop's own is; the order is saved after this. */
function offerlift_note_rate($order): void {
    $own = (string) get_option('woocommerce_currency');
    $rate = apply_filters('offerlift_currency_rates', offerlift_currency_rates())[$order->get_currency()] ?? 0;
    if ($order->get_currency() !== $own && is_numeric($rate) && $rate > 0) {
        $order->update_meta_data('_offerlift_currency_rate', (string) $rate);
    }
}
