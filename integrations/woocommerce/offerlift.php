<?php
/**
 * Plugin Name: Offerlift
 * Description: Shows offers on the cart, checkout and thank-you pages, sells accepted ones at the offer's price, and records them in the order.
 * Requires Plugins: woocommerce
 * Requires PHP: 7.4
 * WC requires at least: 8.8
 *
 * Copy this file to wp-content/plugins, activate it, and say in wp-config.php where the edge is and who the store is:
 *   define('OFFERLIFT_EDGE', 'https://offers.example');
 *   define('OFFERLIFT_KEY', 'pk_...');
 *   define('OFFERLIFT_SECRET', 'sk_...');
 * Until all three are there, the shop is as it would be without the plugin, and the dashboard says what is missing.
 */

defined('ABSPATH') || exit;

// ---- Whether it is set up -------------------------------------------------------------------------------------------

/** A constant's text; empty where it isn't defined, or isn't a text. */
function offerlift_constant(string $name): string {
    $value = defined($name) ? constant($name) : '';
    return is_string($value) ? trim($value) : '';
}

function offerlift_edge(): string {
    return rtrim(offerlift_constant('OFFERLIFT_EDGE'), '/');
}

/** What keeps the plugin from working, as a sentence for the shop's staff; empty where nothing does. */
function offerlift_setup_problem(): string {
    $names = ['OFFERLIFT_EDGE', 'OFFERLIFT_KEY', 'OFFERLIFT_SECRET'];
    $missing = array_filter($names, fn($name) => offerlift_constant($name) === '');
    if ($missing) {
        return 'wp-config.php does not define ' . implode(', ', $missing) . '. Add what is missing to show offers.';
    }
    if (!preg_match('~^https?://[^\s"\'<>]+$~i', offerlift_edge())) {
        return 'OFFERLIFT_EDGE in wp-config.php is not a web address. Enter one such as https://offers.example.';
    }
    // the key is printed into every cart page: a secret must never be
    if (strpos(offerlift_constant('OFFERLIFT_KEY'), 'sk_') === 0) {
        return 'OFFERLIFT_KEY in wp-config.php holds a secret key. Enter the site key, which begins with pk_.';
    }
    return '';
}

/** What the shop's staff should know: that it isn't set up, lacks WooCommerce, or can't reach the edge. */
function offerlift_problem(): string {
    if (offerlift_setup_problem()) {
        return offerlift_setup_problem();
    }
    if (!function_exists('WC') || version_compare(WC()->version, '8.8', '<')) {
        return 'It needs WooCommerce 8.8 or newer. Activate or update WooCommerce to show offers.';
    }
    return offerlift_known_moments()['problem'];
}

add_action('admin_notices', function () {
    $problem = current_user_can('manage_options') ? offerlift_problem() : '';
    if ($problem) {
        echo '<div class="notice notice-warning"><p><strong>Offerlift shows no offers.</strong> '
            . esc_html($problem) . '</p></div>';
    }
});

add_action('before_woocommerce_init', function () {
    $features = 'Automattic\WooCommerce\Utilities\FeaturesUtil';
    foreach (class_exists($features) ? ['custom_order_tables', 'cart_checkout_blocks'] : [] as $feature) {
        $features::declare_compatibility($feature, __FILE__, true);
    }
});

// ---- Money ----------------------------------------------------------------------------------------------------------

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
    return (int) round((float) $amount * offerlift_minor_units($currency));
}

/** The claims of an acceptance (a JSON Web Token, HS256), or null unless this store's key signed it and it is fresh. */
function offerlift_claims($token): ?array {
    $secret = offerlift_constant('OFFERLIFT_SECRET');
    $parts = is_string($token) ? explode('.', $token) : [];
    if (count($parts) !== 3 || $secret === '') {
        return null;
    }
    $decode = fn($text) => (string) base64_decode(strtr($text, '-_', '+/'));
    $signature = hash_hmac('sha256', "$parts[0].$parts[1]", $secret, true);
    $claims = json_decode($decode($parts[1]), true);
    $is_ours = hash_equals($signature, $decode($parts[2])) && is_array($claims);
    return $is_ours && ($claims['iss'] ?? '') === 'offerlift' && ($claims['exp'] ?? 0) > time() ? $claims : null;
}

/** What was accepted of a product: ['quantity' => units, 'price' => of one as shown], or null for nothing. */
function offerlift_accepted(array $claims, string $sku, string $id): ?array {
    $quantity = $total = 0;
    foreach ($claims['lines'] as $line) {
        if ($line['sku'] === $sku || ($line['external_id'] ?? '') === $id) {
            $quantity += $line['quantity'];
            $total += $line['quantity'] * $line['price_minor'];
        }
    }
    $price = $quantity ? $total / $quantity / offerlift_minor_units($claims['currency']) : 0;
    return $quantity ? ['quantity' => $quantity, 'price' => $price] : null;
}

/** Whether prices in the cart are shown with tax. */
function offerlift_shows_tax(): bool {
    return get_option('woocommerce_tax_display_cart') === 'incl';
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

/**
 * An accepted price as it is displayed.
 *
 * WooCommerce rounds the tax that it takes out and the one that it puts on apart, so that a foreign shopper's cart would
 * display a cent more or less than it sums up. Any other difference is not ours: displayed is what the cart asks.
 */
function offerlift_displayed_price($displayed, $quantity, $product) {
    $shown_prices = offerlift_shown_prices();
    $is_shown_way = (current_filter() === 'woocommerce_get_price_including_tax') === offerlift_shows_tax();
    if (!$is_shown_way || !$product instanceof WC_Product || !isset($shown_prices[$product])) {
        return $displayed;
    }
    $shown = $shown_prices[$product] * (float) $quantity;
    $last_decimal = 10 ** -wc_get_price_decimals();
    return abs((float) $displayed - $shown) < 1.5 * $last_decimal ? round($shown, wc_get_price_decimals()) : $displayed;
}

// ---- Pages ----------------------------------------------------------------------------------------------------------

/** The shopper's cart; null where WooCommerce has none: in the admin, REST, cron, on the command line. */
function offerlift_cart(): ?WC_Cart {
    $cart = function_exists('WC') ? WC()->cart : null;
    return $cart instanceof WC_Cart ? $cart : null;
}

/** Whether a cart, checkout or thank-you page is drawn for a shopper: not a part of it, a preview, or an editor. */
function offerlift_is_page(): bool {
    $is_request_for_a_part = wp_doing_ajax() || wp_doing_cron() || (defined('REST_REQUEST') && REST_REQUEST);
    if ($is_request_for_a_part || is_admin() || is_feed() || is_preview() || is_customize_preview()) {
        return false;
    }
    if (offerlift_cart() === null || !(is_cart() || is_checkout())) {
        return false;
    }
    if (is_order_received_page()) {
        return offerlift_order_received() !== null;
    }
    return !is_checkout_pay_page();  // whoever pays an order that is there already can't add to it
}

/** The order that the thank-you page thanks for; null without the order's key, and where the payment failed. */
function offerlift_order_received(): ?WC_Order {
    $order = is_order_received_page() ? wc_get_order(absint(get_query_var('order-received'))) : null;
    $key = isset($_GET['key']) && is_string($_GET['key']) ? wp_unslash($_GET['key']) : '';
    $is_shoppers = $order instanceof WC_Order && hash_equals($order->get_order_key(), $key);
    return $is_shoppers && !$order->has_status('failed') ? $order : null;
}

/** A line of the cart or of an order, as decide wants it; amounts are those that the shopper sees. */
function offerlift_item($product, float $quantity, float $subtotal, string $currency): array {
    return [
        'sku' => $product instanceof WC_Product ? ($product->get_sku() ?: (string) $product->get_id()) : '',
        'quantity' => max(1, (int) round($quantity)),
        'price_minor' => offerlift_minor($quantity > 0 ? $subtotal / $quantity : $subtotal, $currency),
    ];
}

/** The cart, with tax where the shop shows its cart with tax: goods after discounts, before shipping. */
function offerlift_cart_data(WC_Cart $cart): array {
    $currency = get_woocommerce_currency();
    $is_with_tax = $cart->display_prices_including_tax();
    $items = [];
    foreach ($cart->get_cart() as $item) {
        $tax = $is_with_tax ? (float) ($item['line_subtotal_tax'] ?? 0) : 0;
        $subtotal = (float) ($item['line_subtotal'] ?? 0) + $tax;
        $items[] = offerlift_item($item['data'], (float) $item['quantity'], $subtotal, $currency);
    }
    $total = (float) $cart->get_cart_contents_total() + ($is_with_tax ? (float) $cart->get_cart_contents_tax() : 0);
    return ['currency' => $currency, 'total_minor' => offerlift_minor($total, $currency), 'items' => $items];
}

/** The order in the place of the cart, which is empty by then. */
function offerlift_order_data(WC_Order $order): array {
    $currency = $order->get_currency();
    $is_with_tax = offerlift_shows_tax();
    $items = [];
    $total = 0.0;
    foreach ($order->get_items() as $line) {
        $subtotal = (float) $line->get_subtotal() + ($is_with_tax ? (float) $line->get_subtotal_tax() : 0);
        $total += (float) $line->get_total() + ($is_with_tax ? (float) $line->get_total_tax() : 0);
        $items[] = offerlift_item($line->get_product(), (float) $line->get_quantity(), $subtotal, $currency);
    }
    return ['currency' => $currency, 'total_minor' => offerlift_minor($total, $currency), 'items' => $items];
}

/** The snippet's command for this page, and what it says: the cart or the order, and the shopper's country. */
function offerlift_page(): array {
    $order = offerlift_order_received();
    $customer = WC()->customer;
    $country = $customer instanceof WC_Customer ? $customer->get_billing_country() : '';
    return [
        $order ? 'order' : 'page',
        [
            'cart' => $order ? offerlift_order_data($order) : offerlift_cart_data(offerlift_cart()),
            'visitor' => ['country' => ($order ? $order->get_billing_country() : $country) ?: null],
        ],
    ];
}

/** The tags, and what the page is about. Add the tag of your consent manager's adapter here if you need one. */
function offerlift_print_tags(): void {
    if (!offerlift_is_page()) {
        return;
    }
    [$command, $page] = offerlift_page();
    $json = wp_json_encode($page, JSON_HEX_TAG | JSON_HEX_AMP);
    if (!$json) {  // a SKU that isn't text
        return;
    }
    $edge = esc_url(offerlift_edge());
    $key = esc_attr(offerlift_constant('OFFERLIFT_KEY'));
    echo "<script>window.upsell=window.upsell||function(){(upsell.q=upsell.q||[]).push(arguments)}</script>\n"
        . "<script async src=\"$edge/s/upsell.js\" data-key=\"$key\"></script>\n"
        . "<script async src=\"$edge/s/woocommerce.js\"></script>\n"
        . "<script>upsell('$command', $json)</script>\n";
}

// ---- Slots, only where there is something to show -------------------------------------------------------------------

const OFFERLIFT_MOMENTS_S = 60;  // as long as the edge says that its answer holds
const OFFERLIFT_IDLE_S = 600;    // after so long without an answer nobody knows what runs

/** What the edge last said, when, and what kept it from saying more. */
function offerlift_known_moments(): array {
    $known = get_transient(offerlift_transient());
    return is_array($known) ? $known : ['moments' => [], 'asked_at' => 0, 'problem' => ''];
}

/** The name of what is known, which is of this edge and store alone. */
function offerlift_transient(): string {
    return 'offerlift_moments_' . md5(offerlift_edge() . ' ' . offerlift_constant('OFFERLIFT_KEY'));
}

/** Ask the edge at which moments somebody can get an offer now. It has a second; no answer means none. */
function offerlift_ask_moments(): array {
    $url = offerlift_edge() . '/v1/moments?key=' . rawurlencode(offerlift_constant('OFFERLIFT_KEY'));
    $answer = wp_remote_get($url, ['timeout' => 1, 'redirection' => 0, 'limit_response_size' => 10000]);
    $body = json_decode((string) wp_remote_retrieve_body($answer), true);
    $code = (int) wp_remote_retrieve_response_code($answer);
    $moments = $code === 200 && is_array($body['moments'] ?? null) ? $body['moments'] : [];
    $known = ['moments' => array_filter($moments, 'is_string'), 'asked_at' => time(), 'problem' => ''];
    if ($code === 401) {
        $known['problem'] = 'The server does not know this site key. Compare OFFERLIFT_KEY with the store in Offerlift.';
    } elseif ($code !== 200 || !is_array($body)) {
        $why = is_wp_error($answer) ? $answer->get_error_message() : "it answered with status $code";
        $known['problem'] = 'Your site cannot reach ' . offerlift_edge() . ": $why. It tries again every minute. "
            . 'If this stays, ask your host to allow outgoing requests to that address.';
    }
    set_transient(offerlift_transient(), $known, DAY_IN_SECONDS);
    return $known;
}

/**
 * The moments at which somebody can get an offer now.
 *
 * Known for a minute. After that one request asks again once its page is sent, and the page goes by what is known. Only
 * where nobody has asked for ten minutes does a page wait for the answer, a second at most: what is known may be long
 * over. An edge that doesn't answer is asked again after a minute, and until then there are no slots, because nothing
 * would fill them.
 */
function offerlift_moments(): array {
    $known = offerlift_known_moments();
    $age = time() - $known['asked_at'];
    if ($age > OFFERLIFT_IDLE_S) {
        return offerlift_ask_moments()['moments'];
    }
    if ($age > OFFERLIFT_MOMENTS_S) {
        // taken at once, so that other pages of this minute don't ask as well
        set_transient(offerlift_transient(), ['asked_at' => time()] + $known, DAY_IN_SECONDS);
        add_action('shutdown', 'offerlift_ask_moments_after_page');
    }
    return $known['moments'];
}

/** Hand the page over to the shopper first, where the server can. */
function offerlift_ask_moments_after_page(): void {
    foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $finish_request) {
        if (function_exists($finish_request)) {
            $finish_request();
            break;
        }
    }
    offerlift_ask_moments();
}

/** Whether somebody looks at a preview in this browser: then every moment has its slot. */
function offerlift_is_preview(): bool {
    return isset($_GET['offerlift_preview']) || isset($_COOKIE['offerlift_preview']);
}

/** The snippet remembers a preview for as long as the tab lives, so the next pages need slots as well. */
function offerlift_remember_preview(): void {
    if (isset($_GET['offerlift_preview']) && !headers_sent()) {
        setcookie('offerlift_preview', '1', 0, COOKIEPATH ?: '/', (string) COOKIE_DOMAIN, is_ssl(), true);
    }
}

/** A place for an offer, high enough for a card where the theme is wide; nothing where no offer can come. */
function offerlift_slot(string $moment): string {
    if (!offerlift_is_page() || (offerlift_cart()->is_empty() && $moment !== 'confirmation')) {
        return '';
    }
    if (!offerlift_is_preview() && !in_array($moment, offerlift_moments(), true)) {
        return '';
    }
    return '<div data-upsell-slot="' . esc_attr($moment) . '" style="min-height: 200px"></div>';
}

// ---- Cart and order -------------------------------------------------------------------------------------------------

/** The adapter sends the acceptance along with the product: such a line is one of its own. */
function offerlift_add_to_cart($data, $request) {
    $claims = offerlift_claims($request['offerlift_acceptance']);
    $product = $claims && $claims['currency'] === get_woocommerce_currency() ? wc_get_product($data['id']) : null;
    $accepted = $product ? offerlift_accepted($claims, $product->get_sku(), (string) $data['id']) : null;
    if ($accepted) {
        $data['cart_item_data']['offerlift'] = $accepted + ['token' => $request['offerlift_acceptance']];
    }
    return $data;
}

function offerlift_set_prices($cart): void {
    foreach ($cart->get_cart() as $item) {
        if (isset($item['offerlift'])) {
            offerlift_set_price($item['data'], (float) $item['quantity'], $item['offerlift']);
        }
    }
}

/** The order's line carries the acceptance; names that begin with an underscore are not shown to shoppers. */
function offerlift_note_acceptance($line, $key, $item): void {
    if (isset($item['offerlift'])) {
        $line->add_meta_data('_offerlift_acceptance', $item['offerlift']['token']);
    }
}

/** The adapter leaves the visitor and the variants with the session; an empty visitor is a withdrawn consent. */
function offerlift_introduce($data): void {
    $session = WC()->session;
    if (!$session || !is_array($data)) {
        return;
    }
    $visitor = is_string($data['visitor'] ?? null) ? sanitize_text_field($data['visitor']) : '';
    $earlier = $visitor ? (array) $session->get('offerlift_assignments', []) : [];
    $assignments = array_filter((array) ($data['assignments'] ?? []), 'is_string');
    $session->set('offerlift_visitor', $visitor);
    $session->set(
        'offerlift_assignments',
        array_slice(array_map('sanitize_text_field', $assignments) + $earlier, 0, 50)
    );
}

/** Write visitor and variants into the order, from where the webhook carries them back. */
function offerlift_note($order): void {
    $session = WC()->session;
    $visitor = $session ? $session->get('offerlift_visitor') : null;
    $cookie = $_COOKIE['upsell_visitor'] ?? '';
    $visitor = $visitor ?? (is_string($cookie) ? sanitize_text_field(wp_unslash($cookie)) : '');
    if ($visitor) {
        $assignments = $session ? (array) $session->get('offerlift_assignments', []) : [];
        $order->update_meta_data('offerlift_visitor', $visitor);
        $order->update_meta_data('offerlift_assignments', http_build_query($assignments, '', ', '));
    }
}

/** When the order was placed: the block checkout dates it by when the checkout was opened, before what was seen there. */
function offerlift_note_time($order): void {
    $order->update_meta_data('_offerlift_placed_at', gmdate('Y-m-d\TH:i:s\Z'));
    $order->save();
}

// ---- Webhooks: what WooCommerce leaves out --------------------------------------------------------------------------

/** Whether a webhook is one of Offerlift's: nobody else's are changed. */
function offerlift_is_own_webhook($webhook): bool {
    return $webhook instanceof WC_Webhook
        && strpos($webhook->get_delivery_url(), '/v1/webhooks/woocommerce/') !== false;
}

/** The order's refunds with their lines, each as WooCommerce's REST API shows it but for its links. */
function offerlift_refunds(WC_Order $order): array {
    $controller = new WC_REST_Order_Refunds_Controller();
    $request = new WP_REST_Request('GET', "/wc/v3/orders/{$order->get_id()}/refunds");
    $request->set_param('order_id', $order->get_id());
    $refunds = [];
    foreach ($order->get_refunds() as $refund) {
        $response = $controller->prepare_object_for_response($refund, $request);
        if (!is_wp_error($response)) {
            $refunds[] = $response->get_data();
        }
    }
    return $refunds;
}

/** An order's delivery says only what a refund comes to; add what it is for. */
function offerlift_add_refunds($payload, $resource, $id, $webhook_id) {
    $is_order = $resource === 'order' && is_array($payload) && isset($payload['refunds']);
    if (!$is_order || !class_exists('WC_REST_Order_Refunds_Controller')) {
        return $payload;
    }
    $order = offerlift_is_own_webhook(wc_get_webhook($webhook_id)) ? wc_get_order($id) : null;
    return $order instanceof WC_Order ? $payload + ['offerlift_refunds' => offerlift_refunds($order)] : $payload;
}

/** Tell of orders that are deleted without going to the trash first; WooCommerce tells of the trash alone. */
function offerlift_topic_hooks($hooks, $webhook) {
    if (offerlift_is_own_webhook($webhook)) {
        $hooks['order.deleted'][] = 'offerlift_delete_order';
    }
    return $hooks;
}

/** An order that is a post goes, by its list in the admin; its refunds are posts too. */
function offerlift_before_delete_post($id): void {
    if (get_post_type($id) === 'shop_order') {
        do_action('offerlift_delete_order', $id);
    }
}

/** A refund that is deleted leaves its order as it was: save that, so that the order is delivered again. */
function offerlift_touch_order($order_id): void {
    $order = wc_get_order($order_id);
    if ($order instanceof WC_Order) {
        $order->set_date_modified(time());
        $order->save();
    }
}

add_filter('woocommerce_webhook_payload', 'offerlift_add_refunds', 10, 4);
add_filter('woocommerce_webhook_topic_hooks', 'offerlift_topic_hooks', 10, 2);
add_action('before_delete_post', 'offerlift_before_delete_post');
add_action('woocommerce_before_delete_order', function ($id) {
    do_action('offerlift_delete_order', $id);
});
add_action('woocommerce_refund_deleted', fn($refund_id, $order_id) => offerlift_touch_order($order_id), 10, 2);
add_action('woocommerce_rest_delete_shop_order_refund_object', function ($refund) {
    offerlift_touch_order($refund->get_parent_id());
});

// ---- Everything that shoppers meet, once it is set up ---------------------------------------------------------------

if (offerlift_setup_problem()) {
    return;
}

add_action('init', 'offerlift_remember_preview');
add_action('wp_head', 'offerlift_print_tags');

// Slots of the classic pages, outside of what cart and checkout draw again.
foreach ([
    'woocommerce_before_cart_collaterals' => 'cart',
    'woocommerce_review_order_before_payment' => 'payment',
    'woocommerce_thankyou' => 'confirmation',
] as $hook => $moment) {
    add_action($hook, function () use ($moment) {
        echo offerlift_slot($moment);
    });
}

// Slots of the blocks, below the cart and above the checkout.
add_filter('render_block_woocommerce/cart', fn($html) => $html . offerlift_slot('cart'));
add_filter('render_block_woocommerce/checkout', fn($html) => offerlift_slot('payment') . $html);

add_filter('woocommerce_store_api_add_to_cart_data', 'offerlift_add_to_cart', 10, 2);
add_action('woocommerce_before_calculate_totals', 'offerlift_set_prices');
add_filter('woocommerce_get_price_including_tax', 'offerlift_displayed_price', 10, 3);
add_filter('woocommerce_get_price_excluding_tax', 'offerlift_displayed_price', 10, 3);
add_action('woocommerce_checkout_create_order_line_item', 'offerlift_note_acceptance', 10, 3);
add_action('woocommerce_blocks_loaded', function () {
    woocommerce_store_api_register_update_callback(['namespace' => 'offerlift', 'callback' => 'offerlift_introduce']);
});
add_action('woocommerce_checkout_create_order', 'offerlift_note');  // classic checkout, which saves the order after this
add_action('woocommerce_store_api_checkout_update_order_meta', function ($order) {  // block checkout
    offerlift_note($order);
    $order->save();
});
add_action('woocommerce_store_api_checkout_order_processed', 'offerlift_note_time');
