"""What the exposures of an experiment say about themselves: how many, since when, and how many of them are ripe.

Read as ``aggregation`` reads its sums: days that are added up from ``ExposureDay``, those touched since from exposures.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from experiments.models import Experiment
from experiments.reading import sums
from experiments.reading.aggregation import TOUCHED, fetch, parameters

TRAFFIC_DAYS = 7

# Days with an edge in them, of the attribution window or of the last week, are counted by index beyond it.
FACTS = f"""
WITH touched AS MATERIALIZED ({TOUCHED}), {sums.SPANS},
ends AS MATERIALIZED (
    SELECT min(exposed_at) AS first, max(exposed_at) AS last, max(exposed_at) - make_interval(days => {TRAFFIC_DAYS})
        AS recent FROM experiments_exposure WHERE experiment_id = %(experiment_id)s AND {sums.IS_COUNTED}
),
edge AS MATERIALIZED (
    SELECT at, (at AT TIME ZONE 'UTC')::date AS day, (
        SELECT count(*) FROM experiments_exposure
        WHERE experiment_id = %(experiment_id)s AND {sums.IS_COUNTED} AND exposed_at > at
            AND exposed_at < ((at AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC'
            AND (at AT TIME ZONE 'UTC')::date NOT IN (SELECT day FROM touched)
    ) AS beyond
    FROM (SELECT %(open_since)s::timestamptz AS at UNION SELECT recent FROM ends) AS edges
),
part AS (
    SELECT visitors, conflicting, visitors - missing AS known, cart_value,
        CASE WHEN day > (%(open_since)s AT TIME ZONE 'UTC')::date THEN visitors ELSE 0 END AS immature,
        CASE WHEN day > (ends.recent AT TIME ZONE 'UTC')::date THEN visitors ELSE 0 END AS fresh
    FROM experiments_exposureday, ends
    WHERE experiment_id = %(experiment_id)s AND dimension = '' AND day NOT IN (SELECT day FROM touched)
    UNION ALL
    SELECT count(*), count(*) FILTER (WHERE is_conflicting), count({sums.CART_VALUE}), sum({sums.CART_VALUE}),
        count(*) FILTER (WHERE exposed_at > %(open_since)s), count(*) FILTER (WHERE exposed_at > ends.recent)
    FROM ends CROSS JOIN {sums.TOUCHED_EXPOSURES}
)
SELECT COALESCE(sum(visitors), 0), COALESCE(sum(conflicting), 0),
    COALESCE(sum(immature), 0) + (SELECT beyond FROM edge WHERE at = %(open_since)s),
    COALESCE(sum(known), 0), COALESCE(round(sum(cart_value) / NULLIF(sum(known), 0)), 0),
    COALESCE(sum(fresh), 0) + COALESCE((SELECT beyond FROM edge WHERE at = ends.recent), 0), ends.first, ends.last
FROM ends LEFT JOIN part ON true GROUP BY ends.first, ends.last, ends.recent
"""  # noqa: S608 -- names of ours
# Per experiment and day, the same way.
VISITORS = """
WITH touched AS MATERIALIZED (
    SELECT DISTINCT experiment_id, day FROM experiments_touchedday WHERE experiment_id = ANY(%(experiment_ids)s)
)
SELECT experiment_id, day, visitors FROM experiments_exposureday AS summed
WHERE experiment_id = ANY(%(experiment_ids)s) AND dimension = ''
    AND (experiment_id, day) NOT IN (SELECT experiment_id, day FROM touched)
UNION ALL
SELECT touched.experiment_id, touched.day, count(*) FROM touched JOIN experiments_exposure
    ON experiments_exposure.experiment_id = touched.experiment_id
    AND exposed_at >= touched.day::timestamp AT TIME ZONE 'UTC'
    AND exposed_at < (touched.day + 1)::timestamp AT TIME ZONE 'UTC'
JOIN experiments_store AS store ON store.id = store_id
WHERE NOT is_automated OR store.is_automation_counted GROUP BY touched.experiment_id, touched.day
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the exposures of an experiment say about themselves, over all variants.

    ``mean_cart_value_minor`` is of those that carry one, ``recent_visitors`` were exposed in the seven days up to the
    last exposure.
    """

    visitors: int
    conflicting: int
    immature: int
    with_cart_value: int
    mean_cart_value_minor: int
    recent_visitors: int
    first_exposed_at: datetime | None
    last_exposed_at: datetime | None

    @property
    def cart_value_coverage(self) -> float:
        """The share of exposures that carry the cart's value; 0 where there are none."""
        if not self.visitors:
            return 0.0
        return self.with_cart_value / self.visitors


def facts_of(experiment: Experiment, now: datetime) -> Facts:
    """Read the facts; an exposure is immature while its attribution window is open at ``now``."""
    *counts, first, last = fetch(
        FACTS,
        parameters(experiment, None) | {"open_since": now - timedelta(days=experiment.attribution_window_days)},
    )[0]
    visitors, conflicting, immature, with_cart_value, mean, recent = map(int, counts)
    return Facts(
        visitors=visitors,
        conflicting=conflicting,
        immature=immature,
        with_cart_value=with_cart_value,
        mean_cart_value_minor=mean,
        recent_visitors=recent,
        first_exposed_at=first,
        last_exposed_at=last,
    )


def daily_visitors(experiments: Iterable[Experiment]) -> dict[int, dict[date, int]]:
    """The visitors first exposed on each UTC day, by experiment id; days without any are left out."""
    found: dict[int, dict[date, int]] = {experiment.pk: defaultdict(int) for experiment in experiments}
    for experiment_id, day, visitors in fetch(VISITORS, {"experiment_ids": list(found)}):
        found[experiment_id][day] += int(visitors)
    return {experiment_id: dict(days) for experiment_id, days in found.items()}


def count_visitors(experiments: Iterable[Experiment]) -> dict[int, int]:
    """The visitors of each experiment by its id, read at once."""
    return {experiment_id: sum(days.values()) for experiment_id, days in daily_visitors(experiments).items()}
