"""Everything that is stored about one visitor, customer or guest, as texts: for a shopper who asks for it."""

from typing import Any

from django.db.models import BinaryField, Model

from checkout_widgets import customer_records
from checkout_widgets.models import Delivery
from checkout_widgets.store_export import SECRETS, STORE_OF, Person, conditions_of, keys_of
from experiments.customer_keys import customer_key
from experiments.models import Store

MAX_ROWS = 5_000  # of a table: a shopper has hundreds; what a robot left isn't a person's
Row = dict[str, str]


def tables_of(store: Store, person: Person) -> dict[str, list[Row]]:
    """Return the rows about the person by table; empty values are left out.

    Without deliveries: those repeat the shop's own orders, names and addresses of others in them included.
    """
    tables = {}
    for model, condition in conditions_of(store, person).items():
        if model is Delivery:
            continue
        rows = model._default_manager.filter(condition, **{STORE_OF[model]: store.pk}).order_by("pk")
        handed_out = rows.values(*columns_of(model))[:MAX_ROWS]
        tables[str(model._meta.model_name)] = list(map(as_texts, handed_out))
    return tables | customer_records.tables_of(store, keys_of_person(store, person))


def columns_of(model: type[Model]) -> list[str]:
    """Return the columns that a person may read: neither secrets nor what is no text."""
    names = []
    for field in model._meta.local_concrete_fields:
        if field.attname not in SECRETS and not isinstance(field, BinaryField):
            names.append(field.attname)
    return names


def keys_of_person(store: Store, person: Person) -> set[str]:
    """Return the keys of the customer that the export is about.

    None of a visitor's: several customers may have used a browser, and none may read what is kept of another.
    """
    if person.customer_id:
        return set(keys_of(store, customer_key(store.pk, customer_id=person.customer_id)))
    if person.guest_key:
        return set(keys_of(store, person.guest_key))
    return set()


def as_texts(row: dict[str, Any]) -> Row:
    """Return what a row says."""
    return {name: str(value) for name, value in row.items() if value not in (None, "", [], {})}
