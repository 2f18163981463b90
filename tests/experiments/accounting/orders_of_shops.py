"""An order as a shop sends it, for tests that aren't about its amounts."""

from typing import Any

from experiments.accounting.order_data import LineData, OrderData
from tests.factories import NOON


def plain_order(external_id: str, **fields: Any) -> OrderData:
    """A paid order of one product for 50.00."""
    given: dict[str, Any] = {
        "external_id": external_id,
        "visitor_id": "",
        "customer_id": "",
        "placed_at": NOON,
        "updated_at": NOON,
        "currency": "EUR",
        "status": "paid",
        "subtotal_minor": 5000,
        "discount_minor": 0,
        "tax_minor": 0,
        "shipping_minor": 0,
        "total_minor": 5000,
        "lines": (LineData("sku", 1, 5000),),
    }
    return OrderData(**given | fields)
