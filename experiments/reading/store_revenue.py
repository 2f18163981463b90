"""What a store's orders came to in a time: the base of what offers earn."""

from datetime import datetime

from experiments.models import Store
from experiments.reading.aggregation import fetch
from experiments.sql_files import read_sql

GOODS = read_sql(__file__, "goods_revenue")


def goods_revenue(store: Store, since: datetime, until: datetime) -> int:
    """Add up the goods of the orders that count, after discounts and before refunds, in minor units."""
    ((total,),) = fetch(GOODS, {"store_id": store.pk, "since": since, "until": until})
    return int(total)
