<?php
/** The moments at which somebody can get an offer now, as the edge says. */

defined('ABSPATH') || exit;

const OFFERLIFT_MOMENTS = ['cart', 'shipping', 'payment', 'confirmation', 'exit_intent'];
const OFFERLIFT_MOMENTS_S = 60;  // as long as the edge says that its answer holds
const OFFERLIFT_IDLE_S = 600;    // after so long without an answer nobody knows what runs

/** What the edge last said, when, and what kept it from saying more. */
function offerlift_known_moments(): array {
    $known = get_transient(offerlift_transient());
    return is_array($known) ? $known : ['moments' => [], 'asked_at' => 0, 'is_answered' => true];
}

/** The name of what is known, which is of this edge and store alone. */
function offerlift_transient(): string {
    return 'offerlift_moments_' . md5(offerlift_edge() . ' ' . offerlift_setting('key'));
}

/** Ask the edge at which moments somebody can get an offer now. It has a second; no answer means none. */
function offerlift_ask_moments(): array {
    $path = '/v1/moments?key=' . rawurlencode(offerlift_setting('key'));
    return offerlift_keep_moments(offerlift_call_edge('GET', $path, ['timeout_s' => 1]));
}

/** Keep what the edge answered of its moments. */
function offerlift_keep_moments(array $answer): array {
    $moments = $answer['body']['moments'] ?? null;
    $is_answered = $answer['code'] === 200 && is_array($moments);
    $names = $is_answered ? array_filter($moments, 'is_string') : [];
    $known = [
        'moments' => array_values(array_intersect(OFFERLIFT_MOMENTS, $names)),
        'asked_at' => time(),
        'is_answered' => $is_answered,
        'code' => $answer['code'],
        'error' => $answer['error'],
    ];
    set_transient(offerlift_transient(), $known, DAY_IN_SECONDS);
    return $known;
}

/** What the last answer says is wrong, as a sentence for staff; empty where all is well. */
function offerlift_moments_problem(): string {
    $known = offerlift_known_moments();
    if ($known['is_answered']) {
        return '';
    }
    if ($known['code'] === 401) {
        return __('Offerlift doesn\'t know this site key. Copy it from the Setup page in Offerlift.', 'offerlift');
    }
    /* translators: 1: a web address, 2: the reason */
    $sentence = __('Your site can\'t reach %1$s: %2$s. It tries again every minute. If this message stays, ask your host to allow outgoing requests to that address.', 'offerlift');
    return sprintf($sentence, offerlift_edge(), offerlift_reason($known));
}

/**
 * The moments at which somebody can get an offer now.
 *
 * Known for a minute. After that one request asks again once its page is sent, and the page goes by what is known. Only
 * where nobody has asked for ten minutes does a page wait for the answer, a second at most: what is known may be long
 * over. An edge that doesn't answer is asked again after a minute, and until then there are no slots, because nothing
 * would fill them.
 */
function offerlift_open_moments(): array {
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

/** Whether there may be something to show at a moment. */
function offerlift_is_open(string $moment): bool {
    return offerlift_is_preview() || in_array($moment, offerlift_open_moments(), true);
}
