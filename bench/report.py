"""How fast a report's sums are read, beside one raw ``GROUP BY``: ``python -m bench.report``.

Exposures of one test with two variants over 90 days, in the order in which they happened, 3% of them buyers with an
order of two lines each; 3 devices, 20 countries, 2 kinds of customer. The floor adds up visitors, orders and revenue of
the same exposures by variant with one statement, and nothing else.
"""

import json
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.database import scratch

if TYPE_CHECKING:
    from experiments.models import Experiment

DAYS = 90
BUYERS = 0.03
START = datetime(2026, 1, 1, tzinfo=UTC)
# Cart values and prices: the sum of four uniform numbers is close enough to a normal one.
SPREAD = "(random() + random() + random() + random() - 2) * sqrt(3)"
EXPOSURES = f"""
INSERT INTO experiments_exposure (experiment_id, visitor_id, store_id, variant_id, exposed_at, cart_value_minor, device,
    country, customer_type, segments, is_conflicting, orders, revenue_minor, refunded_minor, items, upsell_minor,
    has_converted, has_accepted)
SELECT %(experiment_id)s, 'v_' || lpad(to_hex(number), 16, '0'), %(store_id)s,
    (%(variants)s::bigint[])[1 + number %% 2],
    %(day)s::timestamptz + (number - %(first)s) * (interval '1 day' / %(size)s), exp(8.5 + 0.6 * {SPREAD})::bigint,
    ('{{phone,desktop,tablet}}'::text[])[ceil(random() * 3)],
    chr(65 + (random() * 4)::int) || chr(65 + (number %% 4)::int),
    ('{{new,returning}}'::text[])[ceil(random() * 2)], '{{}}', false, 0, 0, 0, 0, 0, false, false
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
FLOOR = """
SELECT variant_id, count(*), sum(orders), sum(revenue_minor) FROM experiments_exposure
WHERE experiment_id = %s GROUP BY variant_id
"""
Bar = Callable[[int], None]


def load(experiment: "Experiment", number: int, on_progress: Bar) -> None:
    """Make the exposures and orders, day by day; their outcomes are still to be found."""
    from django.db import connection

    variants = [variant.pk for variant in experiment.variants.all()]
    ids: dict[str, Any] = {"experiment_id": experiment.pk, "store_id": experiment.store_id, "variants": variants}
    for index in range(DAYS):
        first, after = number * index // DAYS, number * (index + 1) // DAYS
        day = {"day": START + timedelta(days=index), "first": first, "size": after - first}
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(%s)", [index / DAYS])
            cursor.execute(EXPOSURES, ids | day)
            cursor.execute(ORDERS, ids | day)
        on_progress(after)


def read_sums(experiment: "Experiment") -> None:
    """All that a report reads of sums: facts, everybody with and without the cap, every segment."""
    from experiments.reading import aggregation
    from experiments.reading.facts import facts_of

    facts = facts_of(experiment, START + timedelta(days=DAYS + 30))
    fill = facts.mean_cart_value_minor
    aggregation.aggregates(experiment, missing_cart_value_minor=fill)
    aggregation.aggregates(experiment, cap_minor=experiment.cap_minor, missing_cart_value_minor=fill)
    aggregation.segment_aggregates(experiment, cap_minor=experiment.cap_minor)


def floor(experiment: "Experiment") -> None:
    """One raw sum over everything."""
    from experiments.reading import aggregation

    aggregation.fetch(FLOOR, [experiment.pk])


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure(experiment: "Experiment", rounds: int) -> dict[str, float]:
    """Medians in seconds: the floor, the sums of a report, and a touched day, in turns."""
    from experiments.accounting import rollups

    def refresh() -> None:
        rollups.refresh_days(experiment.pk, [START.date() + timedelta(days=DAYS // 2)])

    actions = {"floor": lambda: floor(experiment), "report": lambda: read_sums(experiment), "day": refresh}
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: statistics.median(times) for name, times in taken.items()}


def vacuum() -> None:
    """What autovacuum would have done a minute later."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def main() -> None:
    """Fill, add up, read; print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with scratch("config.settings"), Progress(*bars, console=Console(stderr=True)) as progress:
        from experiments.accounting.rebuild import rebuild
        from tests import factories

        experiment = factories.make_experiment(cap_minor=20_000)
        loading = progress.add_task("exposures", total=options.exposures)
        load(experiment, options.exposures, lambda done: progress.update(loading, completed=done))
        vacuum()
        raw = seconds(lambda: read_sums(experiment))
        computing = progress.add_task("outcomes", total=options.exposures)
        done: Bar = lambda number: progress.update(computing, completed=number)  # noqa: E731
        rebuilding = seconds(lambda: rebuild(experiment, on_progress=done))
        vacuum()
        checking = seconds(lambda: print(rebuild(experiment)))
        taken = measure(experiment, options.rounds)
    report(options.exposures, taken | {"raw": raw, "rebuild": rebuilding, "check": checking})


def report(exposures: int, taken: dict[str, float]) -> None:
    """Print each figure and its ratio to the floor."""
    names = {
        "floor": "one raw GROUP BY",
        "report": "a report's sums, all segments, every day added up",
        "raw": "the same, no day added up",
        "day": "a touched day added up again",
        "rebuild": "full rebuild: every outcome from its orders, every day added up",
        "check": "the same again, which finds no difference",
    }
    print(f"{exposures:,} exposures over {DAYS} days, {BUYERS:.0%} buyers")
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for name, text in names.items():
        ratio = taken[name] / taken["floor"]
        print(f"{taken[name] * 1000:>10,.1f} ms  {ratio:>8.3f} of the floor  {text}")
        figures[f"{name}_ms"] = round(taken[name] * 1000, 2)
        ratios[name] = round(ratio, 4)
    print(json.dumps({"exposures": exposures, **figures, "ratios": ratios}))


if __name__ == "__main__":
    main()
