"""What the goods in orders cost the shop: the catalogue knows what an order's source doesn't say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from checkout_widgets.models import Product
from experiments.accounting.order_data import LineData, OrderData
from experiments.models import OrderLine


def fill_missing_costs(store_id: int, orders: Sequence[OrderData]) -> list[OrderData]:
    """Return the orders with the cost of each line that doesn't say it: as stored with the order, else the catalogue's.

    So a later version of an order keeps the cost of its time. Stays ``None`` where neither knows it in the order's
    currency. Two queries, however many orders.
    """
    skus = skus_without_cost(orders)
    # Where every line says its cost, there is nothing to look up.
    if not skus:
        return list(orders)
    costs = KnownCosts(stored_costs(store_id, orders), catalogue_costs(store_id, skus))
    filled = []
    for order in orders:
        filled.append(costs.fill(order))
    return filled


@dataclass(frozen=True, slots=True)
class KnownCosts:
    """What a unit costs the shop: ``stored`` by order, currency and SKU, ``catalogue`` by currency and SKU."""

    stored: Mapping[tuple[str, str, str], int | None]
    catalogue: Mapping[tuple[str, str], int | None]

    def fill(self, order: OrderData) -> OrderData:
        """Return the order with the costs that its lines don't say."""
        lines = []
        for line in order.lines:
            lines.append(self.fill_line(order, line))
        return replace(order, lines=tuple(lines))

    def fill_line(self, order: OrderData, line: LineData) -> LineData:
        """Return the line with its cost, where it is known."""
        if line.cost_minor is not None:
            return line
        # The cost of the order's time goes before today's: a margin of last year doesn't move with a new price list.
        cost = self.stored.get((order.external_id, order.currency, line.sku))
        if cost is None:
            cost = self.catalogue.get((order.currency, line.sku))
        return replace(line, cost_minor=cost)


def skus_without_cost(orders: Sequence[OrderData]) -> set[str]:
    """Return the SKUs of lines whose cost is to be found."""
    skus = set()
    for order in orders:
        for line in order.lines:
            if line.cost_minor is None:
                skus.add(line.sku)
    return skus


def stored_costs(store_id: int, orders: Sequence[OrderData]) -> dict[tuple[str, str, str], int | None]:
    """Return known costs by order, currency and SKU."""
    external_ids = set()
    for order in orders:
        external_ids.add(order.external_id)
    lines = OrderLine.objects.filter(
        order__store=store_id, order__external_id__in=external_ids, cost_minor__isnull=False
    )
    costs = {}
    rows = lines.values_list("order__external_id", "order__currency", "sku", "cost_minor")
    for external_id, currency, sku, cost_minor in rows:
        costs[external_id, currency, sku] = cost_minor
    return costs


def catalogue_costs(store_id: int, skus: set[str]) -> dict[tuple[str, str], int | None]:
    """Return known costs by currency and SKU."""
    products = Product.objects.filter(store=store_id, sku__in=skus, cost_minor__isnull=False)
    costs = {}
    for currency, sku, cost_minor in products.values_list("currency", "sku", "cost_minor"):
        costs[currency, sku] = cost_minor
    return costs
