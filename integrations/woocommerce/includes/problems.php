<?php
/** What the shop's staff should know, in sentences. Not before `init`: WordPress has no translations until then. */

defined('ABSPATH') || exit;

/** What the settings are called on the settings page. */
function offerlift_labels(): array {
    return [
        'edge' => __('Address', 'offerlift'),
        'key' => __('Site key', 'offerlift'),
        'secret' => __('Secret key', 'offerlift'),
    ];
}

/** What keeps the plugin from working, as a sentence; empty where nothing does. */
function offerlift_setup_problem(): string {
    switch (offerlift_setup_trouble()) {
        case 'missing':
            $is_missing = fn($name) => offerlift_setting($name) === '';
            $missing = array_filter(array_keys(offerlift_labels()), $is_missing);
            $labels = array_intersect_key(offerlift_labels(), array_flip($missing));
            /* translators: %s: one or more names of fields, such as "Address, Site key" */
            return sprintf(__('Some settings are missing: %s. Enter them under WooCommerce, Offerlift.', 'offerlift'), implode(', ', $labels));
        case 'bad_address':
            return __('The address is not a web address. Enter one such as https://offers.example.', 'offerlift');
        case 'secret_as_key':
            return __('The secret key was entered as the site key. Enter the site key, which begins with pk_.', 'offerlift');
        case 'copy':
            /* translators: %s: the address of a web site */
            $sentence = __('This site is a copy of %s, so it sends nothing. If the shop has moved here, confirm that under WooCommerce, Offerlift.', 'offerlift');
            return sprintf($sentence, offerlift_connected_site());
    }
    return '';
}

/** What the shop's staff should know: that it isn't set up, lacks WooCommerce, or can't reach the edge. */
function offerlift_problem(): string {
    if (offerlift_setup_problem()) {
        return offerlift_setup_problem();
    }
    if (!function_exists('WC') || version_compare(WC()->version, '8.8', '<')) {
        return __('It needs WooCommerce 8.8 or newer. Activate or update WooCommerce to show offers.', 'offerlift');
    }
    return offerlift_moments_problem();
}
