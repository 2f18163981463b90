"""Counts once a day which visitors each running test shares with the others that run beside it."""

import logging
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from experiments.models import Experiment, Overlap, Source
from experiments.plan.maturity import last_mature_day
from experiments.reading.overlaps import concurrent_tests, overlap_cells
from experiments.running.once_a_day import RENEWED_AFTER

logger = logging.getLogger(__name__)

# Orders of the last visitors still come in after a test's end; then nothing changes any more.
AFTER_THE_END = timedelta(days=2)


def count_due(now: datetime) -> int:
    """Count the overlaps of the tests whose counts are a day old, and return of how many.

    A test that can't be counted is logged, and costs no other its counts.
    """
    counted = 0
    for experiment in due(now):
        try:
            counted += count_overlaps(experiment, now)
        except Exception:  # one test's data, whatever is wrong with them, keeps no other test waiting
            logger.exception("The overlaps of %s can't be counted", experiment.key)
    return counted


def due(now: datetime) -> QuerySet[Experiment]:
    """Return the tests that run, or ended lately, and weren't counted for a day."""
    fresh = Overlap.objects.filter(counted_at__gt=now - RENEWED_AFTER)
    begun = Experiment.objects.filter(source=Source.LIVE, started_at__lt=now)
    lately = begun.filter(Q(ended_at=None) | Q(ended_at__gt=now - AFTER_THE_END))
    return lately.exclude(pk__in=fresh.values("experiment")).select_related("store").order_by("pk")


def count_overlaps(experiment: Experiment, now: datetime) -> bool:
    """Count which visitors the test shares with each other test of its time, and keep that; False without any."""
    others = concurrent_tests(experiment, now)
    if not others:
        return False
    found = overlap_cells(experiment, others, through=last_whole_day(experiment, now), now=now)
    rows = []
    for other in others:
        cells = [cell.as_json() for cell in found[other.pk]]
        rows.append(Overlap(experiment=experiment, other=other, counted_at=now, cells=cells))
    Overlap.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=("experiment", "other"),
        update_fields=("counted_at", "cells"),
    )
    return True


def last_whole_day(experiment: Experiment, now: datetime) -> date:
    """Return the last day whose visitors have had the time that orders take, as far as it is known."""
    return last_mature_day(now, experiment.delays.get("hours") or 0, experiment.days_zone)
