"""Plans what is due: a batch of each journey in turn, so that a large campaign keeps no other journey waiting."""

import time
from datetime import datetime

from journeys.planning.batch import plan_batch
from journeys.planning.due import journeys_due

LONGEST_SECONDS = 50.0  # the next call goes on: other jobs of the worker are due meanwhile


def plan_due(now: datetime, longest_seconds: float = LONGEST_SECONDS) -> int:
    """Plan all that is due, or as much as the time allows, and return how many runs that were."""
    began = time.monotonic()
    planned = 0
    waiting = journeys_due(now)
    while waiting:
        unfinished = []
        for journey_id in waiting:
            batch = plan_batch(journey_id, now)
            planned += batch.runs
            if batch.has_more:
                unfinished.append(journey_id)
            if time.monotonic() - began > longest_seconds:
                return planned
        waiting = unfinished
    return planned
