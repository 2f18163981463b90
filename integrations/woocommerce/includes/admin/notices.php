<?php
/** The one notice in the dashboard: that nothing is shown, and why. */

defined('ABSPATH') || exit;

function offerlift_print_notice(): void {
    $problem = current_user_can('manage_options') && !offerlift_is_settings_page() ? offerlift_problem() : '';
    if ($problem === '') {
        return;
    }
    $title = __('Offerlift shows no offers.', 'offerlift');
    $link = sprintf('<a href="%s">%s</a>', esc_url(offerlift_settings_url()), esc_html__('Open settings', 'offerlift'));
    echo '<div class="notice notice-warning"><p><strong>' . esc_html($title) . '</strong> ' . esc_html($problem)
        . ' ' . $link . '</p></div>';
}
