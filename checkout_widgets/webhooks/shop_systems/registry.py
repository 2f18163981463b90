"""The shop systems whose webhooks are read. One that isn't here has no address to deliver to."""

from typing import Any

from checkout_widgets.models import ConnectionKind
from checkout_widgets.webhooks.shop_systems.shop_system import ShopSystem
from checkout_widgets.webhooks.shop_systems.shopify import Shopify
from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce

SHOP_SYSTEMS: dict[str, ShopSystem[Any, Any]] = {
    ConnectionKind.SHOPIFY: Shopify(),
    ConnectionKind.WOOCOMMERCE: WooCommerce(),
}
