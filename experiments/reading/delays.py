"""How long a store's orders and refunds took since the exposure: what the delays of its tests are estimated from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from experiments.models import Store
from experiments.reading import sums
from experiments.reading.aggregation import fetch
from experiments.reading.past_orders import is_unsigned_counted
from experiments.sql_files import read_sql

DELAYS = read_sql(__file__, "delays").format(is_buyer=sums.IS_BUYER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedAmount:
    """What arrived from the visitors of a variant, first exposed on one day of its test, in one step of age.

    ``age``: the step's end in hours since the exposure. ``value``, ``refunded``: in minor units; ``orders``,
    ``refunds``: how many.
    """

    experiment_id: int
    variant: str
    day: date
    age: int
    orders: int
    value: int
    refunded: int
    refunds: int


def delayed_amounts(store: Store, *, since: datetime, now: datetime) -> list[DelayedAmount]:
    """Read the orders and refunds of visitors exposed since a time, in all of the store's own tests.

    One query, which looks up each buyer's orders: for once a day, not for each report.
    """
    parameters: dict[str, Any] = {
        "store_id": store.pk,
        "since": since,
        "now": now,
        "currency": store.currency,
        "is_automation_counted": store.is_automation_counted,
        "is_tax_revenue": store.is_tax_revenue,
        "is_shipping_revenue": store.is_shipping_revenue,
        "is_repeat_counted": store.is_repeat_counted,
        "is_unsigned_counted": is_unsigned_counted(store),
    }
    found = []
    for experiment_id, variant, day, age, *amounts in fetch(DELAYS, parameters):
        orders, value, refunded, refunds = map(int, amounts)
        amount = DelayedAmount(
            experiment_id=experiment_id,
            variant=variant,
            day=day,
            age=age,
            orders=orders,
            value=value,
            refunded=refunded,
            refunds=refunds,
        )
        found.append(amount)
    return found
