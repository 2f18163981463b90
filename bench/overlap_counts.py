"""How long it takes to count which visitors two tests share: ``python -m bench.overlap_counts``.

Two tests of one store with the same visitors, 3% of them buyers. The floor counts the visitors of both by variant with
one plain join, and nothing else. In turns, medians.
"""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.adjusted_days import BUY
from bench.database import scratch
from bench.figures import beside
from bench.rows import DAYS, START, load, vacuum
from bench.turns import medians_in_turns

if TYPE_CHECKING:
    from experiments.models import Experiment

FLOOR = """
SELECT mine.variant_id, theirs.variant_id, count(*) FROM experiments_exposure AS mine
LEFT JOIN experiments_exposure AS theirs
    ON theirs.experiment_id = %(other)s AND theirs.visitor_id = mine.visitor_id
WHERE mine.experiment_id = %(mine)s GROUP BY mine.variant_id, theirs.variant_id
"""


def fill(mine: "Experiment", other: "Experiment", number: int) -> None:
    """Make both tests' exposures, of the same visitors."""
    from django.db import connection

    for experiment in (mine, other):
        load(experiment, number, lambda done: None, with_orders=False)
        with connection.cursor() as cursor:
            cursor.execute(BUY, [experiment.pk])
    vacuum()


def measure(mine: "Experiment", other: "Experiment", rounds: int) -> dict[str, float]:
    """Return the medians in seconds of the floor and of the counts."""
    from experiments.reading import aggregation
    from experiments.reading.overlaps import overlap_cells

    now = START + timedelta(days=DAYS)
    tests = {"mine": mine.pk, "other": other.pk}

    def floor() -> None:
        aggregation.fetch(FLOOR, tests)

    def counts() -> None:
        overlap_cells(mine, [other], through=now.date(), now=now)

    return medians_in_turns({"floor": floor, "counts": counts}, rounds)


def main() -> None:
    """Fill, count, and print the figures, the last line as JSON."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--exposures", type=int, default=500_000, help="of each test")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with scratch("config.settings"):
        from tests import factories

        mine = factories.make_experiment(started_at=START)
        other = factories.make_experiment(mine.store, started_at=START)
        fill(mine, other, options.exposures)
        taken = measure(mine, other, options.rounds)
    ratios = beside(taken, "floor")
    for name, time in taken.items():
        print(f"{time * 1000:>10,.1f} ms  {ratios[name]:>6.3f} of the floor  {name}")
    print(json.dumps({"exposures": options.exposures, "ratios": ratios}))


if __name__ == "__main__":
    main()
