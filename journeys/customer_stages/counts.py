"""How many of a store's customers are at each stage now."""

from datetime import datetime

from django.db import connection

from experiments.models import Store
from experiments.sql_files import read_sql
from journeys.stage_sql import stage_of
from journeys.stages import Stage

COUNT_STAGES = read_sql(__file__, "count_stages").replace("__stage_of__", stage_of("%(now)s"))


def count_stages(store: Store, now: datetime) -> dict[Stage, int]:
    """Return the number of contacts by stage, all stages in their order."""
    counts = dict.fromkeys(Stage, 0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_STAGES, {"store_id": store.pk, "now": now})
        for stage, number in cursor.fetchall():
            counts[Stage(stage)] = number
    return counts
