"""Has customers counted by the worker: all stores' every night, one store's when somebody asks for it."""

from django.utils import timezone
from procrastinate.contrib.django import app

from checkout_widgets import store_jobs
from checkout_widgets.customer_figures.refresh import refresh_figures
from checkout_widgets.replenishment.counting import count_replenishment
from experiments.models import Store


@app.periodic(cron="13 2 * * *")
@app.task(queueing_lock="count_all_customers")
def count_all_customers(timestamp: int) -> None:
    """Queue a count for every store."""
    store_jobs.queue_for_all(count_customers)


# One at a time: a count of a big store takes some hundred MB.
@app.task(lock="count_customers")
def count_customers(store_id: int) -> None:
    """Count what a store's customers are worth, and after how many days they buy the same again."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        now = timezone.now()
        count_replenishment(store, now)
        refresh_figures(store, now)
