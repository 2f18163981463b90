"""How long a planned test waits for the orders of its last visitors."""

from math import ceil

from experiments.models import Experiment, Store


def days_to_wait(store: Store, moment: str) -> int | None:
    """Return the days after the last exposure until its outcome is mature; ``None`` where the store's delays aren't
    known.

    As they were last estimated for a test at the moment.
    """
    tests = Experiment.objects.filter(store=store, moment=moment, delays__hours__isnull=False).order_by("-started_at")
    hours: int | None = tests.values_list("delays__hours", flat=True).first()
    if hours is None:
        return None
    return ceil(hours / 24)
