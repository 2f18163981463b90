<?php
/** WordPress's tools for exporting and erasing personal data: what orders carry, and what Offerlift has. */

defined('ABSPATH') || exit;

const OFFERLIFT_ERASED = '_offerlift_erased';  // an order whose customer Offerlift is no longer told of
const OFFERLIFT_ORDERS_A_PAGE = 10;  // each may be a call of the edge, and WordPress waits for a page at most half a minute
const OFFERLIFT_ORDER_META = [
    'offerlift_visitor', 'offerlift_assignments', 'offerlift_email_offers', 'offerlift_email_wording', '_offerlift_email_wording_text',
];

function offerlift_add_exporter($exporters) {
    $exporters['offerlift'] = ['exporter_friendly_name' => 'Offerlift', 'callback' => 'offerlift_export_data'];
    return $exporters;
}

function offerlift_add_eraser($erasers) {
    $erasers['offerlift'] = ['eraser_friendly_name' => 'Offerlift', 'callback' => 'offerlift_erase_data'];
    return $erasers;
}

/** What the shop's privacy policy may say. */
function offerlift_suggest_policy(): void {
    if (function_exists('wp_add_privacy_policy_content')) {
        $text = __('To find out which offers help shoppers, we store a random visitor ID in a cookie for a year, and with it which offers were shown and accepted and which orders followed. Offerlift processes this for us.', 'offerlift');
        wp_add_privacy_policy_content('Offerlift', '<p>' . esc_html($text) . '</p>');
    }
}

/** The orders of an e-mail address, a page of them. */
function offerlift_orders_of(string $email, int $page): array {
    $query = ['limit' => OFFERLIFT_ORDERS_A_PAGE, 'page' => $page, 'customer' => [$email], 'orderby' => 'ID', 'order' => 'ASC'];
    $user = get_user_by('email', $email);
    if ($user) {
        $query['customer'][] = (int) $user->ID;
    }
    return array_values(array_filter((array) wc_get_orders($query), fn($order) => $order instanceof WC_Order));
}

/** The visitors that orders name, each once. */
function offerlift_visitors_of(array $orders): array {
    $visitors = array_map(fn($order) => (string) $order->get_meta('offerlift_visitor'), $orders);
    return array_values(array_unique(array_filter($visitors)));
}

/**
 * Whom the edge is asked about, a page of them: on the first one the customer, by the address that the orders and contacts
 * have and by the account's number; on each the visitors that its orders name. As bodies of the edge's calls.
 */
function offerlift_people(string $email, array $orders, int $page): array {
    $people = array_map(fn($visitor) => ['visitor_id' => $visitor], offerlift_visitors_of($orders));
    if ($page !== 1) {
        return $people;
    }
    $user = get_user_by('email', $email);
    $customer = $user ? [['customer_id' => (string) $user->ID]] : [];
    return array_merge([['email' => $email]], $customer, $people);
}

/** A group of an export, of names and values. */
function offerlift_export_group(string $id, string $label, string $item, array $values): array {
    $data = [];
    foreach ($values as $name => $value) {
        $data[] = ['name' => (string) $name, 'value' => (string) $value];
    }
    return ['group_id' => "offerlift_$id", 'group_label' => $label, 'item_id' => "offerlift-$id-$item", 'data' => $data];
}

/** A page of an export, as WordPress asks for it. */
function offerlift_export_data($email, $page = 1): array {
    $orders = offerlift_orders_of((string) $email, (int) $page);
    $groups = [];
    foreach ($orders as $order) {
        $values = [];
        foreach (OFFERLIFT_ORDER_META as $name) {
            $values[$name] = (string) $order->get_meta($name);
        }
        if (array_filter($values)) {
            $label = __('Offers in orders', 'offerlift');
            $groups[] = offerlift_export_group('order', $label, (string) $order->get_id(), array_filter($values));
        }
    }
    foreach (offerlift_people((string) $email, $orders, (int) $page) as $person) {
        $groups = array_merge($groups, offerlift_export_of_person($person));
    }
    return ['data' => $groups, 'done' => count($orders) < OFFERLIFT_ORDERS_A_PAGE];
}

/** What Offerlift has about somebody; that it couldn't be asked is said in the export, which would look complete. */
function offerlift_export_of_person(array $person): array {
    $options = ['is_secret' => true, 'timeout_s' => 15, 'body' => $person, 'max_bytes' => 20000000];
    $answer = offerlift_call_edge('POST', '/v1/visitors/export', $options);
    $is_visitor = isset($person['visitor_id']);
    $label = $is_visitor ? __('Offers that were shown', 'offerlift') : __('Offers by email', 'offerlift');
    $id = $is_visitor ? 'visitor' : 'customer';
    $name = (string) reset($person);
    if ($answer['code'] !== 200 || !is_array($answer['body']['tables'] ?? null)) {
        /* translators: %s: the reason */
        $why = sprintf(__('Offerlift didn\'t answer: %s.', 'offerlift'), offerlift_reason($answer));
        return [offerlift_export_group($id, $label, $name, [__('Incomplete', 'offerlift') => $why])];
    }
    $groups = [];
    foreach ($answer['body']['tables'] as $table => $rows) {
        foreach ((array) $rows as $number => $row) {
            $groups[] = offerlift_export_group($id, $label, "$name-$table-$number", ['table' => $table] + (array) $row);
        }
    }
    return $groups;
}

/** A page of an erasure, as WordPress asks for it. What can't be erased now stays, is said, and is found the next time. */
function offerlift_erase_data($email, $page = 1): array {
    $orders = offerlift_orders_of((string) $email, (int) $page);
    $user = get_user_by('email', (string) $email);
    if ($user) {
        delete_user_option((int) $user->ID, OFFERLIFT_OWNED);  // made of the orders again while these name the customer
    }
    $failed = [];
    foreach (offerlift_people((string) $email, $orders, (int) $page) as $person) {
        $options = ['is_secret' => true, 'timeout_s' => 15, 'body' => $person];
        $answer = offerlift_call_edge('POST', '/v1/visitors/erase', $options);
        if ($answer['code'] !== 200) {
            $failed[(string) reset($person)] = offerlift_reason($answer);
        }
    }
    $removed = 0;
    foreach ($orders as $order) {
        $is_left = isset($failed[(string) $order->get_meta('offerlift_visitor')]);
        $removed += $is_left ? 0 : offerlift_erase_from_order($order);
    }
    $messages = [];
    if ($failed) {
        /* translators: %s: the reason */
        $messages[] = sprintf(__('Offerlift couldn\'t erase everything: %s. Start the erasure again.', 'offerlift'), reset($failed));
    }
    return [
        'items_removed' => $removed > 0,
        'items_retained' => (bool) $failed,
        'messages' => $messages,
        'done' => count($orders) < OFFERLIFT_ORDERS_A_PAGE,
    ];
}

/** Take what names the visitor out of an order and its lines, and out of its webhooks; 1 where there was something. */
function offerlift_erase_from_order(WC_Order $order): int {
    $is_changed = !$order->get_meta(OFFERLIFT_ERASED);
    $order->update_meta_data(OFFERLIFT_ERASED, '1');
    foreach (OFFERLIFT_ORDER_META as $name) {
        $is_changed = $is_changed || $order->meta_exists($name);
        $order->delete_meta_data($name);
    }
    foreach ($order->get_items() as $line) {
        if ($line->meta_exists('_offerlift_acceptance')) {
            $is_changed = true;
            $line->delete_meta_data('_offerlift_acceptance');
            $line->save();
        }
    }
    if ($is_changed) {
        $order->save();
    }
    return (int) $is_changed;
}
