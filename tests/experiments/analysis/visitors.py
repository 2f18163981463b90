"""Visitors of a variant, some of whom bought, to be analysed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from experiments.models import Experiment, Exposure
from tests.factories import NOON

NOW = NOON + timedelta(days=30)
VALUES = (1500, 2500, 4000, 5000, 9000)


def add(
    experiment: Experiment,
    key: str,
    visitors: int,
    buyers: int,
    *,
    values: Iterable[int] = VALUES,
    has_cart: bool = True,
    **fields: Any,
) -> None:
    """Exposures over ten days, the first ``buyers`` of which bought for one of the ``values``."""
    variant, values = experiment.variants.get(key=key), list(values)
    others = Exposure.objects.count()
    rows = []
    for number in range(visitors):
        value = values[number % len(values)]
        outcome = {"orders": 1, "revenue_minor": value, "items": 2, "has_converted": True} if number < buyers else {}
        rows.append(
            Exposure(
                experiment=experiment,
                store_id=experiment.store_id,
                variant=variant,
                visitor_id=f"{key}-{number}-{others}",
                exposed_at=NOON + timedelta(days=10 * number / visitors),
                cart_value_minor=value + 37 * (number % 11) if has_cart else None,
                **outcome | fields,
            )
        )
    Exposure.objects.bulk_create(rows)
