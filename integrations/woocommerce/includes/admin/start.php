<?php
/** What the shop's staff see of the plugin. */

defined('ABSPATH') || exit;

foreach (['checks', 'edge-texts', 'connect'] as $offerlift_part) {
    require_once dirname(__DIR__) . "/connection/$offerlift_part.php";
}
foreach (['notices', 'settings-page', 'settings-form'] as $offerlift_part) {
    require_once __DIR__ . "/$offerlift_part.php";
}
unset($offerlift_part);

add_action('init', 'offerlift_register_slot_script');
add_action('enqueue_block_editor_assets', 'offerlift_describe_slots');
add_action('admin_notices', 'offerlift_print_notice');
add_action('admin_menu', 'offerlift_add_settings_page', 60);
add_action('admin_post_offerlift_save', 'offerlift_handle_form');
add_filter('plugin_action_links_' . plugin_basename(OFFERLIFT_FILE), 'offerlift_add_settings_link');
