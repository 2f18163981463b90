<?php
/** Places for offers, in classic pages and in blocks, only where there is something to show. */

defined('ABSPATH') || exit;

/**
 * The moments of the pages, each below or above what a shopper is busy with there.
 *
 * Hooks of the classic pages, outside of what cart and checkout draw again: the delivery options are in the table of the
 * order, so that below them is below the table.
 */
const OFFERLIFT_HOOKS = [
    'woocommerce_before_cart_collaterals' => ['cart', 10],
    'woocommerce_checkout_order_review' => ['shipping', 15],  // the table is drawn at 10, the payment at 20
    'woocommerce_review_order_before_payment' => ['payment', 10],
    'woocommerce_thankyou' => ['confirmation', 10],
];

/** Inner blocks of cart and checkout, and whether the slot comes after them. WooCommerce's scripts keep what is between. */
const OFFERLIFT_BLOCKS = [
    'woocommerce/cart-line-items-block' => ['cart', true],
    'woocommerce/checkout-shipping-methods-block' => ['shipping', true],
    'woocommerce/checkout-actions-block' => ['payment', false],
];

/** The moments whose slots have been drawn on this page. */
function offerlift_drawn_moments(string $moment = ''): array {
    static $drawn = [];
    if ($moment !== '') {
        $drawn[$moment] = true;
    }
    return array_keys($drawn);
}

/**
 * A place for an offer, high enough for a card where the theme is wide. Without consent nothing is on its way, so that it
 * takes no room.
 */
function offerlift_slot_html(string $moment): string {
    offerlift_drawn_moments($moment);
    $height = offerlift_may_remember() ? 'min-height: 200px; ' : '';
    return '<div data-upsell-slot="' . esc_attr($moment) . "\" style=\"{$height}margin-block-end: 16px\"></div>";
}

/** A slot, wherever it is placed; nothing where no offer can come. */
function offerlift_slot(string $moment): string {
    if (!offerlift_is_page() || (offerlift_cart()->is_empty() && $moment !== 'confirmation')) {
        return '';
    }
    return offerlift_is_open($moment) ? offerlift_slot_html($moment) : '';
}

/** A slot where the plugin places it; nothing where somebody has placed that moment's by hand. */
function offerlift_automatic_slot(string $moment): string {
    $is_mine = offerlift_is_page() && !in_array($moment, offerlift_hand_placed_moments(), true);
    return $is_mine ? offerlift_slot($moment) : '';
}

/** The moments that the snippet asks for: those of the slots on the page, and leaving it. */
function offerlift_wanted_moments(): array {
    $is_leavable = !offerlift_cart()->is_empty() && offerlift_is_open('exit_intent');
    return array_merge(offerlift_drawn_moments(), $is_leavable ? ['exit_intent'] : []);
}

/** Draw the slots of classic pages and of blocks. */
function offerlift_place_slots(): void {
    foreach (OFFERLIFT_HOOKS as $hook => [$moment, $priority]) {
        add_action($hook, function () use ($moment) {
            echo offerlift_automatic_slot($moment);
        }, $priority);
    }
    foreach (OFFERLIFT_BLOCKS as $block => [$moment, $is_after]) {
        add_filter("render_block_$block", function ($html) use ($moment, $is_after) {
            $slot = offerlift_automatic_slot($moment);
            return $is_after ? $html . $slot : $slot . $html;
        });
    }
}
