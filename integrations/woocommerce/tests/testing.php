<?php
/** For the scripts test-*.php: loads the plugin into a WordPress of a few functions, and holds values. Any complaint ends it. */

error_reporting(E_ALL);
set_error_handler(function ($number, $why, $file, $line) {
    throw new ErrorException($why, 0, $number, $file, $line);
});

/** Load the plugin as a shop would that is set up, unless `$settings` says otherwise. */
function load_plugin(array $settings = [], bool $has_shop = true): void {
    require __DIR__ . '/wordpress.php';
    if ($has_shop) {
        require __DIR__ . '/woocommerce.php';
    }
    $usual = ['edge' => 'https://offers.example', 'key' => 'pk_shop', 'secret' => 'sk_shop_0123456789abcdef0123456789abcdef'];
    foreach (get_defined_vars() as $name => $value) {
        if (!in_array($name, ['settings', 'has_shop', 'usual'], true)) {
            $GLOBALS[$name] = $value;
        }
    }
    $GLOBALS['options']['offerlift_settings'] = $settings + $usual;
    require dirname(__DIR__) . '/offerlift.php';
}

/** End with 1 where two values differ. */
function is_same($expected, $found, string $what): void {
    if ($expected !== $found) {
        echo "$what: expected " . var_export($expected, true) . ', found ' . var_export($found, true) . "\n";
        exit(1);
    }
}
