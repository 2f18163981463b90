"""What the worker does for contacts: merges guests, looks after parcels, and forgets what is old."""

from django.utils import timezone
from procrastinate.contrib.django import app

from experiments.models import Store
from journeys.contacts import merging, retention, shipments
from journeys.triggers.orders import begin_runs


@app.task(lock="merge_customers")
def merge_guest_customer(store_id: int, guest: str, known: str) -> None:
    """Make one customer of a guest and the known customer who has the guest's address."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        merging.merge_guest(store, guest, known)


@app.periodic(cron="52 * * * *")
@app.task(queueing_lock="look_after_parcels")
def look_after_parcels(timestamp: int) -> None:
    """Say of parcels that they are late, or have probably arrived."""
    now = timezone.now()
    for store in Store.objects.order_by("pk"):
        begin_runs(store.pk, shipments.look_after(store, now))


@app.periodic(cron="7 4 * * *")
@app.task(queueing_lock="forget_contacts")
def forget_contacts(timestamp: int) -> None:
    """Delete what stores no longer keep of contacts."""
    retention.forget_old(timezone.now())
