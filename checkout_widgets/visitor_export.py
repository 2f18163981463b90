"""Everything that is stored about one visitor, customer or guest, as texts: for a shopper who asks for it."""

from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import BinaryField, QuerySet

from checkout_widgets import customer_records
from checkout_widgets.models import Delivery
from checkout_widgets.store_export import Person, conditions_of, is_secret, moved_events, tables_of_stores
from experiments.customer_keys import guest_key, id_of, is_of_known_customer
from experiments.models import Store
from experiments.reading.events import keep_parts

MAX_ROWS = 5_000  # of a table: a shopper has hundreds; what a robot left isn't a person's
Row = dict[str, str]


def tables_of(store: Store, person: Person) -> dict[str, list[Row]]:
    """Return the rows about the person by table; empty values are left out.

    Without deliveries: those repeat the shop's own orders, names and addresses of others in them included. Raises
    ``NotAvailable``.
    """
    with transaction.atomic():
        keep_parts()
        return tables_at_once(store, person)


def tables_at_once(store: Store, person: Person) -> dict[str, list[Row]]:
    """Return the rows by table. The caller keeps the parts of the table of events."""
    tables, store_of = {}, tables_of_stores()
    in_full = customer_records.written_in_full()
    for model, condition in conditions_of(store, person).items():
        if model is Delivery:
            continue
        rows = model._default_manager.filter(condition, **{store_of[model]: store.pk}).order_by("pk")[:MAX_ROWS]
        if model in in_full:
            tables[str(model._meta.model_name)] = [in_full[model](row) for row in rows]
        else:
            tables[str(model._meta.model_name)] = texts_of(rows)
    events = tables.get("widgetevent")
    if events is not None:
        moved = islice(moved_events(store, person), MAX_ROWS - len(events))
        events += map(as_texts, moved)
    return tables


def texts_of(rows: "QuerySet[Any]") -> list[Row]:
    """Return the rows as they are stored; without secrets, and without what is encrypted."""
    names = []
    for field in rows.model._meta.local_concrete_fields:
        if not is_secret(field) and not isinstance(field, BinaryField):
            names.append(field.attname)
    return [as_texts(row) for row in rows.values(*names)]


def as_texts(row: dict[str, Any]) -> Row:
    """Return what a row says."""
    return {name: str(value) for name, value in row.items() if value not in (None, "", [], {})}


def person_with_address(store: Store, address: str) -> Person | None:
    """Return who has an email address, a customer whom the shop knows before a guest; None where nobody can."""
    for known in sorted(customer_records.keys_of_address(store, address)):
        if is_of_known_customer(known):
            return person_with_key(known)
    key = guest_key(store.pk, address)
    if not key:
        return None
    return person_with_key(key)


def person_with_key(key: str) -> Person:
    """Return whose key it is, as an export names them."""
    if is_of_known_customer(key):
        return Person(customer_id=id_of(key))
    return Person(guest_key=key)
