"""What the goods in orders cost the shop: the catalogue knows what an order's source doesn't say."""

from collections.abc import Sequence
from dataclasses import replace

from checkout_widgets.models import Product
from experiments.accounting.order_data import LineData, OrderData
from experiments.models import OrderLine


def fill_missing_costs(store_id: int, orders: Sequence[OrderData]) -> list[OrderData]:
    """The orders with the cost of each line that doesn't say it: as stored with the order, else the catalogue's.

    So a later version of an order keeps the cost of its time. Stays ``None`` where neither knows it in the order's
    currency. Two queries, however many orders.
    """
    skus = {line.sku for order in orders for line in order.lines if line.cost_minor is None}
    if not skus:
        return list(orders)
    kept, catalogue = stored_costs(store_id, orders), catalogue_costs(store_id, skus)

    def filled(order: OrderData, line: LineData) -> LineData:
        if line.cost_minor is not None:
            return line
        known = kept.get((order.external_id, order.currency, line.sku))
        return replace(line, cost_minor=catalogue.get((order.currency, line.sku)) if known is None else known)

    return [replace(order, lines=tuple(filled(order, line) for line in order.lines)) for order in orders]


def stored_costs(store_id: int, orders: Sequence[OrderData]) -> dict[tuple[str, str, str], int]:
    """Known costs by order, currency and SKU."""
    lines = OrderLine.objects.filter(
        order__store=store_id, order__external_id__in={order.external_id for order in orders}, cost_minor__isnull=False
    )
    rows = lines.values_list("order__external_id", "order__currency", "sku", "cost_minor")
    return {(external_id, currency, sku): cost for external_id, currency, sku, cost in rows if cost is not None}


def catalogue_costs(store_id: int, skus: set[str]) -> dict[tuple[str, str], int]:
    """Known costs by currency and SKU."""
    products = Product.objects.filter(store=store_id, sku__in=skus, cost_minor__isnull=False)
    rows = products.values_list("currency", "sku", "cost_minor")
    return {(currency, sku): cost for currency, sku, cost in rows if cost is not None}
