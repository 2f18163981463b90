"""Has pairs counted by the worker: all stores' every night, one store's when somebody asks for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from checkout_widgets import store_jobs
from checkout_widgets.recommending import refresh
from experiments.models import Store


@app.periodic(cron="43 2 * * *")
@app.task(queueing_lock="count_all_pairs")
def count_all_pairs(timestamp: int) -> None:
    """Queue a count for every store."""
    store_jobs.queue_for_all(count_pairs)


# One at a time: a count of a big store takes some hundred MB.
@app.task(lock="count_pairs")
def count_pairs(store_id: int) -> None:
    """Count what is bought with what in a store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        refresh.count_pairs(store, timezone.now())
