<?php
/** Calls of the edge from the shop's server. */

defined('ABSPATH') || exit;

/**
 * Call the edge; never throws and never waits longer than `timeout_s`.
 *
 * Options are `timeout_s`, `body` (sent as JSON), `is_secret` (sends the secret key), `headers` and
 * `max_bytes` (of the answer). The answer has
 * `code` (0 where there was none), `body` (null where it isn't a JSON object), `error` (why there was no answer) and
 * `allowed_origin` (the header that lets a page read it).
 */
function offerlift_call_edge(string $method, string $path, array $options = []): array {
    $headers = $options['headers'] ?? [];
    if ($options['is_secret'] ?? false) {
        $headers['Authorization'] = 'Bearer ' . offerlift_setting('secret');
    }
    $arguments = [
        'method' => $method,
        'timeout' => $options['timeout_s'] ?? 10,
        'redirection' => 0,
        'limit_response_size' => $options['max_bytes'] ?? 1000000,
        'headers' => $headers,
    ];
    if (isset($options['body'])) {
        $arguments['headers']['Content-Type'] = 'application/json';
        $arguments['body'] = (string) wp_json_encode($options['body']);
    }
    $answer = wp_remote_request(offerlift_edge() . $path, $arguments);
    $body = json_decode((string) wp_remote_retrieve_body($answer), true);
    return [
        'code' => (int) wp_remote_retrieve_response_code($answer),
        'body' => is_array($body) ? $body : null,
        'error' => is_wp_error($answer) ? $answer->get_error_message() : '',
        'allowed_origin' => (string) wp_remote_retrieve_header($answer, 'access-control-allow-origin'),
    ];
}

/** Why there is no answer that says anything, as the end of a sentence. */
function offerlift_reason(array $answer): string {
    if ($answer['error'] !== '') {
        return rtrim($answer['error'], '.');
    }
    /* translators: %d: the number of an HTTP status; the text ends a sentence */
    return sprintf(__('it answered with status %d', 'offerlift'), $answer['code']);
}

/** Why the edge could not be asked, for staff: no answer, or one that isn't the edge's. Empty where it answered. */
function offerlift_unreachable(array $answer): string {
    if ($answer['error'] === '' && $answer['body'] !== null && $answer['code'] < 500) {
        return '';
    }
    /* translators: 1: a web address, 2: the reason */
    $sentence = __('Your site can\'t reach %1$s: %2$s. Check the address, or ask your host to allow outgoing requests to it.', 'offerlift');
    return sprintf($sentence, offerlift_edge(), offerlift_reason($answer));
}
