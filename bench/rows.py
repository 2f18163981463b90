"""Rows of one made-up test, made by SQL: exposures in the order in which they happened, and orders of some visitors."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.models import Experiment

DAYS = 90
BUYERS = 0.03
START = datetime(2026, 1, 1, tzinfo=UTC)
# Cart values and prices: the sum of four uniform numbers is close enough to a normal one.
SPREAD = "(random() + random() + random() + random() - 2) * sqrt(3)"
EXPOSURES = f"""
INSERT INTO experiments_exposure (experiment_id, visitor_id, store_id, variant_id, exposed_at, cart_value_minor, device,
    country, customer_type, segments, cart_items, past_orders, is_conflicting, orders, revenue_minor, refunded_minor,
    items, upsell_minor, has_converted, has_accepted)
SELECT %(experiment_id)s, 'v_' || lpad(to_hex(number), 16, '0'), %(store_id)s,
    (%(variants)s::bigint[])[1 + number %% 2],
    %(day)s::timestamptz + (number - %(first)s) * (interval '1 day' / %(size)s), exp(8.5 + 0.6 * {SPREAD})::bigint,
    ('{{phone,desktop,tablet}}'::text[])[ceil(random() * 3)],
    chr(65 + (random() * 4)::int) || chr(65 + (number %% 4)::int),
    ('{{new,returning}}'::text[])[ceil(random() * 2)], '{{}}', (1 + random() * 5)::smallint,
    GREATEST(random() * 8 - 5, 0)::smallint, false, 0, 0, 0, 0, 0, false, false
FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(size)s - 1) AS number
"""  # noqa: S608 -- constants
ORDERS = f"""
WITH placed AS (
    INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, status, placed_at,
        updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor, total_minor)
    SELECT store_id, visitor_id, 'api', visitor_id, '', 'paid', at, at, at, 'EUR', 0, 0, 0, 0, 0
    FROM (
        SELECT store_id, visitor_id, exposed_at + interval '10 minutes' AS at FROM experiments_exposure
        WHERE experiment_id = %(experiment_id)s AND exposed_at >= %(day)s
    ) AS exposed WHERE random() < {BUYERS}
    RETURNING id
)
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
SELECT id, position, 'tea', 1, exp(8 + 0.7 * {SPREAD})::bigint, 0, 500, false, ''
FROM placed, generate_series(0, 1) AS position
"""  # noqa: S608 -- constants
Bar = Callable[[int], None]


def load(experiment: "Experiment", number: int, on_progress: Bar, *, with_orders: bool = True) -> None:
    """Make the exposures and orders, day by day; their outcomes are still to be found."""
    from django.db import connection

    variants = list(experiment.variants.values_list("pk", flat=True))
    ids: dict[str, Any] = {"experiment_id": experiment.pk, "store_id": experiment.store_id, "variants": variants}
    for index in range(DAYS):
        first, after = number * index // DAYS, number * (index + 1) // DAYS
        day = {"day": START + timedelta(days=index), "first": first, "size": after - first}
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(%s)", [index / DAYS])
            cursor.execute(EXPOSURES, ids | day)
            if with_orders:
                cursor.execute(ORDERS, ids | day)
        on_progress(after)


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def vacuum() -> None:
    """What autovacuum would have done a minute later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
