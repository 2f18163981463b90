"""What customers cost the outcomes of visitors: ``python -m bench.customers``.

100,000 exposures with three orders each are recomputed in batches, as a changed setting makes necessary: by the
statements of today, and by the one from before customers were a unit, which is the floor. In turns, each time after the
outcomes were made wrong, so that both write every row. The same for tests on customers, whose outcomes of a year are
computed too.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.database import scratch
from bench.figures import medians
from bench.server import cpu_nanoseconds
from experiments.batches import batches

BATCH = 2_000
BEFORE = Path(__file__).parent.parent / "tests" / "data" / "outcomes_of_visitors_alone.sql"
FILL = """
WITH made AS (SELECT number FROM generate_series(1, %(size)s) AS number),
exposed AS (
    INSERT INTO experiments_exposure (experiment_id, visitor_id, store_id, variant_id, exposed_at, device, country,
        customer_type, segments, is_conflicting, orders, revenue_minor, refunded_minor, items, upsell_minor,
        has_converted, has_accepted)
    SELECT %(experiment_id)s, %(prefix)s || number, %(store_id)s, %(variant_id)s, '2026-01-01', 'phone', 'DE', 'new',
        '{}', false, 0, 0, 0, 0, 0, false, false
    FROM made
),
placed AS (
    INSERT INTO experiments_order (store_id, external_id, source, visitor_id, customer_id, customer_key, status,
        placed_at, updated_at, received_at, currency, subtotal_minor, discount_minor, tax_minor, shipping_minor,
        total_minor)
    SELECT %(store_id)s, %(prefix)s || number || '-' || nth, 'api', %(prefix)s || number, number::text, 'i_' || number,
        'paid', at, at, at, 'EUR', 4900, 0, 0, 0, 4900
    FROM made CROSS JOIN generate_series(1, 3) AS nth
    CROSS JOIN LATERAL (SELECT '2026-01-01'::timestamptz + nth * interval '1 day' AS at) AS moment
    WHERE %(prefix)s = 'v_'
    RETURNING id
)
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key)
SELECT id, 0, 'tea', 1, 4900, 0, 2000, false, '' FROM placed
"""
SPOIL = "UPDATE experiments_exposure SET revenue_minor = revenue_minor + 1 WHERE experiment_id = %s"


def execute(query: str, parameters: object = None) -> None:
    """Run it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, parameters)  # type: ignore[arg-type]


def fill(size: int) -> list[tuple[Any, list[str]]]:
    """Make a test on visitors and one on customers, in stores of their own, with as many exposures and orders each."""
    from tests import factories

    visitors = factories.make_experiment()
    customers = factories.make_customer_experiment(visitors.store)
    made = []
    for experiment, prefix in ((visitors, "v_"), (customers, "c:i_")):
        asked = {
            "size": size,
            "experiment_id": experiment.pk,
            "store_id": experiment.store_id,
            "variant_id": experiment.variants.first().pk,  # type: ignore[union-attr]
            "prefix": prefix,
        }
        execute(FILL, asked)
        made.append((experiment, [f"{prefix}{number}" for number in range(1, size + 1)]))
    execute("ANALYZE experiments_exposure, experiments_order, experiments_orderline")
    return made


def by_today(store_id: int, units: Sequence[str]) -> None:
    """Compute the outcomes as the product does."""
    from experiments.accounting import outcomes

    outcomes.recompute(store_id, units)


def by_before(store_id: int, units: Sequence[str]) -> None:
    """Compute the outcomes of visitors as the product did, custom metrics included."""
    from experiments.accounting import custom_outcomes

    execute(BEFORE.read_text(), {"store_id": store_id, "visitor_ids": sorted(units)})
    custom_outcomes.recompute(store_id, units)


def seconds(experiment: Any, units: list[str], compute: Callable[[int, Sequence[str]], None]) -> float:
    """Spoil every outcome, and return what it takes of a processor to put all right again, here and in PostgreSQL."""
    from django.db import connection

    execute(SPOIL, [experiment.pk])
    # Within a transaction, as in tests, PostgreSQL can't; there are too few rows there for it to matter.
    if not connection.in_atomic_block:
        execute("VACUUM experiments_exposure")
    began = processor_seconds()
    for batch in batches(units, BATCH):
        compute(experiment.store_id, batch)
    return processor_seconds() - began


def processor_seconds() -> float:
    """Return how long this process and its connection in PostgreSQL have run, whatever else the machine does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [database] = cursor.fetchone()
    return time.process_time() + cpu_nanoseconds(database) / 1e9


def main() -> None:
    """Measure in turns, and print the medians: for people, then as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    times: dict[str, list[float]] = {"before": [], "today": [], "customers": []}
    with scratch("config.settings"):
        (visitors, of_visitors), (customers, of_customers) = fill(options.exposures)
        for _ in range(options.rounds):
            times["before"].append(seconds(visitors, of_visitors, by_before))
            times["today"].append(seconds(visitors, of_visitors, by_today))
            times["customers"].append(seconds(customers, of_customers, by_today))
    found = medians(times)
    print(f"{options.exposures:,} exposures with three orders each, medians of {options.rounds} rounds in turns")
    for name, value in found.items():
        print(f"{name:10} {value:6.2f} s  {value / found['before']:.2f} of before")
    print(json.dumps({"exposures": options.exposures, "ratio": found["today"] / found["before"], **found}))


if __name__ == "__main__":
    main()
