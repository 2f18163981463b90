"""What reading a body needs: the shop systems, an order that accepted nothing, and what it came to."""

from typing import Any

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted
from checkout_widgets.webhooks.shop_systems.shopify import Shopify
from checkout_widgets.webhooks.shop_systems.woocommerce import WooCommerce
from experiments.accounting.refunded_goods import Basis

SHOPIFY, WOOCOMMERCE = Shopify(), WooCommerce()
BASIS = Basis(goods_minor=5_000, tax_minor=950, shipping_minor=490, total_minor=6_440)


def nothing_accepted(*_: Any) -> Accepted:
    return NO_TOKEN
