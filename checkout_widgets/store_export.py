"""Everything that is stored about a store, or about one of its visitors, as CSV files in a ZIP."""

from collections.abc import Iterator
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.db.models import BinaryField, F, Field, Func, Model, Q, QuerySet, TextField, Value

from checkout_widgets.models import (
    Acceptance,
    Connection,
    Delivery,
    KeptInput,
    Offer,
    OfferItem,
    OfferTier,
    Product,
    ShownDay,
    SoldDay,
    TrialOrder,
    Widget,
)
from experiments.models import (
    Annotation,
    ApiToken,
    Approval,
    AuditEntry,
    ChosenMetric,
    Comment,
    CustomerSighting,
    CustomMetric,
    CustomOutcome,
    DecisionDay,
    DecisionSample,
    Experiment,
    Exposure,
    ForgottenEvents,
    FunnelVisitor,
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
from experiments.reading.events import are_of_visitors
from experiments.reading.replica import alias, read_connection

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
    Delivery: "connection__store",
    TrialOrder: "store",
}
SECRETS = {
    *("secret_key", "previous_secret_key", "older_secret_keys"),
    *("secret", "previous_secret", "older_secrets"),
    "webhook_url",  # whoever has it can write to the channel
}


def export(store: Store, file: IO[bytes], *, visitor_id: str = "") -> Iterator[tuple[str, int]]:
    """Write one table after the other, and yield each one's name and number of rows; secrets are left out.

    With a visitor, only what is stored about that visitor. All tables are as of one moment.
    """
    with transaction.atomic(using=alias(), durable=True), ZipFile(file, "w", ZIP_DEFLATED) as archive:
        with read_connection().cursor() as cursor:
            # One snapshot for all tables: else an order could be in one file and missing in another. Nothing is locked.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        conditions = dict.fromkeys(STORE_OF, Q())
        if visitor_id:
            conditions = of_visitor(store, visitor_id)
        for model, condition in conditions.items():
            rows = model._default_manager.filter(condition, **{STORE_OF[model]: store.pk}).order_by("pk")
            name = f"{model._meta.model_name}.csv"
            yield name, write_table(archive, name, rows)


def of_visitor(store: Store, visitor_id: str) -> dict[type[Model], Q]:
    """Return the tables that hold something about the visitor, and which of their rows."""
    orders = Order.objects.of_visitor(store, visitor_id)
    named = (Exposure, CustomOutcome, FunnelVisitor, Acceptance, OrderClaim, CustomerSighting, TrialOrder)
    return {
        **dict.fromkeys(named, Q(visitor_id=visitor_id)),
        WidgetEvent: are_of_visitors(store, [visitor_id]),
        Order: Q(pk__in=orders),
        **dict.fromkeys((OrderLine, Refund), Q(order__in=orders)),
        Delivery: Q(order_external_id__in=orders.values("external_id")) | Q(trial_order__visitor_id=visitor_id),
    }


def write_table(archive: ZipFile, name: str, rows: QuerySet[Any]) -> int:
    """Stream the rows into a CSV of the archive, under a header; return how many they are."""
    names, columns = [], []
    for field in rows.model._meta.local_concrete_fields:
        if field.attname not in SECRETS:
            names.append(field.attname)
            columns.append(column_of(field))
    sql, params = rows.values_list(*columns).query.sql_with_params()
    with archive.open(name, "w", force_zip64=True) as file, read_connection().cursor() as cursor:
        file.write((",".join(names) + "\n").encode())
        # Copied by the database: millions of exposures never become objects here.
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", params) as copy:
            for chunk in copy:
                file.write(bytes(chunk))
        return int(cursor.rowcount)


def column_of(field: "Field[Any, Any]") -> F | Func:
    """Return what a field is in the file: bytes, such as a delivery's body, as readable text."""
    if isinstance(field, BinaryField):
        return Func(F(field.name), Value("escape"), function="encode", output_field=TextField())
    return F(field.attname)
