"""Works the stages of a store's contacts out again, and writes what has changed.

Everything follows from orders, parcels, contracts and the store's days as they are now: it doesn't matter what came
first, late or twice. Time alone changes nothing that is kept.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from experiments.models import Store
from journeys.customer_stages import site
from journeys.customer_stages.facts import (
    AskedStage,
    StageFacts,
    StageRules,
    read_stage_facts,
)
from journeys.models import Contact, ContactStage, StageSettings

BATCH = 5_000  # contacts: what a statement reads and holds in memory
TIMES = ("arrived_at", "usage_at", "care_at", "renewal_at", "renewal_until")
COLUMNS = ("order_id", "is_estimated", *TIMES)


def refresh_all(now: datetime) -> None:
    """Work out the stages of all stores that have them."""
    for settings in StageSettings.objects.filter(is_on=True).select_related("store").order_by("pk"):
        refresh(settings, now)


def refresh(settings: StageSettings, now: datetime) -> int:
    """Work out the stages of a store's contacts, tell its pages, and return how many rows changed."""
    store, rules = settings.store, StageRules.of(settings)
    changed = 0
    for contact_ids in batches_of_contacts(store):
        changed += refresh_contacts(store, rules, contact_ids, now)
    site.tell_pages(store, now)
    StageSettings.objects.filter(pk=settings.pk).update(refreshed_at=now)
    return changed


def forget(store: Store) -> None:
    """Delete what is kept of a store that has turned stages off."""
    ContactStage.objects.filter(store=store).delete()
    site.forget_pages(store)


def batches_of_contacts(store: Store) -> Iterator[list[int]]:
    """Yield the row IDs of the store's contacts, ``BATCH`` at a time."""
    last = 0
    while True:
        contacts = Contact.objects.filter(store=store, pk__gt=last).order_by("pk")
        ids = list(contacts.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]


def refresh_contacts(store: Store, rules: StageRules, contact_ids: Sequence[int], now: datetime) -> int:
    """Work out the stages of these contacts, and return how many rows changed."""
    asked = []
    for number, contact_id in enumerate(contact_ids):
        asked.append(AskedStage(number, contact_id, None, now))
    known = {row.contact_id: row for row in ContactStage.objects.filter(contact__in=contact_ids)}
    changed, gone = [], []
    for facts in read_stage_facts(asked):
        row, before = stage_row(store, rules, facts), known.get(facts.contact_id)
        if not facts.has_stage:
            if before is not None:
                gone.append(before.pk)
        elif before is None or values_of(before) != values_of(row):
            changed.append(row)
    ContactStage.objects.filter(pk__in=gone).delete()
    return write(changed) + len(gone)


def write(rows: Sequence[ContactStage]) -> int:
    """Store rows in place of those that the contacts had, and return how many; none of a contact who is gone."""
    with transaction.atomic():
        # Against an erasure since they were read. Of the changed ones alone, as each lock is written to the table.
        wanted = Contact.objects.filter(pk__in=[row.contact_id for row in rows])
        there = set(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        kept = [row for row in rows if row.contact_id in there]
        ContactStage.objects.bulk_create(
            kept, BATCH, update_conflicts=True, unique_fields=["contact"], update_fields=list(COLUMNS)
        )
    return len(kept)


def stage_row(store: Store, rules: StageRules, facts: StageFacts) -> ContactStage:
    """Return what is to be kept of a contact."""
    row = ContactStage(
        store=store,
        contact_id=facts.contact_id,
        order_id=facts.order_id,
        is_estimated=facts.is_estimated or (facts.parcels == 0 and facts.order_id is not None),
    )
    times = rules.times_of(facts)
    for name in TIMES:
        setattr(row, name, getattr(times, name))
    return row


def values_of(row: ContactStage) -> list[object]:
    """Return what a row says."""
    return [getattr(row, name) for name in COLUMNS]
