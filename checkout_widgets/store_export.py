"""Everything that is stored about a store, or about one of its visitors or customers, as CSV files in a ZIP."""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.exceptions import EmptyResultSet
from django.db import transaction
from django.db.models import BinaryField, F, Field, Func, Model, Q, QuerySet, TextField, Value

from checkout_widgets import customer_records
from checkout_widgets.catalogue_files.cells import guarded
from checkout_widgets.customers import used_by_others, visitors_of
from checkout_widgets.models import (
    Acceptance,
    ChosenPair,
    ConfirmationAnswer,
    ConfirmationQuestion,
    Connection,
    DataRequest,
    Delivery,
    HeldByShoppers,
    HeldProduct,
    KeptInput,
    NextWidget,
    Offer,
    OfferItem,
    OfferTier,
    PriceChange,
    Product,
    SendPointDay,
    ShopperAnswers,
    ShopperStages,
    ShownDay,
    SilencedShopper,
    SoldDay,
    TrialOrder,
    Widget,
)
from experiments.accounting import customers
from experiments.customer_keys import customer_key
from experiments.event_store.store import event_store
from experiments.models import (
    Annotation,
    ApiToken,
    Approval,
    AssignmentUnit,
    AuditEntry,
    ChosenMetric,
    Comment,
    CustomerAlias,
    CustomerSighting,
    CustomMetric,
    CustomOutcome,
    DecisionDay,
    DecisionSample,
    Experiment,
    Exposure,
    ForgottenEvents,
    FunnelVisitor,
    LongOutcome,
    Order,
    OrderClaim,
    OrderLine,
    Overlap,
    Refund,
    Rejection,
    SlackChannel,
    Snapshot,
    Store,
    Subscription,
    Variant,
    WebhookAttempt,
    WebhookTarget,
    WidgetEvent,
)
from experiments.reading.events import are_of_visitors, keep_parts
from experiments.reading.replica import alias, copy_out, read_connection

STORE_OF: dict[type[Model], str] = {
    Store: "pk",
    Experiment: "store",
    Variant: "experiment__store",
    Snapshot: "experiment__store",
    Product: "store",
    PriceChange: "product__store",
    ChosenPair: "store",
    Offer: "store",
    OfferItem: "offer__store",
    OfferTier: "offer__store",
    Widget: "offer__store",
    NextWidget: "offer__store",
    KeptInput: "experiment__store",
    Connection: "store",
    Rejection: "store",
    AuditEntry: "store",
    Annotation: "store",
    Approval: "experiment__store",
    Comment: "experiment__store",
    Overlap: "experiment__store",
    CustomMetric: "store",
    ChosenMetric: "experiment__store",
    ApiToken: "store",
    WebhookTarget: "store",
    SlackChannel: "store",
    WebhookAttempt: "target__store",
    Subscription: "store",
    DecisionDay: "store",
    DecisionSample: "store",
    Exposure: "store",
    CustomOutcome: "chosen__experiment__store",
    LongOutcome: "experiment__store",
    WidgetEvent: "store",
    FunnelVisitor: "experiment__store",
    ForgottenEvents: "store",
    Acceptance: "store",
    ShownDay: "store",
    SoldDay: "store",
    Order: "store",
    OrderLine: "order__store",
    Refund: "order__store",
    OrderClaim: "store",
    CustomerSighting: "store",
    CustomerAlias: "store",
    Delivery: "connection__store",
    DataRequest: "store",
    TrialOrder: "store",
    ConfirmationQuestion: "store",
    ConfirmationAnswer: "store",
    HeldProduct: "store",
    HeldByShoppers: "store",
    SilencedShopper: "store",
    SendPointDay: "store",
    ShopperAnswers: "store",
    ShopperStages: "store",
}
# Never in an export: secrets, and what is encrypted, which is written in full for the person that it is about.
SECRETS = {
    *("secret_key", "previous_secret_key", "older_secret_keys"),
    *("secret", "previous_secret", "older_secrets"),
    "webhook_url",  # whoever has it can write to the channel
    *("address.value", "contactfile.sealed"),  # addresses, and files of them
    "sendpointday.shoppers",  # bytes for the edge alone, gone within a day: export_store has the send points
    # Bytes for the edge alone: an export has the stages and answers of contacts.
    *("shopperstages.shoppers", "shopperanswers.shoppers", "heldbyshoppers.shoppers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom an export is about, by the shop's id of a customer, by a guest's key or by a visitor's id; none of them for
    everybody."""

    visitor_id: str = ""
    customer_id: str = ""
    guest_key: str = ""


EVERYBODY = Person()


def export(store: Store, file: IO[bytes], person: Person = EVERYBODY) -> Iterator[tuple[str, int]]:
    """Write one table after the other, and yield each one's name and number of rows; secrets are left out.

    With a person, only what is stored about that person. All tables are as of one moment.
    """
    store_of, in_full = tables_of_stores(), customer_records.written_in_full()
    with transaction.atomic(using=alias(), durable=True), ZipFile(file, "w", ZIP_DEFLATED) as archive:
        with read_connection().cursor() as cursor:
            # One snapshot for all tables: else an order could be in one file and missing in another. Nothing is locked.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        keep_parts()
        for model, condition in conditions_of(store, person).items():
            rows = model._default_manager.filter(condition, **{store_of[model]: store.pk}).order_by("pk")
            name = f"{model._meta.model_name}.csv"
            if person != EVERYBODY and model in in_full:
                yield name, write_in_full(archive, name, map(in_full[model], rows.iterator()))
            elif model is WidgetEvent:
                yield name, write_table(archive, name, rows, moved_events(store, person))
            else:
                yield name, write_table(archive, name, rows)


def moved_events(store: Store, person: Person) -> Iterator[dict[str, Any]]:
    """Yield the events that PostgreSQL doesn't have, with its columns. The caller keeps the parts of its table."""
    for row in event_store().moved_rows(store, visitors_in_export(store, person)):
        yield row._asdict() | {"month": row.received_at.date()}


def visitors_in_export(store: Store, person: Person) -> set[str] | None:
    """Return whose events are exported; None for everybody's."""
    if person == EVERYBODY:
        return None
    if person.customer_id:
        return own_browsers(store, person.customer_id)
    return {person.visitor_id} - {""}


def own_browsers(store: Store, customer_id: str) -> set[str]:
    """Return the browsers that only this customer is known to have used."""
    browsers = visitors_of(store, customer_id)
    return set(browsers) - used_by_others(store, browsers, customer_id)


def tables_of_stores() -> dict[type[Model], str]:
    """Return all tables that belong to a store, those of the apps above too, with the path to it."""
    return STORE_OF | customer_records.stores_of_tables()


def conditions_of(store: Store, person: Person) -> dict[type[Model], Q]:
    """Return the tables to export, and which of their rows."""
    if person.customer_id:
        return of_customer(store, person.customer_id)
    if person.guest_key:
        return of_guest(store, person.guest_key)
    if person.visitor_id:
        return of_visitors(store, [person.visitor_id])
    return dict.fromkeys(tables_of_stores(), Q())


def of_visitors(store: Store, visitors: Collection[str]) -> dict[type[Model], Q]:
    """Return the tables that hold something about any of the visitors, and which of their rows."""
    orders = Order.objects.of_visitors(store, visitors)
    named = (
        *(Exposure, CustomOutcome, LongOutcome, FunnelVisitor, Acceptance, OrderClaim, CustomerSighting, TrialOrder),
        *(ConfirmationAnswer, HeldProduct),
    )
    return {
        **dict.fromkeys(named, Q(visitor_id__in=visitors)),
        WidgetEvent: are_of_visitors(store, visitors),
        **of_orders(orders),
        Delivery: delivered_for(orders) | Q(trial_order__visitor_id__in=visitors),
    }


def of_customer(store: Store, customer_id: str) -> dict[type[Model], Q]:
    """Return the tables that hold something about a customer, and which of their rows.

    All about browsers that nobody else is known to have used. Of a shared one only the customer's own orders, with what
    was accepted for them: nothing tells whose each event is, and no customer may read what another one did.
    """
    browsers = visitors_of(store, customer_id)
    own = own_browsers(store, customer_id)
    found = of_visitors(store, own)
    keys = keys_of(store, customer_key(store.pk, customer_id=customer_id))
    ordered = Q(customer_id=customer_id) | Q(customer_key__in=keys)
    orders = Order.objects.filter(Q(pk__in=Order.objects.of_visitors(store, own)) | ordered, store=store)
    in_tests = exposed_by(keys)
    accepted = OrderLine.objects.filter(order__in=orders, acceptance_id__isnull=False).values("acceptance_id")
    claimed = Q(visitor_id__in=browsers, external_id__in=orders.values("external_id"))
    return {
        **found,
        **of_orders(orders),
        Acceptance: found[Acceptance] | Q(jti__in=accepted),
        OrderClaim: found[OrderClaim] | claimed,
        Exposure: found[Exposure] | in_tests,
        LongOutcome: found[LongOutcome] | in_tests,
        CustomerSighting: Q(customer_id=customer_id),
        CustomerAlias: Q(key__in=keys),
        Delivery: found[Delivery] | delivered_for(orders) | Q(customer_key__in=keys),
        DataRequest: Q(customer_key__in=keys),
        ConfirmationAnswer: found[ConfirmationAnswer] | Q(customer_key__in=keys),
        **customer_records.conditions_of(store, keys),
    }


def of_guest(store: Store, key: str) -> dict[type[Model], Q]:
    """Return the tables that hold something about a guest, by the key that the address gives, and which of their rows.

    Not what the guest's browser did: nobody knows that nobody else has used it.
    """
    keys = keys_of(store, key)
    orders = Order.objects.filter(store=store, customer_key__in=keys)
    return {
        **of_orders(orders),
        **dict.fromkeys((Exposure, LongOutcome), exposed_by(keys)),
        CustomerAlias: Q(key__in=keys),
        Delivery: delivered_for(orders) | Q(customer_key__in=keys),
        DataRequest: Q(customer_key__in=keys),
        ConfirmationAnswer: Q(customer_key__in=keys),
        **customer_records.conditions_of(store, keys),
    }


def keys_of(store: Store, key: str) -> set[str]:
    """Return all keys of the customer who has this one."""
    return customers.family_of(store.pk, [customers.first_keys(store.pk, [key])[key]])


def exposed_by(keys: Collection[str]) -> Q:
    """Return the condition of what customers were to tests."""
    return Q(visitor_id__in=list(map(customers.unit_of, keys)), experiment__unit=AssignmentUnit.CUSTOMER)


def of_orders(orders: "QuerySet[Order]") -> dict[type[Model], Q]:
    """Return the tables of these orders, and which of their rows."""
    return {Order: Q(pk__in=orders), **dict.fromkeys((OrderLine, Refund), Q(order__in=orders))}


def delivered_for(orders: "QuerySet[Order]") -> Q:
    """Return the condition of what shop systems delivered about these orders."""
    return Q(order_external_id__in=orders.values("external_id"))


def is_secret(field: "Field[Any, Any]") -> bool:
    """Whether a column is in no export, by its name in all tables or in its own."""
    return not SECRETS.isdisjoint({field.attname, f"{field.model._meta.model_name}.{field.attname}"})


def write_table(archive: ZipFile, name: str, rows: QuerySet[Any], others: Iterable[dict[str, Any]] = ()) -> int:
    """Stream the rows into a CSV of the archive, under a header, and then the others; return how many they are."""
    names, columns = [], []
    for field in rows.model._meta.local_concrete_fields:
        if not is_secret(field):
            names.append(field.attname)
            columns.append(column_of(field))
    header = (",".join(names) + "\n").encode()
    try:
        sql, params = rows.values_list(*columns).query.sql_with_params()
    except EmptyResultSet:  # as of a customer without a browser: no row can meet the condition, so there is no SQL
        archive.writestr(name, header)
        return 0
    with archive.open(name, "w", force_zip64=True) as file:
        file.write(header)
        # Copied by the database: millions of exposures never become objects here.
        with copy_out(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy:
            for chunk in copy:
                file.write(bytes(chunk))
            number = copy.cursor.rowcount
        return number + write_others(file, names, others)


def write_others(file: IO[bytes], names: list[str], others: Iterable[dict[str, Any]]) -> int:
    """Write rows that aren't of the database as it writes its own; return how many they are."""
    number, lines = 0, io.StringIO()
    writer = csv.DictWriter(lines, names, lineterminator="\n")
    for row in others:
        writer.writerow(dict(zip(names, map(as_cell, itemgetter(*names)(row)), strict=True)))
        file.write(lines.getvalue().encode())
        lines.seek(0)
        lines.truncate()
        number += 1
    return number


def as_cell(value: Any) -> Any:
    """Return a value as PostgreSQL writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ").removesuffix(":00")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def write_in_full(archive: ZipFile, name: str, rows: Iterator[dict[str, str]]) -> int:
    """Write rows that the database can't read itself, such as addresses; return how many they are."""
    written = list(rows)
    text = io.StringIO()
    if written:
        writer = csv.DictWriter(text, list(written[0]))
        writer.writeheader()
        for row in written:
            writer.writerow({column: guarded(value) for column, value in row.items()})
    archive.writestr(name, text.getvalue())
    return len(written)


def column_of(field: "Field[Any, Any]") -> F | Func:
    """Return what a field is in the file: bytes, such as a delivery's body, as readable text."""
    if isinstance(field, BinaryField):
        return Func(F(field.name), Value("escape"), function="encode", output_field=TextField())
    return F(field.attname)
