"""The plugin's watch over its webhooks, let run in the rig's shop, and what is delivered meanwhile."""

from typing import Any

from tests.shop_rig.shop import Shop

OFF = "foreach (offerlift_own_webhooks() as $hook) { $hook->set_status('disabled'); $hook->save(); }"
STATE = "update_option('offerlift_watch', ['until' => time() - 3600, 'at' => 0, 'again' => 0, 'problem' => '']);"
DELIVERIES = """
    $sent = $bodies = [];
    add_filter('pre_http_request', function ($answer, $given, $url) use (&$sent, &$bodies) {
        if (strpos($url, '/v1/webhooks/woocommerce/') === false) { return $answer; }
        $sent[] = [$given['headers']['X-WC-Webhook-Topic'] ?? 'ping', json_decode($given['body'], true)['id'] ?? 0];
        if (isset($given['headers']['X-WC-Webhook-Topic'])) { $bodies[] = json_decode($given['body'], true); }
        return ['response' => ['code' => 200], 'body' => '{}', 'headers' => []];
    }, 10, 3);
"""


def watch(shop: Shop, before: str) -> Any:
    """Let the watch run after something has happened; orders, what was sent, and the state of the webhooks then."""
    return shop.php(
        f"{STATE} {before} {DELIVERIES} offerlift_watch();"
        " $status = array_map(fn($hook) => [$hook->get_topic(), $hook->get_status()], offerlift_own_webhooks());"
        " sort($status); return ['id' => isset($order) ? $order->get_id() : 0, 'sent' => $sent, 'status' => $status,"
        " 'state' => offerlift_watch_state(), 'deletions' => get_option('offerlift_deletions')];"
    )
