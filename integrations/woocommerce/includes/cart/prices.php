<?php
/** The accepted price as the shopper sees it, whatever the shop enters, shows and taxes. */

defined('ABSPATH') || exit;

/** Whether this shopper pays no tax: WooCommerce then shows prices without it, whatever the shop's settings say. */
function offerlift_is_tax_exempt(): bool {
    $customer = WC()->customer;
    return $customer instanceof WC_Customer && $customer->get_is_vat_exempt();
}

/** Whether prices in the cart are shown with tax. */
function offerlift_shows_tax(): bool {
    return get_option('woocommerce_tax_display_cart') === 'incl' && !offerlift_is_tax_exempt();
}

/** The accepted prices of the cart's product objects, of one unit and as the shopper is shown them. */
function offerlift_shown_prices(): SplObjectStorage {
    static $prices = null;
    $prices = $prices ?? new SplObjectStorage();
    return $prices;
}

/**
 * The price to enter for a product so that this shopper's cart shows `$shown`.
 *
 * Shops enter prices with or without tax, show them with or without, and take one country's tax out and put another's
 * on. WooCommerce's own function does all of that for an amount so large that rounding doesn't count; what is shown is
 * in proportion to what is entered.
 */
function offerlift_entered_price(WC_Product $product, float $shown): float {
    $show = offerlift_shows_tax() ? 'wc_get_price_including_tax' : 'wc_get_price_excluding_tax';
    $large = 1e9;
    $shown_of_large = (float) $show($product, ['qty' => 1, 'price' => $large]);
    return $shown_of_large > 0 ? $shown * $large / $shown_of_large : $shown;
}

/** Sell a line's product at the accepted price, or at the catalogue's where there are more units than were accepted. */
function offerlift_set_price(WC_Product $product, float $quantity, array $accepted): void {
    $shown_prices = offerlift_shown_prices();
    unset($shown_prices[$product]);
    if ($quantity > $accepted['quantity']) {
        $product->set_price($product->get_data()['price']);  // as read, whatever was set in this request
        return;
    }
    $product->set_price(offerlift_entered_price($product, (float) $accepted['price']));
    $shown_prices[$product] = (float) $accepted['price'];
}

/** Price the cart's accepted lines. */
function offerlift_set_prices($cart): void {
    foreach ($cart->get_cart() as $item) {
        if (isset($item['offerlift'])) {
            offerlift_set_price($item['data'], (float) $item['quantity'], $item['offerlift']);
        }
    }
}

/**
 * An accepted price as it is displayed.
 *
 * WooCommerce rounds the tax that it takes out and the one that it puts on apart, so that a foreign shopper's cart would
 * display a cent more or less than it sums up. Any other difference is not ours: displayed is what the cart asks.
 */
function offerlift_displayed_price($displayed, $quantity, $product) {
    $shown_prices = offerlift_shown_prices();
    if (!$product instanceof WC_Product || !isset($shown_prices[$product])) {
        return $displayed;
    }
    // of a shopper without tax, blocks ask for the price with it: for WooCommerce that is the same amount
    $is_with_tax = current_filter() === 'woocommerce_get_price_including_tax';
    if ($is_with_tax !== offerlift_shows_tax() && !offerlift_is_tax_exempt()) {
        return $displayed;
    }
    $shown = $shown_prices[$product] * (float) $quantity;
    $last_decimal = 10 ** -wc_get_price_decimals();
    return abs((float) $displayed - $shown) < 1.5 * $last_decimal ? round($shown, wc_get_price_decimals()) : $displayed;
}
