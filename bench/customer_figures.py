"""What counting a store's customers takes, and its page: ``python -m bench.customer_figures [--customers 1000000]``.

Customers who ordered first in one of the last 900 days; six of ten have one order, the others up to eight more. Each
order has one or two of 400 products in 12 categories, and one of twelve is paid back in part. Counted are the refresh
of all figures, that of the replenishment times, the memory of this process, and the page by Django's test client.
"""

import json
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from bench.database import scratch
from bench.figures import medians

FILL_PRODUCTS = """
INSERT INTO checkout_widgets_product
    (store_id, sku, external_id, title, description, category, image_url, currency, price_minor, is_active, kind,
     updated_at)
SELECT %(store_id)s, 'p' || number, '', 'Product ' || number, '', 'c' || number %% 12, '', 'EUR', 900, true, 'goods',
    now()
FROM generate_series(1, 400) AS number
"""
FILL_ORDERS = """
INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, customer_key, status, placed_at,
    updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor, total_minor)
SELECT %(store_id)s, number || '-' || nth, 'api', '', number::text, 'i_' || number, 'paid', at, at, at, 'EUR', 4900, 0,
    0, 0, 4900
FROM generate_series(1, %(customers)s) AS number
CROSS JOIN LATERAL (
    SELECT now() - interval '2 days' - random() * interval '900 days' + number * interval '0 s' AS first_at,
        CASE WHEN random() < 0.6 THEN 0 ELSE ceil(random() * random() * 8)::int END + number * 0 AS repeats
) AS customer
CROSS JOIN LATERAL (
    SELECT nth, first_at + nth * (10 + 80 * random()) * interval '1 day' AS at
    FROM generate_series(0, customer.repeats) AS nth
) AS placed
WHERE at < now()
"""
FILL_LINES = """
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
SELECT placed.id, position, 'p' || 1 + (400 * random() * random())::int, 1 + (2 * random() * random())::int,
    (500 + 4000 * random() * random())::bigint, 0, NULL, false, ''
FROM experiments_order AS placed CROSS JOIN generate_series(0, (random() * 0.9)::int) AS position
"""
FILL_REFUNDS = """
INSERT INTO experiments_refund (order_id, external_id, amount_minor, refunded_at, lines)
SELECT id, 'r', 300, placed_at + interval '3 days', '[]' FROM experiments_order WHERE id %% 12 = 0
"""


def fill(customers: int) -> Any:
    """Make a store with so many customers; return it."""
    from django.db import connection

    from experiments.models import Store

    store = Store.objects.create(slug="bench", name="Bench", currency="EUR")
    parameters = {"store_id": store.pk, "customers": customers}
    with connection.cursor() as cursor:
        for statement in (FILL_PRODUCTS, FILL_ORDERS):
            cursor.execute(statement, parameters)
        cursor.execute(FILL_LINES)
        cursor.execute(FILL_REFUNDS.replace("%%", "%"))
        cursor.execute("ANALYZE")
    return store


def timed(act: Callable[[], object]) -> dict[str, float]:
    """Return how long it takes, and how much of that this process computes."""
    wall, own = time.perf_counter(), time.process_time()
    act()
    taken = {"s": round(time.perf_counter() - wall, 2), "own_s": round(time.process_time() - own, 2)}
    print(taken, file=sys.stderr)  # what comes next may take minutes
    return taken


def page_milliseconds(store: Any, times: int = 15) -> list[float]:
    """Return how long the page takes, each time."""
    from django.contrib.auth.models import User
    from django.test import Client, override_settings

    from experiments.models import Membership

    client, user = Client(headers={"host": "localhost"}), User.objects.create_user("bench")
    Membership.objects.create(user=user, store=store)
    client.force_login(user)
    found = []
    # Without the manifest of a deployment, which a checkout doesn't have.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": plain}):
        for _ in range(times):
            began = time.perf_counter()
            assert client.get("/customers/?store=bench").status_code == 200
            found.append(1000 * (time.perf_counter() - began))
    return found


def measured(customers: int) -> dict[str, Any]:
    """Return all figures."""
    from django.utils import timezone

    from checkout_widgets.customer_figures.refresh import refresh_figures
    from checkout_widgets.models import ReplenishmentTime
    from checkout_widgets.replenishment.counting import count_replenishment
    from experiments.models import Order

    store = fill(customers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: dict[str, Any] = {"customers": customers, "orders": Order.objects.count()}
    found["figures"] = timed(lambda: refresh_figures(store, timezone.now()))
    found["replenishment"] = timed(lambda: count_replenishment(store, timezone.now()))
    found["replenishment_times"] = ReplenishmentTime.objects.count()
    found["more_memory_mb"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    found["page_ms"] = medians({"page": page_milliseconds(store)})
    return found


def main() -> None:
    """Write the figures as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with scratch("config.settings", "offerlift_bench_customers"):
        print(json.dumps(measured(arguments.customers), indent=2))


if __name__ == "__main__":
    main()
