"""Long-term outcomes -> sums, as ``aggregation`` reads those within the attribution window: exact at any instant."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from experiments.models import Experiment
from experiments.reading import long_sums, sums
from experiments.reading.aggregation import TOUCHED, Aggregate, aggregate, by_key, fetch, parameters
from experiments.reading.sums import Key
from experiments.sql_files import read_sql

NOBODY: tuple[Key, ...] = ()
SUMS = read_sql(__file__, "long_sums").format(
    touched=TOUCHED,
    spans=sums.SPANS,
    nothing=", ".join(map("0 AS {}".format, long_sums.COLUMNS)),
    columns=", ".join(long_sums.COLUMNS),
    totals=", ".join(map("sum({})".format, long_sums.COLUMNS)),
    fresh_visitors=sums.by_day(NOBODY),
    fresh=long_sums.by_day(),
)


def long_arms(experiment: Experiment, last_days: Mapping[int, date]) -> dict[int, dict[str, Aggregate]]:
    """Read by horizon in days every variant's aggregate of those exposed up to a day, which is the horizon's in
    ``last_days``: whoever was exposed later hasn't lived through it yet. In minor units, net of refunds."""
    nobody = aggregate(long_sums.KEYS, 0, defaultdict(int), is_capped=False)
    arms: dict[int, dict[str, Aggregate]] = {}
    keys = list(experiment.variants.values_list("key", flat=True))
    for horizon in last_days:
        arms[horizon] = dict.fromkeys(keys, nobody)
    asked = {"horizons": list(last_days), "last_days": list(last_days.values())}
    for horizon, variant, visitors, *row in fetch(SUMS, parameters(experiment, experiment.cap_minor) | asked):
        kept = by_key(long_sums.KEYS, row)
        arms[horizon][variant] = aggregate(long_sums.KEYS, int(visitors), kept, is_capped=False)
    return arms
