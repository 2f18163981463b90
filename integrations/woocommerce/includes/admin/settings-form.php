<?php
/** The fields of the settings page, and what becomes of them. */

defined('ABSPATH') || exit;

function offerlift_print_button(string $what, string $label, string $class = 'button-primary'): void {
    printf('<button class="button %s" name="what" value="%s">%s</button> ', esc_attr($class), esc_attr($what), esc_html($label));
}

/** Address and keys. The secret key is never printed. */
function offerlift_print_keys(): void {
    $hints = [
        'edge' => __('Copy it from the Setup page in Offerlift. Example: https://offers.example.', 'offerlift'),
        'key' => __('Begins with pk_. It is public.', 'offerlift'),
        'secret' => __('Begins with sk_. It is secret: it never leaves your server.', 'offerlift'),
    ];
    echo '<table class="form-table" role="presentation"><tbody>';
    foreach (offerlift_labels() as $name => $label) {
        printf('<tr><th scope="row"><label for="offerlift-%s">%s</label></th><td>', esc_attr($name), esc_html($label));
        echo offerlift_key_field($name);
        printf('<p class="description" id="offerlift-%s-hint">%s</p></td></tr>', esc_attr($name), esc_html($hints[$name]));
    }
    echo '</tbody></table><p class="submit">';
    offerlift_print_button('connect', __('Connect', 'offerlift'));
    if (offerlift_report()['store'] !== '' && !offerlift_is_copy()) {
        offerlift_print_button('rotate', __('Replace the webhook secret', 'offerlift'), '');
    }
    echo '</p>';
}

function offerlift_key_field(string $name): string {
    $is_secret = $name === 'secret';
    $value = $is_secret ? '' : offerlift_setting($name);
    $placeholder = $is_secret && offerlift_setting($name) !== '' ? __('Saved. Leave empty to keep it.', 'offerlift') : '';
    if (offerlift_is_constant($name)) {
        $placeholder = __('Set in wp-config.php', 'offerlift');
    }
    $types = ['edge' => 'url', 'key' => 'text', 'secret' => 'password'];
    return sprintf(
        '<input type="%s" class="regular-text code" id="offerlift-%s" name="%s" value="%s" placeholder="%s" autocomplete="off" aria-describedby="offerlift-%s-hint"%s>',
        esc_attr($types[$name]),
        esc_attr($name),
        esc_attr($name),
        esc_attr($value),
        esc_attr($placeholder),
        esc_attr($name),
        offerlift_is_constant($name) ? ' disabled' : ''
    );
}

/** Offers by e-mail: whether the checkout asks, and in which words. */
function offerlift_print_email_offers(): void {
    $choices = [
        'off' => __('Don\'t ask', 'offerlift'),
        'opt_in' => __('Ask for consent: an unticked box', 'offerlift'),
        'soft_opt_in' => __('Email customers unless they object: an unticked box to object', 'offerlift'),
    ];
    echo '<h2>' . esc_html__('Offers by email', 'offerlift') . '</h2><table class="form-table" role="presentation"><tbody>';
    printf('<tr><th scope="row"><label for="offerlift-email">%s</label></th><td>', esc_html__('In the checkout', 'offerlift'));
    echo '<select id="offerlift-email" name="email_offers">';
    foreach ($choices as $value => $label) {
        $is_chosen = selected(offerlift_email_basis(), $value, false);
        printf('<option value="%s"%s>%s</option>', esc_attr($value), $is_chosen, esc_html($label));
    }
    $hint = __('Ask a lawyer which one you may use. The block checkout needs WooCommerce 8.9 or newer for it.', 'offerlift');
    printf('</select><p class="description">%s</p></td></tr>', esc_html($hint));
    printf('<tr><th scope="row"><label for="offerlift-wording">%s</label></th><td>', esc_html__('Wording', 'offerlift'));
    printf(
        '<textarea id="offerlift-wording" name="email_wording" rows="2" class="large-text" placeholder="%s">%s</textarea>',
        esc_attr(offerlift_usual_wording(offerlift_email_basis())),
        esc_textarea((string) offerlift_settings()['email_wording'])
    );
    $hint = __('Each order records the wording that the shopper saw. Leave this empty for the standard wording.', 'offerlift');
    printf('<p class="description">%s</p></td></tr></tbody></table><p class="submit">', esc_html($hint));
    offerlift_print_button('save', __('Save', 'offerlift'), '');
    echo '</p>';
}

function offerlift_save_email_offers(): void {
    $basis = offerlift_posted('email_offers');
    if ($basis !== '') {
        offerlift_save_settings(['email_offers' => $basis, 'email_wording' => offerlift_posted('email_wording')]);
    }
}

/** A field of the form as text. */
function offerlift_posted(string $name): string {
    $value = $_POST[$name] ?? '';
    return is_string($value) ? trim(sanitize_text_field(wp_unslash($value))) : '';
}

/** Save what was entered; an empty secret key keeps the one that is there. */
function offerlift_save_keys(): void {
    $edge = offerlift_posted('edge');
    if ($edge !== '' && strpos($edge, '://') === false) {
        $edge = "https://$edge";
    }
    $entered = ['edge' => esc_url_raw($edge, ['http', 'https']), 'key' => offerlift_posted('key')];
    if (offerlift_posted('secret') !== '') {
        $entered['secret'] = offerlift_posted('secret');
    }
    foreach (array_keys($entered) as $name) {
        if (offerlift_is_constant($name)) {
            unset($entered[$name]);
        }
    }
    offerlift_save_settings($entered);
}

/** Do what the button says, then show the page again. */
function offerlift_handle_form(): void {
    if (!current_user_can(OFFERLIFT_CAPABILITY)) {
        wp_die(esc_html__('You may not change these settings.', 'offerlift'), 403);
    }
    check_admin_referer('offerlift_save');
    offerlift_save_keys();
    offerlift_save_email_offers();
    $what = offerlift_posted('what');
    if (in_array($what, ['connect', 'move', 'rotate'], true) && function_exists('WC')) {
        offerlift_connect($what === 'move', $what === 'rotate');
    }
    wp_safe_redirect(offerlift_settings_url());
    exit;
}
