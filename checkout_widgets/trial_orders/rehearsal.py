"""What Offerlift would make of an order: it is recorded, read, and undone, all in one transaction.

So every step is the one of a real order, down to the outcomes of its visitor, and no report, sum, plan or delay can see
it: there is never a row of it that anybody else could read.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from checkout_widgets.models import Product, TrialOrder
from checkout_widgets.models.trial_order import forget_oldest
from experiments.accounting import single_use
from experiments.accounting.order_data import LineData, OrderData
from experiments.accounting.orders import RecordedOrder, record_order, without_address
from experiments.models import Store
from experiments.reading.reconciliation import Fate, fate_of


@dataclass(frozen=True, slots=True)
class UnderstoodLine:
    """A line of a test order. ``known``: the catalog has the SKU. ``rejected`` is the code of a token that doesn't fit,
    ``experiment`` the test whose accepted offer the line is."""

    sku: str
    quantity: int
    price_minor: int
    discount_minor: int
    known: bool
    experiment: str
    rejected: str


@dataclass(frozen=True, slots=True)
class UnderstoodOrder:
    """What was understood of a test order, as the API answers it; amounts in minor units of ``currency``.

    ``goods_minor`` is after discounts. ``would_count`` is whether a real order like it would count for a test, and
    ``reason`` why not: a name of ``Fate``.
    """

    status: str
    currency: str
    goods_minor: int
    tax_minor: int
    shipping_minor: int
    total_minor: int
    visitor_id: str
    customer_id: str
    lines: tuple[UnderstoodLine, ...]
    would_count: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a test order."""

    recorded: RecordedOrder
    understood: UnderstoodOrder


@contextmanager
def undone() -> Iterator[None]:
    """Undo all that is written to the database within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rehearse(store: Store, data: OrderData, *, source: str) -> Rehearsal:
    """Return what would become of the order, which leaves nothing behind."""
    # Another object than the caller's: recording notes on it what is undone in the database.
    tried, data = Store.objects.get(pk=store.pk), without_address(store.pk, data)
    with undone():
        recorded = record_order(tried, data, source=source)
        fate = fate_of(tried, data.external_id, data.placed_at)
    return Rehearsal(recorded, understood_order(store, data, recorded.used_lines, fate))


def understood_order(store: Store, data: OrderData, used_lines: Collection[int], fate: Fate) -> UnderstoodOrder:
    """Return the order as it was understood."""
    skus = {line.sku for line in data.lines}
    known = set(Product.objects.filter(store=store, sku__in=skus).values_list("sku", flat=True))
    lines = []
    for position, line in enumerate(data.lines):
        lines.append(understood_line(line, is_known=line.sku in known, is_used=position in used_lines))
    reason = fate.value
    if fate == Fate.COUNTED:
        reason = ""
    return UnderstoodOrder(
        status=data.status,
        currency=data.currency,
        goods_minor=data.subtotal_minor - data.discount_minor,
        tax_minor=data.tax_minor,
        shipping_minor=data.shipping_minor,
        total_minor=data.total_minor,
        visitor_id=data.visitor_id,
        customer_id=data.customer_id,
        lines=tuple(lines),
        would_count=fate == Fate.COUNTED,
        reason=reason,
    )


def understood_line(line: LineData, *, is_known: bool, is_used: bool) -> UnderstoodLine:
    """Return a line; ``is_used`` where its acceptance counts for another order."""
    rejected, experiment = line.refused_code, line.experiment_key
    if is_used:
        rejected, experiment = single_use.ALREADY_USED, ""
    return UnderstoodLine(
        sku=line.sku,
        quantity=line.quantity,
        price_minor=line.price_minor,
        discount_minor=line.discount_minor,
        known=is_known,
        experiment=experiment,
        rejected=rejected,
    )


def note_read(store: Store, trial_id: UUID, external_id: str, understood: UnderstoodOrder) -> None:
    """Write down what was understood of a test order that was sent before; nothing where it was removed meanwhile."""
    TrialOrder.objects.filter(store=store, pk=trial_id).update(**read_fields(external_id, understood))


def keep(store: Store, external_id: str, understood: UnderstoodOrder, *, source: str) -> TrialOrder:
    """Keep what was understood of a test order that the store's server sent."""
    trial = TrialOrder.objects.create(store=store, source=source, **read_fields(external_id, understood))
    forget_oldest(store.pk)
    return trial


def read_fields(external_id: str, understood: UnderstoodOrder) -> dict[str, Any]:
    """Return the columns of a test order that was read."""
    return {
        "external_id": external_id,
        "visitor_id": understood.visitor_id,
        "read_at": timezone.now(),
        "understood": asdict(understood),
    }
