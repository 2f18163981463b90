<?php
/** WordPress's consent API: where a consent manager speaks it, nothing is measured before the shopper agrees. */

defined('ABSPATH') || exit;

/** Whether the shop has the consent API, which comes as a plugin. */
function offerlift_has_consent_api(): bool {
    return function_exists('wp_has_consent');
}

/** The category that shoppers are asked about. */
function offerlift_consent_category(): string {
    return (string) apply_filters('offerlift_consent_category', 'statistics');
}

/** Whether this shopper may be remembered: as the consent API says, else as the snippet was told. */
function offerlift_may_remember(): bool {
    return !offerlift_has_consent_api() || wp_has_consent(offerlift_consent_category());
}

/** The tag of the adapter that tells the snippet what the consent API says. */
function offerlift_consent_tag(): string {
    if (!offerlift_has_consent_api()) {
        return '';
    }
    $source = esc_url(offerlift_edge() . '/s/consent_wordpress.js');
    return "<script async src=\"$source\" data-category=\"" . esc_attr(offerlift_consent_category()) . "\"></script>\n";
}

/** Tell the consent API that this plugin obeys it, and describe the cookie for its list. */
function offerlift_register_with_consent_api(): void {
    add_filter('wp_consent_api_registered_' . plugin_basename(OFFERLIFT_FILE), '__return_true');
    if (function_exists('wp_add_cookie_info')) {
        $purpose = __('Recognizes a shopper, so that the shop can tell which offers are worth showing.', 'offerlift');
        wp_add_cookie_info(OFFERLIFT_VISITOR_COOKIE, 'Offerlift', offerlift_consent_category(), __('1 year', 'offerlift'), $purpose);
    }
}
