"""A real shop tells of accounts that are deleted, until the edge has taken it; its delivery is kept as a recording."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.shop_rig.edge import TOPICS, Edge
from tests.shop_rig.shop import Shop
from tests.shop_rig.watching import watch

RECORDED = Path(__file__).resolve().parents[1] / "data" / "payloads" / "woocommerce_customer_deleted.json"
DELETE = """
    require_once ABSPATH . 'wp-admin/includes/user.php';
    $name = 'gone' . wp_rand();
    $user = ['user_login' => $name, 'user_pass' => 'x', 'user_email' => "$name@shop.example", 'role' => '%s'];
    $id = wp_insert_user($user);
    wp_delete_user($id);
    %s
    return $id;
"""
SEND = (
    "$queued = $GLOBALS['wc_queued_webhooks'] ?? []; $GLOBALS['wc_queued_webhooks'] = [];"
    " foreach ($queued as $one) { $one['webhook']->deliver($one['arg']); }"
)
KEPT = "array_keys(offerlift_gone_customers())"


def told(edge: Edge) -> list[Any]:
    """What arrived of accounts; orders and products weren't touched."""
    return [body for path, body in edge.sent if path.startswith("/v1/webhooks/") and isinstance(body, dict)]


@pytest.mark.parametrize("role", ["customer", "subscriber"])
def test_account_that_is_deleted_is_told_of_once(shop, edge, webhooks, role):
    with shop.no_complaints():
        gone = shop.php(DELETE % (role, SEND))
    assert told(edge) == [{"id": gone}]
    assert shop.php(KEPT) == []
    recorded = json.loads(RECORDED.read_text())
    assert set(told(edge)[0]) == set(recorded["body"])


def test_account_that_was_deleted_while_the_edge_was_away_is_told_of_later(shop: Shop, edge, webhooks):
    edge.missing = None
    gone = shop.php(DELETE % ("customer", SEND))
    assert shop.php(KEPT) == [gone]
    edge.missing = ""
    aged = "update_option('offerlift_gone_customers', array_map(fn($at) => $at - 601, offerlift_gone_customers()));"
    found = watch(shop, aged)
    assert ["customer.deleted", gone] in found["sent"]
    assert shop.php(KEPT) == []


def test_watch_makes_the_webhooks_that_an_older_connection_lacks(shop, edge, webhooks):
    lacking = (
        "foreach (offerlift_own_webhooks() as $hook) {"
        " if ($hook->get_resource() !== 'order') { $hook->delete(true); } }"
        " $ids = get_option('offerlift_webhooks'); foreach (array_keys($ids) as $topic) {"
        " if (strpos($topic, 'order') !== 0) { unset($ids[$topic]); } } update_option('offerlift_webhooks', $ids);"
    )
    assert watch(shop, lacking)["status"] == [[topic, "active"] for topic in sorted(TOPICS)]
