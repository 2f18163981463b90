<?php
/** Amounts become whole minor units: those of ISO 4217, rounded as a cash register does. Ends with 1 where one isn't right. */

require_once __DIR__ . '/wordpress.php';
require_once __DIR__ . '/../includes/cart/money.php';

$expected = [
    ['9.90', 'EUR', 990],
    [9.9, 'EUR', 990],
    ['0.285', 'EUR', 29],
    ['-4.90', 'EUR', -490],
    ['', 'EUR', 0],
    [null, 'EUR', 0],
    ['1290', 'JPY', 1290],
    ['1.2345', 'KWD', 1235],
    ['1.00005', 'CLF', 10001],
    ['19.99', 'XXX', 1999],
];
$wrong = 0;
foreach ($expected as [$amount, $currency, $minor]) {
    $actual = offerlift_minor($amount, $currency);
    if ($actual !== $minor) {
        echo var_export($amount, true) . " $currency is $actual, not $minor.\n";
        $wrong = 1;
    }
}
exit($wrong);
