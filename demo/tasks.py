"""What the worker does for the demo."""

from contextlib import suppress

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from checkout_widgets import store_jobs
from checkout_widgets.customer_figures.jobs import count_customers
from demo.after_order import making
from experiments.models import Store


def begin_making(address: str) -> None:
    """Have the customers made by the worker; where a job waits for that already, it does."""
    if making.progress() is None:
        making.note_progress(0)
    make_later(address)


def make_later(address: str) -> None:
    """Queue the next part."""
    with suppress(AlreadyEnqueued):
        make_customers.configure().defer(address=address)


@app.task(queueing_lock="make_demo_customers", lock="make_demo_customers")
def make_customers(address: str) -> None:
    """Make the next days of the demo's customers, and queue what is left."""
    store = Store.objects.get(slug="demo")
    if making.make_some(store, address, timezone.now()):
        make_later(address)
    else:
        store_jobs.queue(count_customers, store.pk)
