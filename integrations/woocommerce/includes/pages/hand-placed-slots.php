<?php
/** Slots that somebody places by hand, by the shortcode `[offerlift moment="cart"]` or the block *Offer*. */

defined('ABSPATH') || exit;

/** The moments that have a slot. */
function offerlift_slot_moments(): array {
    return [
        'cart' => __('Cart', 'offerlift'),
        'shipping' => __('Delivery options', 'offerlift'),
        'payment' => __('Payment', 'offerlift'),
        'confirmation' => __('Thank-you page', 'offerlift'),
    ];
}

/** The slot of a shortcode or a block; nothing outside of cart, checkout and thank-you pages. */
function offerlift_hand_placed_slot($attributes): string {
    $moment = is_array($attributes) ? ($attributes['moment'] ?? 'cart') : 'cart';
    return is_string($moment) && isset(offerlift_slot_moments()[$moment]) ? offerlift_slot($moment) : '';
}

/** The moments that somebody has placed by hand in this page or its template, where the plugin adds no slot of its own. */
function offerlift_hand_placed_moments(): array {
    $page = get_post(get_queried_object_id());
    $template = $GLOBALS['_wp_current_template_content'] ?? '';  // of a theme made of blocks
    $content = ($page instanceof WP_Post ? $page->post_content : '') . (is_string($template) ? $template : '');
    $attributes = [];
    preg_match_all('~<!-- wp:offerlift/slot (\{.*?\} )?/?-->~', $content, $blocks);
    foreach ($blocks[1] as $json) {
        $attributes[] = json_decode($json, true);
    }
    preg_match_all('~\[offerlift\b([^\]]*)\]~', $content, $shortcodes);
    foreach ($shortcodes[1] as $text) {
        $attributes[] = shortcode_parse_atts($text);
    }
    return array_map(fn($given) => is_array($given) ? ($given['moment'] ?? 'cart') : 'cart', $attributes);
}

/** Register both. Until the plugin is set up they draw nothing, so that pages don't show the shortcode's text. */
function offerlift_register_hand_placed_slots(): void {
    add_shortcode('offerlift', 'offerlift_hand_placed_slot');
    register_block_type('offerlift/slot', [
        'api_version' => 3,
        'title' => __('Offer', 'offerlift'),
        'description' => __('A place for an offer on a cart, checkout or thank-you page.', 'offerlift'),
        'category' => 'woocommerce',
        'icon' => 'tag',
        'attributes' => ['moment' => ['type' => 'string', 'default' => 'cart', 'enum' => array_keys(offerlift_slot_moments())]],
        'supports' => ['html' => false],
        'editor_script_handles' => ['offerlift-slot-block'],
        'render_callback' => 'offerlift_hand_placed_slot',
    ]);
}

/** The block's script, where blocks are edited: on shop pages, WordPress would list it although nobody needs it there. */
function offerlift_register_slot_script(): void {
    $url = plugins_url('assets/slot-block.js', OFFERLIFT_FILE);
    $needs = ['wp-blocks', 'wp-block-editor', 'wp-components', 'wp-element'];
    wp_register_script('offerlift-slot-block', $url, $needs, OFFERLIFT_VERSION, true);
}

/** What the editor says of the block and its moments, in the language of whoever edits. */
function offerlift_describe_slots(): void {
    $moments = [];
    foreach (offerlift_slot_moments() as $value => $label) {
        $moments[] = ['value' => $value, 'label' => $label];
    }
    $said = [
        'title' => __('Offer', 'offerlift'),
        'moment' => __('Moment', 'offerlift'),
        'help' => __('Offers appear here while a test runs or a winner is rolled out at this moment.', 'offerlift'),
        'moments' => $moments,
    ];
    wp_add_inline_script('offerlift-slot-block', 'window.offerliftSlot=' . wp_json_encode($said), 'before');
}
