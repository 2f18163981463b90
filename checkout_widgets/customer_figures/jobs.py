"""Has customers counted by the worker: all stores' every night, one store's when somebody asks for it."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from checkout_widgets.customer_figures.refresh import refresh_figures
from checkout_widgets.replenishment.counting import count_replenishment
from experiments.models import Store


@app.periodic(cron="13 2 * * *")
@app.task(queueing_lock="count_all_customers")
def count_all_customers(timestamp: int) -> None:
    """Queue a count for every store: each a job of its own, so that what fails for one fails for it alone."""
    for store_id in Store.objects.order_by("pk").values_list("pk", flat=True):
        count_customers_soon(store_id)


# One at a time: a count of a big store takes some hundred MB.
@app.task(lock="count_customers")
def count_customers(store_id: int) -> None:
    """Count what a store's customers are worth, and after how many days they buy the same again."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        now = timezone.now()
        count_replenishment(store, now)
        refresh_figures(store, now)


def count_customers_soon(store_id: int) -> None:
    """Have a store's customers counted, once, however often it is asked for."""
    try:
        with transaction.atomic():  # the refusal would spoil the caller's transaction
            count_customers.configure(queueing_lock=queueing_lock(store_id)).defer(store_id=store_id)
    except AlreadyEnqueued:
        return


def is_counting(store_id: int) -> bool:
    """Whether a count of the store's customers waits or runs."""
    unfinished = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return unfinished.filter(queueing_lock=queueing_lock(store_id)).exists()


def queueing_lock(store_id: int) -> str:
    """The name under which one count of a store can wait."""
    return f"count_customers_{store_id}"
