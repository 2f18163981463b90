<?php
/**
 * Who the shopper is, in a cookie that the server sets.
 *
 * Safari lets cookies that scripts set live for seven days, those of the server for as long as it says. The cookie comes
 * with the answer to the adapter's own call, which no cache keeps; pages have neither the cookie nor the visitor in them,
 * so that a cached page is nobody's.
 */

defined('ABSPATH') || exit;

const OFFERLIFT_VISITOR_COOKIE = 'upsell_visitor';  // the snippet's own name for it
const OFFERLIFT_VISITOR = '~^[\w.:@/+=|-]{1,64}$~';  // what the snippet takes for a visitor, but for a tilde

/** Set the visitor's cookie for a year, or take it away where there is no visitor. */
function offerlift_remember_visitor(string $visitor): void {
    if (headers_sent() || ($visitor !== '' && !preg_match(OFFERLIFT_VISITOR, $visitor))) {
        return;
    }
    // raw: the snippet reads the cookie as it is
    setrawcookie(OFFERLIFT_VISITOR_COOKIE, $visitor, [
        'expires' => $visitor === '' ? 1 : time() + YEAR_IN_SECONDS,
        'path' => '/',
        'secure' => is_ssl(),
        'httponly' => false,
        'samesite' => 'Lax',
    ]);
}
