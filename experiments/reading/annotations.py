"""What happened in the store while a test ran, as somebody annotated it."""

from datetime import UTC, date, datetime, time, timedelta

from experiments.models import Annotation, Experiment


def annotations_of(experiment: Experiment, first_at: datetime | None, last_at: datetime | None) -> list[Annotation]:
    """Return the annotations that share a day with the test's exposures, oldest first; none without exposures."""
    if first_at is None or last_at is None:
        return []
    store = experiment.store
    first_day, last_day = store.day_of(first_at), store.day_of(last_at)
    found = Annotation.objects.about(experiment).within(first_day, last_day)
    return list(found.order_by("first_day", "pk"))


def touched_days(experiment: Experiment, first_day: date, last_day: date) -> list[date]:
    """Return the test's days that a store's days touch: a part of a day can't be left out of its sums.

    They are the same days, unless the store has changed its time zone since the test began.
    """
    zone = experiment.store.zone
    begin = datetime.combine(first_day, time.min, zone)
    # The moment before the end, in UTC, where there is one: midnight itself belongs to the next day.
    end = datetime.combine(last_day + timedelta(days=1), time.min, zone).astimezone(UTC) - timedelta(microseconds=1)
    first, last = experiment.exposure_day(begin), experiment.exposure_day(end)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
