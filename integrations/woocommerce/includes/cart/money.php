<?php
/** Amounts: Offerlift counts in a currency's smallest coins. */

defined('ABSPATH') || exit;

/** Units of a currency's smallest coin in one. */
function offerlift_minor_units(string $currency): int {
    $decimals = [
        'BIF' => 0, 'CLP' => 0, 'DJF' => 0, 'GNF' => 0, 'ISK' => 0, 'JPY' => 0, 'KMF' => 0, 'KRW' => 0, 'PYG' => 0,
        'RWF' => 0, 'UGX' => 0, 'UYI' => 0, 'VND' => 0, 'VUV' => 0, 'XAF' => 0, 'XOF' => 0, 'XPF' => 0,
        'BHD' => 3, 'IQD' => 3, 'JOD' => 3, 'KWD' => 3, 'LYD' => 3, 'OMR' => 3, 'TND' => 3, 'CLF' => 4, 'UYW' => 4,
    ];
    return 10 ** ($decimals[$currency] ?? 2);
}

/** An amount in the shop's currency as whole minor units. */
function offerlift_minor($amount, string $currency): int {
    $units = offerlift_minor_units($currency);
    // As a decimal first: 0.285 * 100 is a little less than 28.5 in binary, which PHP 8.4 rounds down and others up.
    return (int) round(round((float) $amount, strlen((string) $units) - 1) * $units);
}
