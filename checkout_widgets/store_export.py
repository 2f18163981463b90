"""Everything that is stored about a store, or about one of its visitors, as CSV files in a ZIP."""

from collections.abc import Iterator
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, transaction
from django.db.models import BinaryField, F, Func, Model, Q, QuerySet, TextField, Value

from checkout_widgets.models import Acceptance, Connection, Delivery, Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import (
    ApiToken,
    AuditEntry,
    CustomerSighting,
    DecisionDay,
    DecisionSample,
    Experiment,
    Exposure,
    Order,
    OrderClaim,
    OrderLine,
    Refund,
    Rejection,
    Snapshot,
    Store,
    Subscription,
    Variant,
    WebhookAttempt,
    WebhookTarget,
    WidgetEvent,
)

STORE_OF: dict[type[Model], str] = {
    Store: "pk",
    Experiment: "store",
    Variant: "experiment__store",
    Snapshot: "experiment__store",
    Product: "store",
    Offer: "store",
    OfferItem: "offer__store",
    OfferTier: "offer__store",
    Widget: "offer__store",
    Connection: "store",
    Rejection: "store",
    AuditEntry: "store",
    ApiToken: "store",
    WebhookTarget: "store",
    WebhookAttempt: "target__store",
    Subscription: "store",
    DecisionDay: "store",
    DecisionSample: "store",
    Exposure: "store",
    WidgetEvent: "store",
    Acceptance: "store",
    Order: "store",
    OrderLine: "order__store",
    Refund: "order__store",
    OrderClaim: "store",
    CustomerSighting: "store",
    Delivery: "connection__store",
}
SECRETS = {
    *("secret_key", "previous_secret_key", "older_secret_keys"),
    *("secret", "previous_secret", "older_secrets"),
}


def export(store: Store, file: IO[bytes], *, visitor_id: str = "") -> Iterator[tuple[str, int]]:
    """Write one table after the other, and say each one's name and number of rows; secrets are left out.

    With a visitor, only what is stored about that visitor. All tables are as of one moment.
    """
    with transaction.atomic(durable=True), ZipFile(file, "w", ZIP_DEFLATED) as archive:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        about = of_visitor(store, visitor_id) if visitor_id else dict.fromkeys(STORE_OF, Q())
        for model, condition in about.items():
            rows = model._default_manager.filter(condition, **{STORE_OF[model]: store.pk}).order_by("pk")
            name = f"{model._meta.model_name}.csv"
            yield name, write_table(archive, name, rows)


def of_visitor(store: Store, visitor_id: str) -> dict[type[Model], Q]:
    """The tables that hold something about the visitor, and what."""
    orders = Order.objects.of_visitor(store, visitor_id)
    return {
        **dict.fromkeys((Exposure, WidgetEvent, Acceptance, OrderClaim, CustomerSighting), Q(visitor_id=visitor_id)),
        Order: Q(pk__in=orders),
        **dict.fromkeys((OrderLine, Refund), Q(order__in=orders)),
        Delivery: Q(order_external_id__in=orders.values("external_id")),
    }


def write_table(archive: ZipFile, name: str, rows: QuerySet[Any]) -> int:
    """Stream the rows into a CSV of the archive, under a header; the answer is how many they are."""
    fields = [field for field in rows.model._meta.local_concrete_fields if field.attname not in SECRETS]
    columns = [
        Func(F(field.name), Value("escape"), function="encode", output_field=TextField())
        if isinstance(field, BinaryField)
        else F(field.attname)
        for field in fields
    ]
    sql, params = rows.values_list(*columns).query.sql_with_params()
    with archive.open(name, "w", force_zip64=True) as file, connection.cursor() as cursor:
        file.write((",".join(field.attname for field in fields) + "\n").encode())
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy:
            for chunk in copy:
                file.write(bytes(chunk))
        return int(cursor.rowcount)
