<?php
/** Watching over the webhooks, each hour: they are switched on again, and what they missed is sent again. */

defined('ABSPATH') || exit;

const OFFERLIFT_RETRY_S = 600;       // after an edge that didn't answer, or a webhook that was switched off
const OFFERLIFT_UNDERWAY_S = 600;    // an order that changed since then is on its way by WooCommerce's own means
const OFFERLIFT_OVERLAP_S = 900;     // what was saved late, with a time from before the last look
const OFFERLIFT_AT_ONCE = 200;       // orders compared by one call
const OFFERLIFT_ROUNDS = 5;          // such calls in one run: a long gap is closed in several, the next ten minutes later

/** How the watch stands: `at` of the last run, `until` when orders are known to have arrived, `again` sent, `problem`. */
function offerlift_watch_state(): array {
    $state = get_option('offerlift_watch');
    return (is_array($state) ? $state : []) + ['at' => 0, 'until' => 0, 'again' => 0, 'problem' => ''];
}

/** Begin to watch; orders from before are for an import. */
function offerlift_begin_watch(): void {
    if (!wp_next_scheduled('offerlift_watch')) {
        wp_schedule_event(time() + OFFERLIFT_RETRY_S, 'hourly', 'offerlift_watch');
    }
    $state = offerlift_watch_state();
    if ($state['until'] === 0) {
        update_option('offerlift_watch', ['until' => time()] + $state, false);
    }
}

/** Watch a shop too whose webhooks somebody made by hand, and one that was restored without its tasks. */
function offerlift_keep_watching(): void {
    if (!wp_doing_ajax() && !wp_next_scheduled('offerlift_watch') && class_exists('WC_Webhook') && offerlift_own_webhooks()) {
        offerlift_begin_watch();
    }
}

function offerlift_watch_soon(): void {
    wp_schedule_single_event(time() + OFFERLIFT_RETRY_S, 'offerlift_watch', ['soon']);
}

/** WooCommerce has switched a webhook off, after five deliveries that failed. */
function offerlift_on_disabled($webhook_id): void {
    $webhook = wc_get_webhook($webhook_id);
    if (offerlift_is_own_webhook($webhook)) {
        offerlift_watch_soon();
    }
    if (offerlift_is_product_webhook($webhook)) {
        offerlift_products_are_off();
    }
}

/** One run: ask the edge which orders it doesn't know, and once it answers switch the webhooks on and send what was missed. */
function offerlift_watch(): void {
    if (offerlift_setup_trouble() !== '' || !class_exists('WC_Webhook') || !offerlift_own_webhooks()) {
        return;
    }
    $state = ['at' => time(), 'problem' => ''] + offerlift_watch_state();
    offerlift_add_newer_webhooks();
    for ($round = 0; $round < OFFERLIFT_ROUNDS; $round++) {
        $orders = offerlift_changed_orders($state['until'] - OFFERLIFT_OVERLAP_S);
        $deletions = $round === 0 ? offerlift_noted_deletions() : [];
        $missing = offerlift_ask_missing(array_merge(array_map('offerlift_order_in_shop', $orders), $deletions));
        if (is_string($missing)) {
            $state['problem'] = $missing;
            offerlift_watch_soon();
            break;
        }
        offerlift_enable_webhooks();
        $state['again'] += offerlift_send_again($missing);
        offerlift_forget_deletions($deletions);
        $is_done = count($orders) < OFFERLIFT_AT_ONCE;
        $state['until'] = offerlift_known_until($orders, $state['until'], $is_done);
        if ($is_done) {
            break;
        }
    }
    if ($round === OFFERLIFT_ROUNDS) {
        offerlift_watch_soon();
    }
    update_option('offerlift_watch', $state, false);
    if ($state['problem'] === '') {
        offerlift_note_changed_while_off();
        offerlift_send_missed_products();
        offerlift_send_gone_customers();
    }
}

/** Until when all orders are known to have arrived. */
function offerlift_known_until(array $orders, int $until, bool $is_done): int {
    if ($is_done) {
        return time() - OFFERLIFT_UNDERWAY_S;
    }
    $last = end($orders)->get_date_modified()->getTimestamp() + OFFERLIFT_OVERLAP_S;
    return max($last, $until + 1);  // more orders of one second than are compared at once must not stop it
}

/** The orders that changed since a time and aren't on their way any more, the oldest first. */
function offerlift_changed_orders(int $since): array {
    $statuses = array_diff(array_keys(wc_get_order_statuses()), ['wc-checkout-draft', 'checkout-draft']);
    $until = time() - OFFERLIFT_UNDERWAY_S;
    $orders = wc_get_orders([
        'type' => 'shop_order',
        'status' => array_merge(array_values($statuses), ['trash']),
        'date_modified' => max(0, $since) . '...' . max(0, $until),
        'orderby' => 'modified',
        'order' => 'ASC',
        'limit' => OFFERLIFT_AT_ONCE,
    ]);
    return array_values(array_filter((array) $orders, fn($order) => $order instanceof WC_Order && $order->get_date_modified()));
}

/** An order as the edge compares it. */
function offerlift_order_in_shop(WC_Order $order): array {
    return [
        'id' => (string) $order->get_id(),
        'updated_at' => gmdate('Y-m-d\TH:i:s\Z', $order->get_date_modified()->getTimestamp()),
        'deleted' => $order->get_status() === 'trash',
    ];
}

/** The orders that the edge doesn't know as they are, as [id => reason]; a text says why it can't be asked. */
function offerlift_ask_missing(array $orders) {
    $options = ['is_secret' => true, 'timeout_s' => 20, 'body' => ['orders' => $orders]];
    $answer = offerlift_call_edge('POST', '/v1/orders/missing', $options);
    if ($answer['code'] !== 200 || !is_array($answer['body']['missing'] ?? null)) {
        return offerlift_reason($answer);
    }
    $missing = [];
    foreach ($answer['body']['missing'] as $order) {
        $missing[(string) $order['id']] = (string) $order['reason'];
    }
    return $missing;
}

/** Switch on what WooCommerce switched off. Who wants a webhook to stay off chooses "Paused". */
function offerlift_enable_webhooks(): void {
    foreach (offerlift_own_webhooks() as $webhook) {
        if ($webhook->get_status() === 'disabled') {
            $webhook->set_status('active');
            $webhook->set_failure_count(0);
            $webhook->save();
        }
    }
}

/** Deliver orders by the webhooks that should have; how many. */
function offerlift_send_again(array $missing): int {
    $webhooks = offerlift_active_webhooks();
    $topics = ['not_deleted' => 'order.deleted', 'not_restored' => 'order.restored'];
    $sent = 0;
    foreach ($missing as $id => $reason) {
        $webhook = $webhooks[$topics[$reason] ?? 'order.updated'] ?? null;
        if ($webhook) {
            $webhook->deliver((int) $id);
            $sent++;
        }
    }
    return $sent;
}
