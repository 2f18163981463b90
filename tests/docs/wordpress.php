<?php
/** The few functions of WordPress and WooCommerce that the plugin calls, each doing what it is for and no more. */

define('ABSPATH', '/');
define('OFFERLIFT_EDGE', 'https://offers.example');
define('OFFERLIFT_KEY', 'pk_shop');
$hooks = [];

function add_action($name, $callback) { global $hooks; $hooks[$name][] = $callback; }
function add_filter($name, $callback) { add_action($name, $callback); }

/** What a hook's callbacks print, or else what the last one returns. */
function call($name, ...$given) {
    global $hooks;
    ob_start();
    $last = null;
    foreach ($hooks[$name] as $callback) {
        $last = $callback(...$given);
    }
    return ob_get_clean() ?: $last;
}

function woocommerce_store_api_register_update_callback($given) { add_action('extensions', $given['callback']); }
function is_cart() { return true; }
function esc_url($text) { return htmlspecialchars($text); }
function esc_attr($text) { return htmlspecialchars($text); }
function wp_json_encode($value, $flags) { return json_encode($value, $flags); }
function sanitize_text_field($text) { return strip_tags($text); }
function get_woocommerce_currency() { return 'EUR'; }
function wc_get_product($id) { return new Product($id); }
function WC() { global $shop; return $shop; }

class Product {
    public $price = 4.0;
    function __construct(public $id) {}
    function get_id() { return $this->id; }
    function get_sku() { return [34 => 'balm', 35 => '</script>'][$this->id] ?? ''; }
    function set_price($price) { $this->price = $price; }
}

/** A session, a customer, an order or an order's line. */
class Bag {
    public $kept = [];
    public $meta = [];
    function get($name, $default = null) { return $this->kept[$name] ?? $default; }
    function set($name, $value) { $this->kept[$name] = $value; }
    function update_meta_data($name, $value) { $this->meta[$name] = $value; }
    function add_meta_data($name, $value) { $this->meta[$name] = $value; }
    function get_billing_country() { return 'DE'; }
    function save() { $this->meta['saved'] = true; }
}

class Cart {
    public $items;
    function get_cart() { return $this->items; }
    function get_cart_contents_total() { return 12.5; }
}

class Shop {
    public $cart;
    public $session;
    public $customer;
}

$shop = new Shop();
$shop->cart = new Cart();
$shop->session = new Bag();
$shop->customer = new Bag();
$shop->cart->items = [
    ['data' => new Product(34), 'quantity' => 3, 'line_subtotal' => 12.0],
    ['data' => new Product(36), 'quantity' => 1, 'line_subtotal' => 0.5],
];
