"""Orders of a store -> orders, lines, refunds, and the outcomes of the visitors who placed them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from experiments.accounting import customers, identity, order_followers, outcomes, repeats, single_use
from experiments.accounting.identity import LinkedOrder
from experiments.accounting.jobs import recompute_outcomes
from experiments.accounting.order_data import OrderData
from experiments.accounting.outcomes import LockSubject
from experiments.customer_keys import private_id
from experiments.models import HISTORY, UNSIGNED, Exposure, Order, OrderLine, Refund, Store
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql

UPSERT_ORDERS = read_sql(__file__, "upsert_orders")
MARK_ARRIVALS = read_sql(__file__, "mark_arrivals")
INSERT_LINES = read_sql(__file__, "insert_lines")
INSERT_REFUNDS = read_sql(__file__, "insert_refunds")

# The columns of an order that have the name of their field in ``OrderData``.
ORDER_COLUMNS = (
    "external_id",
    "visitor_id",
    "customer_id",
    "status",
    "placed_at",
    "updated_at",
    "currency",
    "subtotal_minor",
    "discount_minor",
    "tax_minor",
    "shipping_minor",
    "total_minor",
    "presentment_currency",
    "presentment_total_minor",
    "repeat_kind",
    "first_external_id",
    "deleted_at",
    "restored_at",
)


class LineRow(NamedTuple):
    """A line as a row, its fields named as the columns."""

    order_id: int
    position: int
    sku: str
    quantity: int
    price_minor: int
    discount_minor: int
    cost_minor: int | None
    experiment_key: str
    refused_code: str
    acceptance_id: UUID | None


class RefundRow(NamedTuple):
    """A refund as a row, its fields named as the columns; ``lines`` is JSON."""

    order_id: int
    external_id: str
    amount_minor: int
    refunded_at: datetime
    lines: str


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """What became of an order: ``is_stale`` where a newer version was there already, ``is_visitor_matched`` where the
    visitor whose it is was exposed in this store, ``used_lines`` the positions whose acceptance counts for another
    order."""

    order_external_id: str
    is_created: bool
    is_stale: bool
    is_visitor_matched: bool
    used_lines: tuple[int, ...] = ()


def record_order(store: Store, data: OrderData, *, source: str = "api") -> RecordedOrder:
    """Store one order: see ``record_orders``."""
    return record_orders(store, [data], source)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOrders:
    """The orders of a call whose locks are held: the ``newest`` version of each, and the rows stored ``before``, by
    external id; the customers and acceptances of both; by order the customer's ``keys`` as they are stored from now
    on."""

    newest: dict[str, OrderData]
    before: dict[str, Order]
    customers: set[str]
    keys: dict[str, str]
    acceptances: set[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOrders:
    """What a call wrote: row ids of the versions that weren't stale, by external id, the orders that were deleted or
    restored, and whose the orders are."""

    applied: dict[str, int]
    marked: set[str]
    links: list[LinkedOrder]


def record_orders(store: Store, orders: Sequence[OrderData], source: str = "api") -> list[RecordedOrder]:
    """Store orders and fill their visitors' outcomes, all in one transaction and a fixed number of statements.

    The newest ``updated_at`` of an order wins: an older version changes nothing, the same one again neither. A version
    that doesn't name the visitor or customer keeps the one that is known. Returns a result for each of ``orders``, in
    their order.
    """
    orders = list(map(partial(without_address, store.pk), orders))
    with transaction.atomic():
        locked = lock_orders(store.pk, newest_versions(orders))
        written = write_orders(store.pk, locked, orders, source)
        visitors = visitors_concerned(locked, written) | single_use.settle(store.pk, locked.acceptances)
        # Against exposures of these visitors that arrive at this instant: they and the orders would miss each other.
        outcomes.lock(LockSubject.VISITOR, store.pk, visitors)
        outcomes.recompute(store.pk, visitors)
        recorded = recorded_orders(store.pk, orders, locked, written)
        note_signed(store, source)
        versions = {row_id: locked.newest[external_id] for external_id, row_id in written.applied.items()}
        order_followers.call_all(order_followers.StoredOrders(store.pk, source, versions))
    return recorded


def without_address(store_id: int, order: OrderData) -> OrderData:
    """Return the order with what is kept of its customer's ID: never an address, whatever the shop calls its ID."""
    kept = private_id(store_id, order.customer_id)
    if kept == order.customer_id:
        return order
    return replace(order, customer_id=kept)


def lock_orders(store_id: int, newest: dict[str, OrderData]) -> LockedOrders:
    """Lock all that these orders concern but their visitors, who are known only once the orders are linked."""
    # Against another version of the same order: the stale one could be written last, or lines of both.
    outcomes.lock(LockSubject.ORDER, store_id, newest)
    before = {row.external_id: row for row in Order.objects.filter(store=store_id, external_id__in=newest)}
    named = customers_of(newest.values(), before.values())
    said, stored_keys = {}, set()
    for external_id, version in newest.items():
        said[external_id] = customers.key_said(store_id, version, before.get(external_id))
    for order in before.values():
        stored_keys.add(order.customer_key)
    # Against a sighting or another order of the customer: each would be linked without the other. Against a merge of
    # the customer's keys: this order would keep the key that was given up.
    outcomes.lock(LockSubject.CUSTOMER, store_id, identity.known_only(named | set(said.values()) | stored_keys))
    keys = customers.keys_of_orders(store_id, said)
    acceptances = acceptances_of(newest.values(), before.values())
    single_use.lock(store_id, acceptances)
    return LockedOrders(newest=newest, before=before, customers=named, keys=keys, acceptances=acceptances)


def write_orders(store_id: int, locked: LockedOrders, orders: Iterable[OrderData], source: str) -> WrittenOrders:
    """Store what isn't stale, and find again whose the orders are."""
    newest = locked.newest
    # Before the versions, which follow from it: an order that was deleted stays canceled whatever is sent of it.
    marked = mark_arrivals(store_id, orders)
    applied = upsert_orders(store_id, newest.values(), source, keys=locked.keys)
    replace_contents(applied, newest)
    # Before the links: a claim that is verified by this version links its order.
    identity.verify_claims(store_id, applied)
    links = identity.link(store_id, newest, locked.customers)
    repeats.find_first(store_id, [external_id for external_id in applied if newest[external_id].repeat_kind])
    return WrittenOrders(applied=applied, marked=marked, links=links)


def visitors_concerned(locked: LockedOrders, written: WrittenOrders) -> set[str]:
    """Name the visitors and customers whose outcomes may differ: whoever has these orders now, and whoever had them."""
    visitors = identity.visitors_with_other_orders(written.links)
    changed = written.applied.keys() | written.marked
    for link in written.links:
        if link.external_id in changed:
            visitors.add(link.visitor_id)
    for external_id, order in locked.before.items():
        if external_id in changed:
            visitors.update((order.visitor_id, customers.unit_of(order.customer_key)))
    for external_id in changed:
        visitors.add(customers.unit_of(locked.keys[external_id]))
    return identity.known_only(visitors)


def recorded_orders(
    store_id: int, orders: Iterable[OrderData], locked: LockedOrders, written: WrittenOrders
) -> list[RecordedOrder]:
    """Say what became of each order; of several versions in one call only the newest was stored."""
    used = {}
    if locked.acceptances:
        used = used_lines(written.applied)
    visitors = {link.external_id: link.visitor_id for link in written.links}
    exposed = exposed_visitors(store_id, visitors.values())
    recorded = []
    for order in orders:
        external_id = order.external_id
        is_newest = order is locked.newest[external_id]
        result = RecordedOrder(
            order_external_id=external_id,
            is_created=is_newest and external_id not in locked.before,
            is_stale=not is_newest or external_id not in written.applied,
            is_visitor_matched=visitors[external_id] in exposed,
            used_lines=used.get(external_id, ()),
        )
        recorded.append(result)
    return recorded


def customers_of(versions: Iterable[OrderData], stored: Iterable[Order]) -> set[str]:
    """Name the customers of these orders, now or as they are stored."""
    customers = set()
    for version in versions:
        customers.add(version.customer_id)
    for order in stored:
        customers.add(order.customer_id)
    return identity.known_only(customers)


def acceptances_of(versions: Iterable[OrderData], stored: Collection[Order]) -> set[UUID]:
    """Name the acceptances that these orders carry, now or as they are stored."""
    acceptances = set()
    for version in versions:
        acceptances |= version.acceptances
    if stored:
        acceptances |= single_use.acceptances_on(stored)
    return acceptances


def used_lines(applied: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """List by external id the positions of lines whose acceptance counts for another order."""
    used: dict[str, tuple[int, ...]] = {}
    for external_id, position in single_use.used_before(applied.values()):
        used[external_id] = (*used.get(external_id, ()), position)
    return used


def note_signed(store: Store, source: str) -> None:
    """Remember that the shop itself has sent an order: what only browsers told of may not count any more."""
    if store.first_signed_at is not None or source in (UNSIGNED, *HISTORY):
        return
    store.first_signed_at = timezone.now()
    # The row decides, not the object: of two first orders at once one finds it set, and only the other queues the job.
    is_first = Store.objects.filter(pk=store.pk, first_signed_at=None).update(first_signed_at=store.first_signed_at)
    if is_first and Order.objects.filter(store=store, source=UNSIGNED).exists():
        recompute_outcomes.defer(store_id=store.pk)


def newest_versions(orders: Iterable[OrderData]) -> dict[str, OrderData]:
    """The newest version of each order, the last given where two are equally new."""
    newest: dict[str, OrderData] = {}
    for order in orders:
        known = newest.get(order.external_id)
        if known is None or order.updated_at >= known.updated_at:
            newest[order.external_id] = order
    return newest


def mark_arrivals(store_id: int, orders: Iterable[OrderData]) -> set[str]:
    """Note on stored orders that the shop deleted or restored them, and return the ids of those concerned."""
    marked = set()
    with connection.cursor() as cursor:
        # One statement each: of two arrivals of one order in a call the second must see the first.
        for order in orders:
            if order.deleted_at is None and order.restored_at is None:
                continue
            parameters: dict[str, Any] = {
                "store_id": store_id,
                "external_id": order.external_id,
                "deleted_at": order.deleted_at,
                "restored_at": order.restored_at,
            }
            cursor.execute(MARK_ARRIVALS, parameters)
            marked.add(order.external_id)
    return marked


def upsert_orders(
    store_id: int, orders: Iterable[OrderData], source: str, *, keys: Mapping[str, str]
) -> dict[str, int]:
    """Store those that aren't stale and return their row id by external id. ``keys``: their customers', by the same."""
    columns = columns_of(ORDER_COLUMNS, orders)
    columns["customer_key"] = list(map(keys.__getitem__, columns["external_id"]))
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_ORDERS, {"store_id": store_id, "source": source, **columns})
        return dict(cursor.fetchall())


def replace_contents(row_ids: dict[str, int], versions: dict[str, OrderData]) -> None:
    """Replace lines and refunds of the orders with these row ids by those of their versions; both by external id."""
    order_ids = list(row_ids.values())
    OrderLine.objects.filter(order_id__in=order_ids).delete()
    Refund.objects.filter(order_id__in=order_ids).delete()
    with connection.cursor() as cursor:
        cursor.execute(INSERT_LINES, columns_of(LineRow._fields, line_rows(row_ids, versions)))
        cursor.execute(INSERT_REFUNDS, columns_of(RefundRow._fields, refund_rows(row_ids, versions)))


def line_rows(row_ids: dict[str, int], versions: dict[str, OrderData]) -> Iterator[LineRow]:
    """Make rows of the lines of the orders with these row ids."""
    for external_id, order_id in row_ids.items():
        for position, line in enumerate(versions[external_id].lines):
            yield LineRow(
                order_id=order_id,
                position=position,
                sku=line.sku,
                quantity=line.quantity,
                price_minor=line.price_minor,
                discount_minor=line.discount_minor,
                cost_minor=line.cost_minor,
                experiment_key=line.experiment_key,
                refused_code=line.refused_code,
                acceptance_id=line.acceptance_id,
            )


def refund_rows(row_ids: dict[str, int], versions: dict[str, OrderData]) -> Iterator[RefundRow]:
    """Make rows of the refunds of the orders with these row ids; of two with one id the last counts."""
    for external_id, order_id in row_ids.items():
        refunds = {refund.external_id: refund for refund in versions[external_id].refunds}
        for refund in refunds.values():
            yield RefundRow(
                order_id=order_id,
                external_id=refund.external_id,
                amount_minor=refund.amount_minor,
                refunded_at=refund.at,
                lines=json.dumps(refund.lines),
            )


def exposed_visitors(store_id: int, visitor_ids: Iterable[str]) -> set[str]:
    """Name those of the visitors that were exposed to any experiment of the store."""
    known = Exposure.objects.filter(store_id=store_id, visitor_id__in=identity.known_only(set(visitor_ids)))
    return set(known.values_list("visitor_id", flat=True))
