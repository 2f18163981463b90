"""What visitors of recent tests bought of some products: what a plan for a custom metric starts from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from experiments.accounting.custom_outcomes import SOLD
from experiments.accounting.order_parts import PARTS
from experiments.models import Experiment, Store
from experiments.sql_files import read_sql

# Buyers of each test: their mean is known to a few percent, and a page doesn't wait for it.
MOST_BUYERS = 1_000
BASELINE = read_sql(__file__, "custom_baseline").format(**PARTS, sold=SOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyersOfProducts:
    """What some buyers bought of some products: ``buyers`` were read, ``with_any`` of them bought any.

    ``units``, ``units_squared``, ``revenue`` (net, in minor units), ``revenue_squared``: sums over all of them.
    """

    buyers: int
    with_any: int
    units: int
    units_squared: int
    revenue: int
    revenue_squared: int


def buyers_of_products(
    store: Store, experiments: Collection[Experiment], skus: Collection[str], *, since: datetime
) -> BuyersOfProducts:
    """Read what control's newest buyers since a time, some of each test, bought of the products with these SKUs."""
    ids = []
    for experiment in experiments:
        ids.append(experiment.pk)
    parameters: dict[str, Any] = {
        "store_id": store.pk,
        "experiments": ids,
        "skus": list(skus),
        "since": since,
        "most": MOST_BUYERS,
        "is_automation_counted": store.is_automation_counted,
    }
    with connection.cursor() as cursor:
        cursor.execute(BASELINE, parameters)
        buyers, with_any, units, units_squared, revenue, revenue_squared = map(int, cursor.fetchone())
    return BuyersOfProducts(
        buyers=buyers,
        with_any=with_any,
        units=units,
        units_squared=units_squared,
        revenue=revenue,
        revenue_squared=revenue_squared,
    )
