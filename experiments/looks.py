"""The daily look: each running test's report is stored once on every day of its store."""

import logging
from datetime import datetime, time
from zoneinfo import ZoneInfo

from experiments.analysis import take_snapshot
from experiments.models import Experiment, Source, Store

logger = logging.getLogger(__name__)


def take_looks(now: datetime) -> int:
    """Take the looks that are due, and say how many were taken; another call on the same day takes none.

    A test whose analysis fails is logged and costs no other its look.
    """
    running = Experiment.objects.running().filter(source=Source.LIVE).select_related("store").order_by("pk")
    return sum(take_look(experiment, now) for experiment in running if is_due(experiment, now))


def is_due(experiment: Experiment, now: datetime) -> bool:
    """Whether the test has had no look yet on its store's day."""
    begun = start_of_day(experiment.store, now)
    return not experiment.snapshots.filter(is_look=True, taken_at__gte=begun, taken_at__lte=now).exists()


def start_of_day(store: Store, now: datetime) -> datetime:
    """Midnight in the store's timezone before ``now``."""
    local = now.astimezone(ZoneInfo(store.timezone))
    return datetime.combine(local.date(), time.min, local.tzinfo)


def take_look(experiment: Experiment, now: datetime) -> bool:
    """Store the report as a look, and say whether that went well."""
    try:
        take_snapshot(experiment, is_look=True, now=now)
    except Exception:
        logger.exception("The look at %s failed", experiment.key)
        return False
    return True
