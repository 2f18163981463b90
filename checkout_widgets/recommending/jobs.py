"""Has pairs counted by the worker: all stores' every night, one store's when somebody asks for it."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from checkout_widgets.recommending import refresh
from experiments.models import Store


@app.periodic(cron="43 2 * * *")
@app.task(queueing_lock="count_all_pairs")
def count_all_pairs(timestamp: int) -> None:
    """Queue a count for every store: each a job of its own, so that what fails for one fails for it alone."""
    for store_id in Store.objects.order_by("pk").values_list("pk", flat=True):
        count_soon(store_id)


# One at a time: a count of a big store takes some hundred MB.
@app.task(lock="count_pairs")
def count_pairs(store_id: int) -> None:
    """Count what is bought with what in a store."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        refresh.count_pairs(store, timezone.now())


def count_soon(store_id: int) -> None:
    """Have a store's pairs counted, once, however often it is asked for."""
    try:
        with transaction.atomic():  # the refusal would spoil the caller's transaction
            count_pairs.configure(queueing_lock=queueing_lock(store_id)).defer(store_id=store_id)
    except AlreadyEnqueued:
        return


def is_counting(store_id: int) -> bool:
    """Whether a count of the store's pairs waits or runs."""
    unfinished = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return unfinished.filter(queueing_lock=queueing_lock(store_id)).exists()


def queueing_lock(store_id: int) -> str:
    """The name under which one count of a store can wait."""
    return f"count_pairs_{store_id}"
