<?php
/** Orders that are gone leave nothing to compare, so their ids are kept until Offerlift knows. */

defined('ABSPATH') || exit;

const OFFERLIFT_MOST_DELETIONS = 500;  // as many as one call compares; older ones are in a day's list in Offerlift

/** Keep an order's id; written once at the end, also where thousands are deleted. */
function offerlift_note_deletion($order_id): void {
    static $ids = [];
    if (!$ids) {
        add_action('shutdown', function () use (&$ids) {
            $noted = array_fill_keys(array_keys($ids), time()) + (array) get_option('offerlift_deletions', []);
            $most = OFFERLIFT_MOST_DELETIONS - OFFERLIFT_AT_ONCE;
            update_option('offerlift_deletions', array_slice($noted, 0, $most, true), false);
        });
    }
    $ids[(int) $order_id] = true;
}

/** What is kept, as the edge compares it. */
function offerlift_noted_deletions(): array {
    $noted = [];
    foreach ((array) get_option('offerlift_deletions', []) as $id => $at) {
        $noted[] = ['id' => (string) $id, 'updated_at' => gmdate('Y-m-d\TH:i:s\Z', (int) $at), 'deleted' => true];
    }
    return $noted;
}

/** Let go of those that were compared, and sent again where it was needed. */
function offerlift_forget_deletions(array $deletions): void {
    if ($deletions) {
        $left = array_diff_key((array) get_option('offerlift_deletions', []), array_flip(array_column($deletions, 'id')));
        update_option('offerlift_deletions', $left, false);
    }
}
