<?php
/** Connecting the shop: everything is checked, and the webhooks are made. The same again changes nothing. */

defined('ABSPATH') || exit;

/** What became of the last attempt: `at`, `store`, `other_site`, and `checks`: what is wrong by check, empty if nothing. */
function offerlift_report(): array {
    $report = get_option('offerlift_connection');
    return (is_array($report) ? $report : []) + ['at' => 0, 'store' => '', 'other_site' => '', 'checks' => []];
}

/**
 * Connect and keep the report.
 *
 * `$replaces_site` says that the shop has moved here from the address that is connected; `$rotates` makes a new webhook
 * secret. Returns the report.
 */
function offerlift_connect(bool $replaces_site = false, bool $rotates = false): array {
    $report = ['at' => time(), 'store' => '', 'other_site' => '', 'checks' => []];
    $trouble = offerlift_setup_trouble();
    if ($trouble !== '' && $trouble !== 'copy') {
        $report['checks'][$trouble === 'bad_address' ? 'address' : 'keys'] = offerlift_setup_problem();
    } else {
        $body = offerlift_site_description() + ['replace_site' => $replaces_site, 'rotate' => $rotates];
        $answer = offerlift_call_edge('POST', '/v1/connections/woocommerce', ['is_secret' => true, 'body' => $body]);
        $report = offerlift_refusal($answer, $report) ?? offerlift_connected($answer['body'], $report);
    }
    update_option('offerlift_connection', $report, false);
    return $report;
}

/** The report of a shop that isn't connected; null where it is. */
function offerlift_refusal(array $answer, array $report): ?array {
    $unreachable = offerlift_unreachable($answer);
    if ($unreachable !== '') {
        $report['checks']['address'] = $unreachable;
        return $report;
    }
    if ($answer['code'] === 200) {
        return null;
    }
    $error = $answer['body']['error'] ?? [];
    $message = offerlift_edge_text($error['code'] ?? '', $error, $error['message'] ?? '');
    if ($answer['code'] === 409) {
        $report['other_site'] = is_string($error['site_address'] ?? null) ? $error['site_address'] : '';
        $report['checks'] = ['address' => '', 'keys' => '', 'webhooks' => $message];
    } elseif ($answer['code'] === 401) {
        $why = __('Offerlift doesn\'t know this secret key. Create one on the store\'s Setup page in Offerlift, and enter it here.', 'offerlift');
        $report['checks'] = ['address' => '', 'keys' => $why];
    } elseif ($answer['code'] === 404) {
        $report['checks']['address'] = __('Offerlift isn\'t at this address, or is too old for this plugin. Copy the address from the Setup page in Offerlift.', 'offerlift');
    } else {
        $report['checks']['address'] = $message ?: ucfirst(offerlift_reason($answer)) . '.';
    }
    return $report;
}

/** The report of a shop that Offerlift has taken, once its webhooks are made. */
function offerlift_connected(array $answer, array $report): array {
    offerlift_remember_site();
    $report['store'] = is_string($answer['store'] ?? null) ? $answer['store'] : '';
    $url = offerlift_edge() . ($answer['webhook_path'] ?? '');
    $checks = ['address' => '', 'keys' => '', 'cors' => offerlift_cors_problem()];
    foreach ((array) ($answer['checks'] ?? []) as $check) {
        $code = ['site_key' => 'keys', 'origin' => 'cors'][$check['code']] ?? (string) $check['code'];
        $problem = $check['ok'] ? '' : offerlift_edge_text($check['problem'] ?? '', $check['values'] ?? [], $check['message']);
        $checks[$code] = ($checks[$code] ?? '') ?: $problem;
    }
    $checks['webhooks'] = offerlift_make_webhooks($url, (string) $answer['webhook_secret'], (array) $answer['topics']);
    $report['checks'] = $checks;
    return $report;
}

/** Make the webhooks, or point those that are there at this address; what is wrong, empty if nothing. */
function offerlift_make_webhooks(string $url, string $secret, array $topics): string {
    $present = [];
    foreach (offerlift_own_webhooks() as $webhook) {
        $present[$webhook->get_topic()] = $webhook;
    }
    $ids = [];
    foreach ($topics as $topic) {
        $webhook = $present[$topic] ?? new WC_Webhook();
        $user = get_current_user_id() ?: $webhook->get_user_id();
        $ids[$topic] = offerlift_save_webhook($webhook, $topic, $url, $secret, $user);
    }
    update_option('offerlift_webhooks', $ids, false);
    offerlift_begin_watch();
    return offerlift_ping_problem((int) reset($ids));
}

/** What keeps a webhook from arriving, tried with WooCommerce's own ping; empty where it arrives. */
function offerlift_ping_problem(int $id): string {
    $webhook = wc_get_webhook($id);
    $ping = $webhook ? $webhook->deliver_ping() : new WP_Error('error', __('WooCommerce couldn\'t create a webhook.', 'offerlift'));
    if (!is_wp_error($ping)) {
        return '';
    }
    /* translators: %s: the reason, a sentence of WordPress or WooCommerce */
    $sentence = __('The shop\'s webhooks don\'t reach Offerlift: %s', 'offerlift');
    return sprintf($sentence, $ping->get_error_message());
}
