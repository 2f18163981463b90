"""What happened in the store while a test ran, as somebody annotated it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from experiments.models import Annotation, Experiment


def annotations_of(experiment: Experiment, first_at: datetime | None, last_at: datetime | None) -> list[Annotation]:
    """Return the annotations that share a day with the test's exposures, oldest first; none without exposures."""
    if first_at is None or last_at is None:
        return []
    zone = ZoneInfo(experiment.store.timezone)
    first_day, last_day = first_at.astimezone(zone).date(), last_at.astimezone(zone).date()
    found = Annotation.objects.about(experiment).within(first_day, last_day)
    return list(found.order_by("first_day", "pk"))


def utc_days(first_day: date, last_day: date, timezone: str) -> list[date]:
    """Return the UTC days that a store's days touch: sums are kept by UTC day, and a part of one can't be left out."""
    zone = ZoneInfo(timezone)
    begin = datetime.combine(first_day, time.min, zone).astimezone(UTC)
    end = datetime.combine(last_day + timedelta(days=1), time.min, zone).astimezone(UTC)
    # The moment before the end: midnight itself belongs to the next day.
    last = (end - timedelta(microseconds=1)).date()
    return [begin.date() + timedelta(days=number) for number in range((last - begin.date()).days + 1)]
