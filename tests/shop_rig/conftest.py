"""A rig's shop with an edge of a few lines, for those who have a rig; everything is skipped for all others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.shop_rig.edge import TOPICS, Edge
from tests.shop_rig.shop import Shop, shortcode_pages
from tests.shop_rig.visitors import Visitor
from tests.shop_rig.watching import DELIVERIES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if Shop.is_there():
        return
    skip = pytest.mark.skip(reason="no shop rig: RIG and RIG_VAR name none that is up")
    for item in items:
        if "shop_rig" in item.nodeid:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """The shop, without what somebody may have entered on the plugin's settings page."""
    shop = Shop()
    with shop.wordpress_options(offerlift_settings=None, offerlift_connection=None):
        yield shop


@pytest.fixture(scope="session")
def products(shop: Shop) -> dict[str, int]:
    """Ids by SKU; NoSku's is the product without one."""
    ids: dict[str, int] = shop.php("get_option('rig_products')")
    return ids


@pytest.fixture
def edge(shop: Shop) -> Iterator[Edge]:
    edge = Edge()
    with shop.constants(edge.constants()):
        yield edge
    edge.close()


@pytest.fixture
def visitor(shop: Shop) -> Visitor:
    return Visitor(shop)


@pytest.fixture
def classic_pages(shop: Shop) -> Iterator[dict[str, Any]]:
    """Cart and checkout of shortcodes in the place of the blocks' pages."""
    with shortcode_pages(shop) as pages:
        yield pages


@pytest.fixture
def webhooks(shop: Shop, edge: Edge) -> Iterator[None]:
    """The webhooks as *Connect* makes them, and no others of ours."""
    topics = json.dumps(TOPICS)
    shop.php(
        "foreach (offerlift_own_webhooks() as $hook) { $hook->delete(true); }"
        f" {DELIVERIES} require_once WP_PLUGIN_DIR . '/offerlift/includes/connection/connect.php';"
        f" return offerlift_make_webhooks('{edge.url}/v1/webhooks/woocommerce/tea', 'secret', {topics});"
    )
    yield
    shop.php(
        "foreach (offerlift_own_webhooks() as $hook) { $hook->delete(true); }"
        " foreach (['watch', 'webhooks', 'deletions', 'missed_products', 'products_off_since', 'gone_customers']"
        " as $name) {"
        ' delete_option("offerlift_$name"); }'
        " wp_unschedule_hook('offerlift_watch'); return 1;"
    )
