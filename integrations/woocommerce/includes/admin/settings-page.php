<?php
/** The settings page under WooCommerce. */

defined('ABSPATH') || exit;

const OFFERLIFT_PAGE = 'offerlift';
const OFFERLIFT_CAPABILITY = 'manage_woocommerce';

function offerlift_settings_url(): string {
    return admin_url('admin.php?page=' . OFFERLIFT_PAGE);
}

function offerlift_is_settings_page(): bool {
    return ($_GET['page'] ?? '') === OFFERLIFT_PAGE;
}

function offerlift_add_settings_page(): void {
    add_submenu_page(
        'woocommerce',
        'Offerlift',
        'Offerlift',
        OFFERLIFT_CAPABILITY,
        OFFERLIFT_PAGE,
        'offerlift_print_settings_page'
    );
}

function offerlift_add_settings_link($links) {
    $link = sprintf('<a href="%s">%s</a>', esc_url(offerlift_settings_url()), esc_html__('Settings', 'offerlift'));
    return array_merge([$link], (array) $links);
}

function offerlift_print_settings_page(): void {
    $report = offerlift_report();
    echo '<div class="wrap"><h1>Offerlift</h1>';
    offerlift_print_state($report);
    echo '<form method="post" action="' . esc_url(admin_url('admin-post.php')) . '">';
    echo '<input type="hidden" name="action" value="offerlift_save">';
    wp_nonce_field('offerlift_save');
    offerlift_print_copy($report);
    offerlift_print_keys();
    offerlift_print_checks($report);
    offerlift_print_watch();
    offerlift_print_email_offers();
    echo '</form></div>';
}

/** One sentence on how it stands. */
function offerlift_print_state(array $report): void {
    $problem = offerlift_problem();
    $failed = array_filter($report['checks']);
    if ($problem !== '') {
        $class = 'warning';
        $text = __('Offerlift shows no offers.', 'offerlift') . ' ' . $problem;
    } elseif ($report['store'] === '' && $failed) {
        $class = 'error';
        $text = __('Not connected. Correct what the checks below say, and select Connect again.', 'offerlift');
    } elseif ($report['store'] === '') {
        $class = 'info';
        $text = __('The keys are saved. Select Connect to check them and to send orders to Offerlift.', 'offerlift');
    } elseif ($failed) {
        $class = 'warning';
        /* translators: %s: the name of a store */
        $text = sprintf(__('Connected to the store %s, but some checks failed. See below what to correct.', 'offerlift'), $report['store']);
    } else {
        $class = 'success';
        /* translators: %s: the name of a store */
        $text = sprintf(__('Connected to the store %s.', 'offerlift'), $report['store']);
    }
    printf('<div class="notice notice-%s inline"><p>%s</p></div>', esc_attr($class), esc_html($text));
}

/** Where another site is connected: that this one sends nothing, and the way to say that the shop has moved. */
function offerlift_print_copy(array $report): void {
    $other = offerlift_is_copy() ? offerlift_connected_site() : $report['other_site'];
    if ($other === '') {
        return;
    }
    /* translators: 1: the address of the site that is connected, 2: this site's address */
    $text = __('The store is connected to %1$s. This site is %2$s. If it is a copy, such as one for testing, leave it as it is: it sends nothing. If the shop has moved here, confirm it.', 'offerlift');
    echo '<div class="notice notice-warning inline"><p>' . esc_html(sprintf($text, $other, offerlift_site())) . '</p><p>';
    offerlift_print_button('move', __('The shop has moved here', 'offerlift'), '');
    echo '</p></div>';
}

/** What was checked, and in one sentence what is wrong. */
function offerlift_print_checks(array $report): void {
    if (!$report['checks']) {
        return;
    }
    echo '<h2>' . esc_html__('Checks', 'offerlift') . '</h2>';
    echo '<table class="widefat striped" style="max-width: 60em"><tbody>';
    foreach (offerlift_check_labels() as $code => $label) {
        $problem = $report['checks'][$code] ?? null;
        if ($problem === null) {
            $mark = '<span class="dashicons dashicons-minus" aria-hidden="true"></span>';
            $text = __('Not checked yet.', 'offerlift');
        } elseif ($problem === '') {
            $mark = '<span class="dashicons dashicons-yes" style="color: #007017" aria-hidden="true"></span>';
            $text = offerlift_passed_texts()[$code];
        } else {
            $mark = '<span class="dashicons dashicons-warning" style="color: #b32d2e" aria-hidden="true"></span>';
            $text = $problem;
        }
        printf('<tr><td style="width: 1.5em">%s</td><th scope="row" style="vertical-align: top">%s</th><td>%s</td></tr>', $mark, esc_html($label), esc_html($text));
    }
    echo '</tbody></table><p class="description">';
    /* translators: %s: a length of time, such as "5 minutes" */
    printf(esc_html__('Checked %s ago.', 'offerlift'), esc_html(human_time_diff($report['at'])));
    echo '</p>';
}

/** How the watch over the webhooks stands. */
function offerlift_print_watch(): void {
    $state = offerlift_watch_state();
    if ($state['until'] === 0) {
        return;
    }
    $age = time() - max($state['at'], $state['until']);
    if ($state['problem'] !== '') {
        /* translators: %s: the reason */
        $text = sprintf(__('The plugin couldn\'t check that Offerlift has all orders: %s. It tries again in ten minutes.', 'offerlift'), $state['problem']);
    } elseif ($age > 3 * HOUR_IN_SECONDS) {
        $text = __('WordPress\'s scheduled tasks don\'t run, so orders that Offerlift missed aren\'t sent again. Ask your host to call wp-cron.php every five minutes.', 'offerlift');
    } elseif ($state['at'] === 0) {
        $text = __('Every hour, the plugin checks that Offerlift has all orders, switches webhooks back on, and sends what was missed.', 'offerlift');
    } else {
        $text = sprintf(
            /* translators: 1: a length of time, such as "5 minutes", 2: a number of orders */
            _n(
                'The plugin checked %1$s ago that Offerlift has all orders. So far, it has sent %2$d order again.',
                'The plugin checked %1$s ago that Offerlift has all orders. So far, it has sent %2$d orders again.',
                $state['again'],
                'offerlift'
            ),
            human_time_diff($state['at']),
            $state['again']
        );
    }
    echo '<p>' . esc_html($text) . '</p>';
}
