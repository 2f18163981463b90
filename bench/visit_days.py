"""How much longer a touched day takes to add up with what pages say of visits: ``python -m bench.visit_days``.

Two days of one test with the same exposures, 3% of them buyers; on the second each has the six dimensions of a visit.
The floor is the statement of before there were any, on the first day. In turns, medians.
"""

import json
from argparse import ArgumentParser
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from bench.database import scratch
from bench.figures import beside, medians
from bench.rows import EXPOSURES, START, seconds, vacuum

BAR = 2.0  # times what the statement took before visits were counted
BUY = """
UPDATE experiments_exposure SET orders = 1, items = 2, revenue_minor = 4000 + hashtext(visitor_id) %% 1000,
    has_converted = true WHERE experiment_id = %s AND hashtext(visitor_id) %% 33 = 0
"""
TELL = """
UPDATE experiments_exposure SET segments = jsonb_build_object(
    'snippet', '3', 'logged_in', ('{yes,no}'::text[])[ceil(random() * 2)], 'page_type', 'cart',
    'channel', ('{none,email,paid_search,paid_social,organic,social,referral,other}'::text[])[ceil(random() * 8)])
WHERE experiment_id = %s AND exposed_at >= %s
"""
# As the sums of a day were grouped before: by what every exposure has a column for. All columns are asked for: of a
# ``count(*)`` around it the planner would add up none, and what is measured was the grouping alone.
BEFORE = """
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans}
SELECT * FROM (
    SELECT day, cell.variant_id, dimension.name, dimension.value, sum(cell.visitors), sum(cell.conflicting){totals}
    FROM ({cells}) AS cell
    CROSS JOIN LATERAL (
        VALUES ('', ''), ('device', device), ('country', country), ('customer_type', customer_type)
        UNION ALL SELECT key, value FROM jsonb_each_text(cell.segments) WHERE key <> ''
    ) AS dimension (name, value)
    WHERE dimension.name IS NOT NULL AND (dimension.name = '' OR dimension.value <> '')
    GROUP BY day, cell.variant_id, dimension.name, dimension.value
) AS grouped
"""
NOW = """
WITH touched AS MATERIALIZED (SELECT unnest(%(days)s::date[]) AS day), {spans}
SELECT * FROM ({grouped}) AS grouped
"""


def statement_of_before() -> str:
    """Return the statement that adds up days without what pages say of visits."""
    from experiments.reading import sums

    cell = "day, variant_id, device, country, customer_type, segments"
    columns = cell.replace("day", sums.DAY, 1)
    cells = sums.cells(sums.ALL_KEYS, cell=cell, columns=columns, grouping=cell)
    totals = ""
    for name in map(sums.column, sums.ALL_KEYS):
        totals += f", sum(cell.{name}) AS {name}"
    return BEFORE.format(spans=sums.SPANS, cells=cells, totals=totals)


def statement_of_now() -> str:
    """Return the statement that adds up days."""
    from experiments.reading import sums

    return NOW.format(spans=sums.SPANS, grouped=sums.grouped(sums.ALL_KEYS))


def load(experiment: Any, exposures: int) -> list[date]:
    """Make both days, and return them."""
    from django.db import connection

    variants = list(experiment.variants.values_list("pk", flat=True))
    ids = {"experiment_id": experiment.pk, "store_id": experiment.store_id, "variants": variants}
    days = [START, START + timedelta(days=1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for index, day in enumerate(days):
            cursor.execute(EXPOSURES, {**ids, "day": day, "first": index * exposures, "size": exposures})
        cursor.execute(BUY, [experiment.pk])
        cursor.execute(TELL, [experiment.pk, days[1]])
    vacuum()
    return [day.date() for day in days]


def measure(experiment: Any, days: list[date], rounds: int) -> dict[str, float]:
    """Return the medians in seconds of the three, in turns."""
    from django.db import connection

    from experiments.reading.aggregation import parameters

    asked = [
        ("before", statement_of_before(), days[0]),
        ("untold", statement_of_now(), days[0]),
        ("told", statement_of_now(), days[1]),
    ]
    taken: dict[str, list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute("SET jit = off")
        for _ in range(rounds):
            for name, statement, day in asked:
                given = parameters(experiment, None) | {"days": [day]}
                taken[name].append(seconds(lambda text=statement, given=given: cursor.execute(text, given)))  # type: ignore[misc]
    return medians(taken)


def main() -> None:
    """Fill, add up, and print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=110_000, help="of a day: 10 million in 90 days")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with scratch("config.settings"):
        from tests import factories

        experiment = factories.make_experiment()
        taken = measure(experiment, load(experiment, options.exposures), options.rounds)
    ratios = beside(taken, "before")
    for name, time in taken.items():
        print(f"{time * 1000:>10,.1f} ms  {ratios[name]:>6.3f} of the floor  {name}")
    print(json.dumps({"exposures": options.exposures, "bar": BAR, "ratios": ratios}))


if __name__ == "__main__":
    main()
