<?php
/** The part of WooCommerce that the plugin calls, to be loaded after `wordpress.php`: a cart of two products. */

function WC() { global $shop; return $shop; }
function is_cart() { global $request; return $request['page'] === 'cart'; }
function is_checkout() { global $request; return in_array($request['page'], ['checkout', 'pay', 'received'], true); }
function is_checkout_pay_page() { global $request; return $request['page'] === 'pay'; }
function is_order_received_page() { global $request; return $request['page'] === 'received'; }
function get_woocommerce_currency() { return 'EUR'; }
function wc_get_price_decimals() { return 2; }
function wc_get_product($id) { return $id ? new WC_Product($id) : false; }
function wc_get_product_id_by_sku($sku) { return ['balm' => 34][$sku] ?? 0; }
function wc_tax_enabled() { return true; }
function wc_format_decimal($number, $decimals) { return number_format($number, $decimals, '.', ''); }
function wc_get_is_paid_statuses() { return ['processing', 'completed']; }
function wc_get_order($id) { global $orders; return $orders[$id] ?? false; }
function woocommerce_store_api_register_endpoint_data($given) { add_action('cart extension', $given['data_callback']); }
function woocommerce_store_api_register_update_callback($given) { add_action('extensions', $given['callback']); }

/** A shop that enters prices without tax, of 19%, as the real function does. */
function wc_get_price_including_tax($product, $given = []) {
    $price = $given['price'] ?? $product->price;
    return call_or(round($price * 1.19, 2), 'woocommerce_get_price_including_tax', $given['qty'] ?? 1, $product);
}
function wc_get_price_excluding_tax($product, $given = []) {
    return call_or($given['price'] ?? $product->price, 'woocommerce_get_price_excluding_tax', $given['qty'] ?? 1, $product);
}
function call_or($value, $filter, ...$given) { return call($filter, $value, ...$given) ?? $value; }

class WC_Product {
    public $price = 4.0;
    public $id;
    function __construct($id) { $this->id = $id; }
    function get_id() { return $this->id; }
    function get_sku() { return [34 => 'balm', 35 => '</script>'][$this->id] ?? ''; }
    function get_data() { return ['price' => '4']; }
    function get_price() { return $this->price; }
    function set_price($price) { $this->price = (float) $price; }
    function get_parent_id() { return 0; }
    function get_type() { return 'simple'; }
    function is_type($type) { return $type === 'simple'; }
    function get_status() { return 'publish'; }
    function is_taxable() { return false; }
    function get_manage_stock() { return true; }
    function get_stock_quantity() { return 5; }
    function get_stock_status() { return 'instock'; }
    function get_backorders() { return 'no'; }
}

/** A session, an order's line or an order that is being made. */
class Bag {
    public $kept = [];
    public $meta = [];
    function get($name, $default = null) { return $this->kept[$name] ?? $default; }
    function set($name, $value) { $this->kept[$name] = $value; }
    function update_meta_data($name, $value) { $this->meta[$name] = $value; }
    function add_meta_data($name, $value) { $this->meta[$name] = $value; }
    function save() { $this->meta['saved'] = true; }
    function get_currency() { return $this->kept['currency'] ?? 'EUR'; }
}

/** A call of the Store API: `POST` places an order, `PUT` fills one in, `GET` opens the checkout; `id` pays an order. */
class Request extends ArrayObject {
    public $method;
    function __construct($method, $parameters = []) { parent::__construct($parameters); $this->method = $method; }
    function get_method() { return $this->method; }
}

class WC_Customer {
    public $is_exempt = false;
    function get_is_vat_exempt() { return $this->is_exempt; }
    function get_billing_country() { return 'DE'; }
}

class WC_Cart {
    public $items = [];
    function get_cart_contents() { return $this->items; }
    function set_cart_contents($items) { $this->items = $items; }
    function get_cart_item($key) { return $this->items[$key] ?? []; }
    function set_quantity($key, $quantity, $refreshes) {
        $this->items[$key]['quantity'] = $quantity;
        $this->items = array_filter($this->items, fn($item) => $item['quantity'] > 0);
    }
    /** Products above 90 are sold out. */
    function add_to_cart($id, $quantity, $variation, $attributes, $more) {
        if ($id > 90) { return false; }
        $this->items["$id" . md5(json_encode($more))] = ['data' => new WC_Product($id), 'quantity' => $quantity] + $more;
        return array_key_last($this->items);
    }
    function calculate_totals() {
        call('woocommerce_before_calculate_totals', $this);
        foreach ($this->items as &$item) {
            $item['line_subtotal'] = $item['data']->price * $item['quantity'];
            $item['line_subtotal_tax'] = 0.19 * $item['line_subtotal'];
        }
    }
    function get_cart() { return $this->items; }
    function is_empty() { return !$this->items; }
    function display_prices_including_tax() { return get_option('woocommerce_tax_display_cart') === 'incl'; }
    function get_cart_contents_total() { return '12.5'; }
    function get_cart_contents_tax() { return '2.37'; }
}

/** An order line: two balms at 4.00 and tax, 1.00 off. */
class Line {
    function get_product() { return new WC_Product(34); }
    function get_quantity() { return 2; }
    function get_subtotal() { return '8'; }
    function get_subtotal_tax() { return '1.52'; }
    function get_total() { return '7'; }
    function get_total_tax() { return '1.33'; }
}

class WC_Order {
    public $status = 'processing';
    public $customer = 0;
    function get_customer_id() { return $this->customer; }
    function get_order_key() { return 'wc_order_secret'; }
    function get_currency() { return 'EUR'; }
    function get_billing_country() { return 'FR'; }
    function get_items() { return [new Line()]; }
    function has_status($status) { return $this->status === $status; }
}

class WC_Webhook {
    public $url;
    public $secret = '';
    public $topic = '';
    public $status = 'active';
    public $id = 0;
    public $delivered = [];
    function __construct($url = '', $topic = '') { $this->url = $url; $this->topic = $topic; }
    function get_resource() { return explode('.', $this->topic)[0]; }
    function get_event() { return explode('.', $this->topic)[1] ?? ''; }
    function get_secret() { return $this->secret; }
    function deliver($id) { $this->delivered[] = $id; }
    function get_id() { return $this->id; }
    function get_topic() { return $this->topic; }
    function get_user_id() { return 1; }
    function get_status() { return $this->status; }
    function get_delivery_url() { return $this->url; }
    function set_name($name) {}
    function set_topic($topic) { $this->topic = $topic; }
    function set_user_id($id) {}
    function set_api_version($version) {}
    function set_delivery_url($url) { $this->url = $url; }
    function set_secret($secret) { $this->secret = $secret; }
    function set_status($status) { $this->status = $status; }
    function set_failure_count($count) {}
    function save() {
        global $webhooks;
        $this->id = $this->id ?: count($webhooks) + 1;
        $webhooks[$this->id] = $this;
        return $this->id;
    }
    function deliver_ping() { return true; }
}

$webhooks = [];
function wc_get_webhook($id) { global $webhooks; return $webhooks[$id] ?? null; }
class WC_Data_Store {
    static function load($name) { return new self(); }
    function get_webhooks_ids() { global $webhooks; return array_keys($webhooks); }
}
function wc_get_products($query) { return []; }

class Shop {
    public $version = '10.5.2';
    public $cart;
    public $session;
    public $customer;
}

$orders = [7 => new WC_Order()];
$shop = new Shop();
$shop->cart = new WC_Cart();
$shop->session = new Bag();
$shop->customer = new WC_Customer();
$shop->cart->items = [
    ['data' => new WC_Product(34), 'quantity' => 3, 'line_subtotal' => 12.0, 'line_subtotal_tax' => 2.28],
    ['data' => new WC_Product(36), 'quantity' => 1, 'line_subtotal' => 0.5, 'line_subtotal_tax' => 0.1],
];
