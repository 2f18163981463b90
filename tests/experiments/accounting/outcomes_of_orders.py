"""Orders and exposures that meet, and what they leave."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.order_data import LineData, OrderData
from experiments.models import Exposure
from tests.factories import NOON

WINDOW_DAYS = 7


def order(external_id="1", visitor_id="v_1", *, minutes=1, version=0, currency="EUR", **fields) -> OrderData:
    """An order of one tea at 10.00, placed ``minutes`` after noon."""
    placed_at = fields.pop("placed_at", NOON + timedelta(minutes=minutes))
    defaults: dict[str, Any] = {"lines": (LineData("tea", 1, 1000),), "subtotal_minor": 0, "total_minor": 0}
    return OrderData(
        external_id=external_id,
        visitor_id=visitor_id,
        placed_at=placed_at,
        updated_at=placed_at + timedelta(hours=version),
        currency=currency,
        **defaults | fields,
    )


def expose(variant, visitor_id="v_1", at=NOON, customer_id="") -> None:
    event = EventRecord(uuid4(), "exposure", at, visitor_id, variant.experiment_id, variant.pk, customer_id=customer_id)
    record_events(variant.experiment.store_id, [event], received_at=at)


def outcome_of(exposure: Exposure) -> tuple[object, ...]:
    exposure.refresh_from_db()
    return (
        exposure.orders,
        exposure.revenue_minor,
        exposure.refunded_minor,
        exposure.items,
        exposure.upsell_minor,
        exposure.margin_minor,
        exposure.has_converted,
        exposure.has_accepted,
        exposure.prior_order_minor,
    )


NOTHING = (0, 0, 0, 0, 0, 0, False, False, None)
