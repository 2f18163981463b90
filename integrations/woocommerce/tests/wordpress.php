<?php
/**
 * The few functions of WordPress and WooCommerce that the plugin calls, each doing what it is for and no more.
 *
 * What a test changes of the request and of the shop is in `$request` and `$options`.
 */

defined('ABSPATH') || define('ABSPATH', '/');
define('ARRAY_A', 'ARRAY_A');
define('MINUTE_IN_SECONDS', 60);
define('HOUR_IN_SECONDS', 3600);
define('DAY_IN_SECONDS', 86400);
define('YEAR_IN_SECONDS', 365 * 86400);
define('COOKIEPATH', '/');
define('COOKIE_DOMAIN', '');
$hooks = [];
$filters = [];
$transients = [];
$capabilities = ['manage_options'];
$asked = [];
$sent = [];
$answer = ['code' => 200, 'body' => '{"moments": ["cart", "shipping", "payment", "confirmation"], "ttl_s": 60}'];
$request = ['page' => 'cart', 'is_admin' => false, 'is_ajax' => false, 'is_cron' => false, 'is_customizer' => false,
    'is_preview' => false, 'is_feed' => false];
$options = ['woocommerce_tax_display_cart' => 'incl', 'home' => 'https://shop.example'];

function add_action($name, $callback, $priority = 10, $arguments = 1) { global $hooks; $hooks[$name][] = $callback; }
function add_filter($name, $callback, $priority = 10, $arguments = 1) { add_action($name, $callback); }
function current_filter() { global $filters; return end($filters); }

/** What a hook's callbacks print, or else what the last one returns; null where there are none. */
function call($name, ...$given) {
    global $hooks, $filters;
    ob_start();
    $last = null;
    $filters[] = $name;
    foreach ($hooks[$name] ?? [] as $callback) {
        $last = $callback(...$given);
    }
    array_pop($filters);
    return ob_get_clean() ?: $last;
}

function is_admin() { global $request; return $request['is_admin']; }
function wp_doing_ajax() { global $request; return $request['is_ajax']; }
function wp_doing_cron() { global $request; return $request['is_cron']; }
function is_customize_preview() { global $request; return $request['is_customizer']; }
function is_preview() { global $request; return $request['is_preview']; }
function is_feed() { global $request; return $request['is_feed']; }
function is_ssl() { return true; }
function current_user_can($capability) { global $capabilities; return in_array($capability, $capabilities, true); }
function absint($value) { return abs((int) $value); }
function esc_url($text) { return htmlspecialchars($text); }
function esc_attr($text) { return htmlspecialchars($text); }
function esc_html($text) { return htmlspecialchars($text); }
function wp_unslash($text) { return stripslashes($text); }
function wp_json_encode($value, $flags = 0) { return json_encode($value, $flags); }
function sanitize_text_field($text) { return strip_tags($text); }
function get_option($name, $default = false) { global $options; return $options[$name] ?? $default; }
function update_option($name, $value, $autoload = null) { global $options; $options[$name] = $value; return true; }
function delete_option($name) { global $options; unset($options[$name]); }
function home_url($path = '') { return get_option('home') . $path; }
function admin_url($path = '') { return "https://shop.example/wp-admin/$path"; }
function untrailingslashit($text) { return rtrim($text, '/'); }
function wp_parse_url($url) { return parse_url($url); }
function __($text, $domain) { return $text; }
function esc_html__($text, $domain) { return htmlspecialchars($text); }
function load_plugin_textdomain($domain, $deprecated, $path) { return true; }
function plugin_basename($file) { return 'offerlift/offerlift.php'; }
function plugins_url($path, $file) { return "https://shop.example/wp-content/plugins/offerlift/$path"; }
function register_activation_hook($file, $callback) { add_action('activate', $callback); }
function register_deactivation_hook($file, $callback) { add_action('deactivate', $callback); }
function deactivate_plugins($plugins, $silent = false) { global $options; $options['deactivated'][] = $plugins; }
function apply_filters($name, $value, ...$given) { return call($name, $value, ...$given) ?? $value; }
function do_action($name, ...$given) { call($name, ...$given); }
function get_query_var($name) { global $request; return $request[$name] ?? ''; }
function get_transient($name) { global $transients; return $transients[$name] ?? false; }
function set_transient($name, $value, $seconds) { global $transients; $transients[$name] = $value; }

function get_bloginfo($what) { return '6.9.1'; }
function get_current_user_id() { global $request; return $request['user'] ?? 0; }
function get_user_meta($user, $name, $single) { global $user_meta; return $user_meta[$user][$name] ?? ''; }
function update_user_option($user, $name, $value) { global $user_meta; $user_meta[$user]["wp_$name"] = $value; return true; }
function delete_user_option($user, $name) { global $user_meta; unset($user_meta[$user]["wp_$name"]); return true; }
/** A database that answers each question with `$bought`. */
class Database {
    public $prefix = 'wp_';
    public $asked = [];
    function get_blog_prefix() { return $this->prefix; }
    function prepare($sql, $values) { return vsprintf(str_replace('%s', "'%s'", $sql), $values); }
    function get_col($sql) { $this->asked[] = $sql; return $GLOBALS['bought'] ?? []; }
}
$wpdb = new Database();
function _n($one, $many, $count, $domain) { return $count === 1 ? $one : $many; }
function get_queried_object_id() { return 1; }
function get_post_type($id) { return [34 => 'product', 35 => 'product_variation'][$id] ?? 'page'; }
function get_post($id) { $post = new WP_Post(); $post->post_content = $GLOBALS['content'] ?? ''; return $post; }
class WP_Post { public $post_content; }
/** As WordPress reads `name="value"`; it says an empty text where there is nothing. */
function shortcode_parse_atts($text) {
    preg_match_all('~(\w+)="([^"]*)"~', $text, $found);
    return $found[1] ? array_combine($found[1], $found[2]) : '';
}
function add_shortcode($name, $callback) { add_action("shortcode $name", $callback); }
function wp_register_script(...$given) { return true; }
function wp_set_script_translations(...$given) { return true; }
function wp_enqueue_script($name, $url) { global $enqueued; $enqueued[] = $url; }
function register_block_type($name, $settings) { add_action("block $name", $settings['render_callback']); }
function wp_next_scheduled($name) { global $scheduled; return $scheduled[$name] ?? false; }
function wp_schedule_event($at, $recurrence, $name) { global $scheduled; $scheduled[$name] = $at; }
function wp_schedule_single_event($at, $name, $given = []) { global $scheduled; $scheduled["$name once"] = $at; }

class WP_Error {
    function get_error_message() { return 'Connection timed out'; }
}
function is_wp_error($value) { return $value instanceof WP_Error; }
function wp_remote_request($url, $arguments) {
    global $asked, $sent, $answer;
    $asked[] = [$url, $arguments['timeout']];
    $sent[] = $arguments + ['url' => $url];
    return is_callable($answer) ? $answer($url, $arguments) : $answer;
}
function wp_remote_retrieve_header($answer, $name) { return is_array($answer) ? $answer['headers'][$name] ?? '' : ''; }
function wp_remote_retrieve_body($answer) { return is_array($answer) ? $answer['body'] : ''; }
function wp_remote_retrieve_response_code($answer) { return is_array($answer) ? $answer['code'] : ''; }
