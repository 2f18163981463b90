<?php
/**
 * Whether a shopper may get offers by e-mail: a box in the checkout, never ticked in advance.
 *
 * `opt_in` asks for consent. `soft_opt_in` is for shops whose law lets them write to customers who don't object: the box
 * is the objection, beside the e-mail address. The order says what was answered and to which wording.
 */

defined('ABSPATH') || exit;

const OFFERLIFT_EMAIL_FIELD = 'offerlift/email-offers';
const OFFERLIFT_EMAIL_INPUT = 'offerlift_email_offers';

/** `off`, `opt_in` or `soft_opt_in`. */
function offerlift_email_basis(): string {
    $basis = offerlift_settings()['email_offers'];
    return in_array($basis, ['opt_in', 'soft_opt_in'], true) ? $basis : 'off';
}

/** What the box says: as the shop wrote it, or else a usual wording. */
function offerlift_email_wording(): string {
    $wording = trim((string) offerlift_settings()['email_wording']);
    return $wording !== '' ? $wording : offerlift_usual_wording(offerlift_email_basis());
}

function offerlift_usual_wording(string $basis): string {
    return $basis === 'soft_opt_in'
        ? __('I don\'t want to receive offers for similar products by email.', 'offerlift')
        : __('I\'d like to receive offers by email. I can unsubscribe at any time.', 'offerlift');
}

/**
 * The version of the wording that is shown now, which is noted where it is new.
 *
 * All wordings stay on record with the time from which they were shown: an order names its version years later.
 */
function offerlift_email_version(): int {
    $shown = [offerlift_email_basis(), offerlift_email_wording()];
    $wordings = (array) get_option('offerlift_wordings', []);
    foreach (array_reverse($wordings, true) as $version => $wording) {
        if ([$wording['basis'], $wording['text']] === $shown) {
            return (int) $version;
        }
    }
    $version = $wordings ? max(array_keys($wordings)) + 1 : 1;
    $wordings[$version] = ['basis' => $shown[0], 'text' => $shown[1], 'from' => gmdate('Y-m-d\TH:i:s\Z')];
    update_option('offerlift_wordings', $wordings, false);
    return $version;
}

/** The box of the block checkout, beside the e-mail address. WooCommerce has such fields from 8.9 on. */
function offerlift_register_email_field(): void {
    if (offerlift_email_basis() === 'off' || !function_exists('woocommerce_register_additional_checkout_field')) {
        return;
    }
    woocommerce_register_additional_checkout_field([
        'id' => OFFERLIFT_EMAIL_FIELD,
        'label' => offerlift_email_wording(),
        'location' => 'contact',
        'type' => 'checkbox',
        'required' => false,
    ]);
}

/** The box of the classic checkout, below the e-mail address, whose priority is 110. */
function offerlift_add_email_input($fields) {
    if (is_array($fields) && offerlift_email_basis() !== 'off') {
        $fields['billing'][OFFERLIFT_EMAIL_INPUT] = [
            'type' => 'checkbox',
            'label' => offerlift_email_wording(),
            'required' => false,
            'default' => 0,
            'priority' => 111,
        ];
    }
    return $fields;
}

/**
 * Write the answer into the order: `opt_in`, `none`, `soft_opt_in` or `objected`, the wording's version and its text.
 *
 * The text too, because the order is what proves the consent, and it outlives this plugin and its list of wordings.
 */
function offerlift_note_email_answer($order, bool $is_ticked): void {
    $basis = offerlift_email_basis();
    if ($basis === 'off') {
        return;
    }
    $answers = ['opt_in' => ['none', 'opt_in'], 'soft_opt_in' => ['soft_opt_in', 'objected']];
    $order->update_meta_data('offerlift_email_offers', $answers[$basis][(int) $is_ticked]);
    $order->update_meta_data('offerlift_email_wording', (string) offerlift_email_version());
    $order->update_meta_data('_offerlift_email_wording_text', offerlift_email_wording());
}

/** The classic checkout's answer; the order is saved after this. */
function offerlift_note_classic_answer($order, $posted = []): void {
    offerlift_note_email_answer($order, !empty($posted[OFFERLIFT_EMAIL_INPUT]));
}

/**
 * The block checkout's answer. WooCommerce keeps the answers of contact fields with the customer and ticks the box with
 * them the next time: that is taken back, because each order asks anew.
 */
function offerlift_note_block_answer($order): void {
    if (offerlift_email_basis() === 'off' || !function_exists('woocommerce_register_additional_checkout_field')) {
        return;
    }
    $key = '_wc_other/' . OFFERLIFT_EMAIL_FIELD;
    offerlift_note_email_answer($order, (bool) $order->get_meta($key));
    $order->save();
    $customer = $order->get_customer_id() ? new WC_Customer($order->get_customer_id()) : null;
    if ($customer && $customer->meta_exists($key)) {
        $customer->delete_meta_data($key);
        $customer->save();
    }
}
