"""What a message's clicks are followed by: the revenue that mail tools attribute to it, which isn't what it brought.

An order is attributed to a message where a person clicked it in the 30 days before. Many of these customers would have
ordered without it, as the same customers of control do: only the report's difference is incremental.
"""

from datetime import datetime
from typing import Any, NamedTuple

from experiments.accounting.order_parts import PARTS
from experiments.models import CUSTOMER_WINDOW_DAYS, Experiment, Variant
from experiments.reading.replica import read_connection
from experiments.sql_files import read_sql

ATTRIBUTED_REVENUE = read_sql(__file__, "attributed_revenue").format(**PARTS)


class AttributedRevenue(NamedTuple):
    """Orders within 30 days after a person's click on a message, each once, and their revenue net of refunds, in minor
    units."""

    orders: int
    revenue_minor: int


def attributed_revenue(experiment: Experiment, variant: Variant, until: datetime) -> AttributedRevenue:
    """Add up what is attributed to a variant's message, of orders placed until an instant: one statement."""
    parameters: dict[str, Any] = {
        "store_id": experiment.store_id,
        "experiment_id": experiment.pk,
        "variant_id": variant.pk,
        "window": CUSTOMER_WINDOW_DAYS,
        "until": until,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(ATTRIBUTED_REVENUE, parameters)
        return AttributedRevenue._make(map(int, cursor.fetchone()))
