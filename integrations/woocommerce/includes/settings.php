<?php
/** What the shop's staff entered: the edge's address and the keys, here or in wp-config.php, and for which site. */

defined('ABSPATH') || exit;

/** A constant's text; empty where it isn't defined, or isn't a text. */
function offerlift_constant(string $name): string {
    $value = defined($name) ? constant($name) : '';
    return is_string($value) ? trim($value) : '';
}

/** Everything that is saved, with what holds before anybody has saved anything. */
function offerlift_settings(): array {
    $saved = get_option('offerlift_settings');
    return (is_array($saved) ? $saved : []) + [
        'edge' => '',
        'key' => '',
        'secret' => '',
        'site' => '',
        'email_offers' => 'off',
        'email_wording' => '',
    ];
}

/** Save some of the settings; the others stay. */
function offerlift_save_settings(array $changed): void {
    update_option('offerlift_settings', $changed + offerlift_settings());
}

/** Whether wp-config.php says this; what it says comes before what is saved. */
function offerlift_is_constant(string $name): bool {
    return offerlift_constant('OFFERLIFT_' . strtoupper($name)) !== '';
}

/** `edge`, `key` or `secret`, of wp-config.php or of the settings page. */
function offerlift_setting(string $name): string {
    return offerlift_constant('OFFERLIFT_' . strtoupper($name)) ?: trim((string) offerlift_settings()[$name]);
}

function offerlift_edge(): string {
    return rtrim(offerlift_setting('edge'), '/');
}

/** This site's address, as the shop's owner knows it: not that of a language or of a request. */
function offerlift_site(): string {
    return untrailingslashit((string) get_option('home'));
}

/** An address without its scheme: a shop that starts to use https is the same shop. */
function offerlift_without_scheme(string $address): string {
    return strtolower((string) preg_replace('~^https?://~i', '', $address));
}

/** Remember that it is this site that is connected. Base64, because tools that copy a site replace addresses as text. */
function offerlift_remember_site(): void {
    offerlift_save_settings(['site' => base64_encode(offerlift_site())]);
}

/** The address of the site that was connected; empty where nobody has connected one. */
function offerlift_connected_site(): string {
    return (string) base64_decode((string) offerlift_settings()['site']);
}

/** Whether this is a copy of the site that was connected, such as one for trying things out. */
function offerlift_is_copy(): bool {
    $connected = offerlift_connected_site();
    return $connected !== '' && offerlift_without_scheme($connected) !== offerlift_without_scheme(offerlift_site());
}

/** What keeps the plugin from working: `missing`, `bad_address`, `secret_as_key` or `copy`; empty where nothing does. */
function offerlift_setup_trouble(): string {
    foreach (['edge', 'key', 'secret'] as $name) {
        if (offerlift_setting($name) === '') {
            return 'missing';
        }
    }
    if (!preg_match('~^https?://[^\s"\'<>]+$~i', offerlift_edge())) {
        return 'bad_address';
    }
    // the key is printed into every cart page: a secret must never be
    if (strpos(offerlift_setting('key'), 'sk_') === 0) {
        return 'secret_as_key';
    }
    return offerlift_is_copy() ? 'copy' : '';
}
