"""The bounds of an order's fields: the last value that is stored, and the first that isn't."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from experiments.accounting.order_data import BadOrder, LineData, OrderData, RefundData
from tests.factories import NOON

LINE = LineData("tea", 1, 100)
REFUND = RefundData("r1", 100, NOON)
ORDER = OrderData(
    external_id="5501",
    placed_at=NOON,
    updated_at=NOON,
    currency="EUR",
    lines=(LINE,),
    subtotal_minor=100,
    total_minor=100,
)


def with_offset(**offset: int) -> datetime:
    return datetime(2026, 11, 2, 12, tzinfo=timezone(timedelta(**offset)))


@pytest.mark.parametrize(
    ("whole", "field", "last", "first_refused"),
    [
        (ORDER, "subtotal_minor", 10**12, 10**12 + 1),
        (ORDER, "total_minor", -(10**12), -(10**12) - 1),
        (ORDER, "tax_minor", 10**12, 10**12 + 1),
        (ORDER, "shipping_minor", -(10**12), -(10**12) - 1),
        (ORDER, "discount_minor", 0, -1),
        (ORDER, "presentment_total_minor", 10**12, 10**12 + 1),
        (ORDER, "external_id", "x" * 64, "x" * 65),
        (ORDER, "lines", (LINE,) * 1_000, (LINE,) * 1_001),
        (ORDER, "lines", (LineData("tea", 1, 10**12),), (LineData("tea", 1, 10**12), LineData("cup", 1, 1))),
        (ORDER, "placed_at", datetime(1970, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (ORDER, "updated_at", datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)),
        (ORDER, "placed_at", with_offset(hours=15, minutes=59), with_offset(hours=16)),
        (ORDER, "placed_at", with_offset(hours=-15, minutes=-59), with_offset(hours=-16)),
        (LINE, "quantity", 10**6, 10**6 + 1),
        (LINE, "quantity", 1, 0),
        (LINE, "price_minor", 10**12, 10**12 + 1),
        (LINE, "cost_minor", 10**12, 10**12 + 1),
        (LINE, "sku", "x" * 64, "x" * 65),
        (REFUND, "amount_minor", 10**12, 10**12 + 1),
        (REFUND, "external_id", "x" * 64, "x" * 65),
    ],
)
def test_field_is_taken_up_to_its_bound_and_refused_by_name_beyond(whole: Any, field, last, first_refused):
    assert getattr(replace(whole, **{field: last}), field) == last
    with pytest.raises(BadOrder) as refused:
        replace(whole, **{field: first_refused})
    assert refused.value.field == field
