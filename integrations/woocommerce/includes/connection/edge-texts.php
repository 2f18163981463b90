<?php
/** What Offerlift says is wrong, in the language of the shop: it answers with codes and values, and in English. */

defined('ABSPATH') || exit;

/** Offerlift's codes: a sentence, and the values that stand in it, in their order. */
function offerlift_edge_texts(): array {
    return [
        /* translators: %s: a number of minutes, more than five */
        'clock_differs' => [__('The shop\'s clock differs from Offerlift\'s by %s minutes. Ask your host to correct the server\'s time.', 'offerlift'), ['minutes']],
        'keys_of_two_stores' => [__('The site key and the secret key are not from the same store. Copy both from the Setup page of one store in Offerlift.', 'offerlift'), []],
        /* translators: 1: the shop's currency, such as EUR, 2: that of the store in Offerlift */
        'other_currency' => [__('The shop sells in %1$s, but the store in Offerlift has %2$s. Change one of them.', 'offerlift'), ['shop', 'store']],
        /* translators: %s: the address of the shop, such as https://shop.example */
        'origin_not_allowed' => [__('Offerlift doesn\'t accept requests from pages of %s. Add this address to the store\'s allowed origins in Offerlift.', 'offerlift'), ['origin']],
        'no_products' => [__('The store in Offerlift has no products yet. Import the shop\'s products there.', 'offerlift'), []],
        /* translators: 1: a number of products, 2: the number of all that were compared */
        'few_products_known' => [__('Offerlift knows only %1$s of the %2$s products that were compared. Give the products in Offerlift the shop\'s SKUs, or enter the shop\'s product IDs there.', 'offerlift'), ['known', 'named']],
        'catalog_with_tax' => [__('The shop\'s cart shows prices without tax, but Offerlift\'s catalog has them with tax. Enter prices and offers in Offerlift without tax.', 'offerlift'), []],
        'catalog_without_tax' => [__('The shop\'s cart shows prices with tax, but Offerlift\'s catalog has them without tax. Enter prices and offers in Offerlift with tax.', 'offerlift'), []],
        /* translators: %s: the address of the site that is connected */
        'other_site' => [__('The store is connected to %s. If this site is a copy, leave it as it is. If the shop has moved here, confirm it.', 'offerlift'), ['site_address']],
        'connection_off' => [__('This connection is switched off in Offerlift. Switch it on there under Connections, and select Connect again.', 'offerlift'), []],
    ];
}

/** The sentence of a code; Offerlift's own in English where the plugin is older than the code, or lacks a value for it. */
function offerlift_edge_text($code, $values, $english): string {
    $known = is_string($code) ? offerlift_edge_texts()[$code] ?? null : null;
    $given = [];
    foreach ($known[1] ?? [] as $name) {
        $given[] = is_array($values) && is_scalar($values[$name] ?? null) ? (string) $values[$name] : '';
    }
    if (!$known || in_array('', $given, true)) {
        return is_string($english) ? $english : '';
    }
    return vsprintf($known[0], $given);
}
