<?php
/** What an order carries of Offerlift's, from where the webhook brings it back. */

defined('ABSPATH') || exit;

/** The order's line carries the acceptance; names that begin with an underscore are not shown to shoppers. */
function offerlift_note_acceptance($line, $key, $item): void {
    if (isset($item['offerlift'])) {
        $line->add_meta_data('_offerlift_acceptance', $item['offerlift']['token']);
    }
}

/** Write visitor and variants into the order. */
function offerlift_note($order): void {
    $session = WC()->session;
    if (!offerlift_may_remember()) {
        return;
    }
    $visitor = $session ? $session->get('offerlift_visitor') : null;
    $cookie = $_COOKIE['upsell_visitor'] ?? '';
    $visitor = $visitor ?? (is_string($cookie) ? sanitize_text_field(wp_unslash($cookie)) : '');
    if ($visitor) {
        $assignments = $session ? (array) $session->get('offerlift_assignments', []) : [];
        $order->update_meta_data('offerlift_visitor', $visitor);
        $order->update_meta_data('offerlift_assignments', http_build_query($assignments, '', ', '));
    }
}

/**
 * Write the same into an order of the block checkout that is being placed, and when that was: it is dated by when the
 * checkout was opened, before what was seen there.
 *
 * WooCommerce saves the order after this. Not when the checkout is opened or filled in, which makes a draft and changes it:
 * saving that once more would be the dearest part of the page. An address with an order's number pays one that is there.
 */
function offerlift_note_block_order($order, $request): void {
    if ($request->get_method() !== 'POST' || isset($request['id'])) {
        return;
    }
    offerlift_note_rate($order);
    offerlift_note($order);
    $order->update_meta_data('_offerlift_placed_at', gmdate('Y-m-d\TH:i:s\Z'));
}
