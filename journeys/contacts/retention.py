"""What each store no longer keeps of contacts: old send points, what was heard of messages, and idle contacts."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from checkout_widgets import silenced_shoppers
from experiments.models import Order, Store
from journeys.models import Contact, ContactRetention, MessageEvent, SendPoint

MOST_COUNTED = 100_000  # for a page: of more, nobody waits for the exact number
# What says how old a row is: each has an index, by which a batch is found.
AGE_COLUMNS = {"events": "at", "send_points": "at", "contacts": "seen_at"}
BATCH = 1_000  # a transaction each: what arrives meanwhile waits for none of them for long


def forget_old(now: datetime) -> None:
    """Delete what no store keeps any more, batch by batch. It can be interrupted, and goes on the next time."""
    silenced_shoppers.forget_past(now)
    kept = {retention.store_id: retention for retention in ContactRetention.objects.all()}
    for store in Store.objects.order_by("pk"):
        forget_of_store(store, kept.get(store.pk) or ContactRetention(store=store), now)


def forget_of_store(store: Store, retention: ContactRetention, now: datetime) -> None:
    """Delete what a store no longer keeps."""
    retention.store = store  # read already: else each store's would be read once more
    for name, rows in old_rows(retention, now).items():
        delete_in_batches(rows, AGE_COLUMNS[name])


def old_rows(retention: ContactRetention, now: datetime) -> "dict[str, QuerySet[Any]]":
    """Query what its store no longer keeps, in the order in which it goes: events first, as they would go with their
    send points, and take long."""
    store = retention.store
    return {
        "events": MessageEvent.objects.filter(message__store=store, at__lt=ago(now, retention.message_event_days)),
        "send_points": SendPoint.objects.filter(store=store, at__lt=ago(now, retention.send_point_days)),
        "contacts": idle_contacts(store, ago(now, retention.idle_contact_days)),
    }


def ago(now: datetime, days: int) -> datetime:
    """Return the time so many days ago."""
    return now - timedelta(days=days)


def count_old(retention: ContactRetention, now: datetime) -> dict[str, int]:
    """Return how many rows of each kind go the next time; one more than ``MOST_COUNTED`` where there are more."""
    counts = {}
    for name, rows in old_rows(retention, now).items():
        counts[name] = rows[: MOST_COUNTED + 1].count()
    return counts


def idle_contacts(store: Store, before: datetime) -> "QuerySet[Contact]":
    """Query the contacts of whom the shop has said nothing since then, and who haven't ordered."""
    # The index of customers' orders has none without a customer: unless that is said, all orders are read.
    named = Order.objects.exclude(customer_key="")
    orders = named.filter(store=OuterRef("store"), customer_key=OuterRef("customer_key"), placed_at__gte=before)
    return Contact.objects.filter(store=store, seen_at__lt=before).exclude(Exists(orders))


def delete_in_batches(rows: "QuerySet[Any]", age: str) -> None:
    """Delete rows from the oldest on, ``BATCH`` at a time; ``age`` is the column that says how old one is."""
    found = list(rows.order_by(age).values_list("pk", age)[:BATCH])
    while found:
        # A batch is a transaction of its own, so that no lock is held for as long as all of them take.
        rows.model._default_manager.filter(pk__in=[pk for pk, _age in found]).delete()
        # From where this one ended: rows that another store still keeps are passed over once, not for each batch.
        left = rows.filter(**{f"{age}__gte": found[-1][1]})
        found = list(left.order_by(age).values_list("pk", age)[:BATCH])
