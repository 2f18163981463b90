"""Orders of a store -> orders, lines, refunds, and the outcomes of the visitors who placed them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from experiments.accounting import identity, outcomes, repeats, single_use
from experiments.accounting.jobs import recompute_outcomes
from experiments.accounting.order_data import OrderData
from experiments.accounting.outcomes import LockSubject
from experiments.models import HISTORY, UNSIGNED, Exposure, Order, OrderLine, Refund, Store

UPSERT_ORDERS = """
INSERT INTO experiments_order AS stored
    (store_id, source, received_at, external_id, visitor_id, customer_id, status, placed_at, updated_at, currency,
     subtotal_minor, discount_minor, tax_minor, shipping_minor, total_minor, presentment_currency,
     presentment_total_minor, repeat_kind, first_external_id, deleted_at, restored_at, sent_status)
SELECT %s, %s, now(), body.*, body.status
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
            %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[],
            %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS body (external_id, visitor_id, customer_id, status, placed_at, updated_at, currency, subtotal_minor,
             discount_minor, tax_minor, shipping_minor, total_minor, presentment_currency, presentment_total_minor,
             repeat_kind, first_external_id, deleted_at, restored_at)
ON CONFLICT (store_id, external_id) DO UPDATE SET
    visitor_id = COALESCE(NULLIF(EXCLUDED.visitor_id, ''), stored.visitor_id),
    customer_id = COALESCE(NULLIF(EXCLUDED.customer_id, ''), stored.customer_id),
    status = CASE WHEN stored.deleted_at > COALESCE(stored.restored_at, '-infinity') THEN 'cancelled'
        ELSE EXCLUDED.status END,
    first_external_id = COALESCE(NULLIF(EXCLUDED.first_external_id, ''), stored.first_external_id),
    unclear_until = NULL,
    (source, sent_status, repeat_kind, placed_at, updated_at, currency, subtotal_minor, discount_minor, tax_minor,
     shipping_minor, total_minor, presentment_currency, presentment_total_minor) =
    (EXCLUDED.source, EXCLUDED.sent_status, EXCLUDED.repeat_kind, EXCLUDED.placed_at, EXCLUDED.updated_at,
     EXCLUDED.currency, EXCLUDED.subtotal_minor, EXCLUDED.discount_minor, EXCLUDED.tax_minor, EXCLUDED.shipping_minor,
     EXCLUDED.total_minor, EXCLUDED.presentment_currency, EXCLUDED.presentment_total_minor)
WHERE stored.updated_at <= EXCLUDED.updated_at OR stored.source = 'snippet'
RETURNING external_id, id
"""

# What a deletion or a restoration means for an order that is stored, whatever version of it is the newest. Arrivals are
# compared with arrivals, as the shop says no time of a deletion; at the same instant the restoration wins. Orders that
# were deleted before there was a column for it have the arrival as their version: a restoration makes way for any.
MARK_ARRIVALS = """
UPDATE experiments_order AS stored SET
    deleted_at = GREATEST(stored.deleted_at, arrival.deleted_at),
    restored_at = GREATEST(stored.restored_at, arrival.restored_at),
    sent_status = COALESCE(NULLIF(stored.sent_status, ''), stored.status),
    status = CASE
        WHEN GREATEST(stored.deleted_at, arrival.deleted_at)
            > COALESCE(GREATEST(stored.restored_at, arrival.restored_at), '-infinity') THEN 'cancelled'
        ELSE COALESCE(NULLIF(stored.sent_status, ''), stored.status) END,
    updated_at = CASE
        WHEN arrival.restored_at IS NOT NULL AND stored.sent_status = '' AND stored.status = 'cancelled'
            THEN LEAST(stored.placed_at, stored.updated_at)
        ELSE stored.updated_at END
FROM (VALUES (%s, %s::timestamptz, %s::timestamptz)) AS arrival (external_id, deleted_at, restored_at)
WHERE stored.store_id = %s AND stored.external_id = arrival.external_id
"""

INSERT_LINES = """
INSERT INTO experiments_orderline
    (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, is_upsell, experiment_key,
     token_experiment_key, refused_code, acceptance_id)
SELECT order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, experiment_key <> '',
    experiment_key, experiment_key, refused_code, acceptance_id
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
            %s::text[], %s::uuid[])
    AS line (order_id, position, sku, quantity, price_minor, discount_minor, cost_minor, experiment_key, refused_code,
             acceptance_id)
"""

INSERT_REFUNDS = """
INSERT INTO experiments_refund (order_id, external_id, amount_minor, refunded_at, lines)
SELECT order_id, external_id, amount_minor, refunded_at, lines::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::text[])
    AS refund (order_id, external_id, amount_minor, refunded_at, lines)
"""


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


def record_orders(store: Store, orders: Sequence[OrderData], source: str = "api") -> list[RecordedOrder]:
    """Store orders and fill their visitors' outcomes, all in one transaction and a fixed number of statements.

    The newest ``updated_at`` of an order wins: an older version changes nothing, the same one again neither. A version
    that doesn't name the visitor or customer keeps the one that is known.
    """
    newest = newest_versions(orders)
    with transaction.atomic():
        outcomes.lock(LockSubject.ORDER, store.pk, newest)
        before = {row.external_id: row for row in Order.objects.filter(store=store, external_id__in=newest)}
        customers = {row.customer_id for row in before.values()} | {order.customer_id for order in newest.values()}
        customers.discard("")
        outcomes.lock(LockSubject.CUSTOMER, store.pk, customers)
        acceptances = acceptances_of(newest.values(), before.values())
        single_use.lock(store.pk, acceptances)
        marked = mark_arrivals(store.pk, orders)
        applied = upsert_orders(store.pk, newest.values(), source)
        replace_contents({order_id: newest[external_id] for external_id, order_id in applied.items()})
        identity.verify_claims(store.pk, applied)
        links = identity.link(store.pk, newest, customers)
        repeats.find_first(store.pk, [external_id for external_id in applied if newest[external_id].repeat_kind])
        changed = {*applied, *marked}
        touched = identity.visitors_with_other_orders(links) | {
            link.visitor_id for link in links if link.external_id in changed
        }
        touched |= {before[external_id].visitor_id for external_id in applied if external_id in before}
        touched |= single_use.settle(store.pk, acceptances)
        touched.discard("")
        outcomes.lock(LockSubject.VISITOR, store.pk, touched)
        outcomes.recompute(store.pk, touched)
        used = used_lines(applied) if acceptances else {}
        visitors = {link.external_id: link.visitor_id for link in links}
        exposed = exposed_visitors(store.pk, visitors.values())
        note_signed(store, source)
    return [
        RecordedOrder(
            order_external_id=order.external_id,
            is_created=order.external_id not in before and order is newest[order.external_id],
            is_stale=order.external_id not in applied or order is not newest[order.external_id],
            is_visitor_matched=visitors[order.external_id] in exposed,
            used_lines=used.get(order.external_id, ()),
        )
        for order in orders
    ]


def acceptances_of(versions: Iterable[OrderData], stored: Collection[Order]) -> set[UUID]:
    """The acceptances that these orders carry, now or as they are stored."""
    now = {line.acceptance_id for version in versions for line in version.lines}
    before = single_use.acceptances_on([order.pk for order in stored]) if stored else set()
    return {acceptance for acceptance in now | before if acceptance is not None}


def used_lines(applied: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """By external id the positions of lines whose acceptance counts for another order."""
    external_ids = {order_id: external_id for external_id, order_id in applied.items()}
    used: dict[str, tuple[int, ...]] = {}
    for order_id, position in sorted(single_use.used_before(applied.values())):
        external_id = external_ids[order_id]
        used[external_id] = (*used.get(external_id, ()), position)
    return used


def note_signed(store: Store, source: str) -> None:
    """Remember that the shop itself has sent an order: what only browsers told of may not count any more."""
    if store.first_signed_at is not None or source in (UNSIGNED, *HISTORY):
        return
    store.first_signed_at = timezone.now()
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
    rows = [
        (order.external_id, order.deleted_at, order.restored_at)
        for order in orders
        if order.deleted_at or order.restored_at
    ]
    # one statement each: of two arrivals of one order in a batch the second must see the first
    with connection.cursor() as cursor:
        for external_id, deleted_at, restored_at in rows:
            cursor.execute(MARK_ARRIVALS, [external_id, deleted_at, restored_at, store_id])
    return {external_id for external_id, _, _ in rows}


def upsert_orders(store_id: int, orders: Collection[OrderData], source: str) -> dict[str, int]:
    """Store those that aren't stale and return their row id by external id."""
    rows = [
        (
            order.external_id,
            order.visitor_id,
            order.customer_id,
            order.status,
            order.placed_at,
            order.updated_at,
            order.currency,
            order.subtotal_minor,
            order.discount_minor,
            order.tax_minor,
            order.shipping_minor,
            order.total_minor,
            order.presentment_currency,
            order.presentment_total_minor,
            order.repeat_kind,
            order.first_external_id,
            order.deleted_at,
            order.restored_at,
        )
        for order in orders
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_ORDERS, [store_id, source, *columns(rows, 18)])
        return dict(cursor.fetchall())


def replace_contents(orders: dict[int, OrderData]) -> None:
    """Replace lines and refunds of the orders with these row ids."""
    lines = [
        (
            order_id,
            position,
            line.sku,
            line.quantity,
            line.price_minor,
            line.discount_minor,
            line.cost_minor,
            line.experiment_key,
            line.refused_code,
            line.acceptance_id,
        )
        for order_id, order in orders.items()
        for position, line in enumerate(order.lines)
    ]
    refunds = [
        (order_id, refund.external_id, refund.amount_minor, refund.at, json.dumps(refund.lines))
        for order_id, order in orders.items()
        for refund in {refund.external_id: refund for refund in order.refunds}.values()
    ]
    OrderLine.objects.filter(order_id__in=orders).delete()
    Refund.objects.filter(order_id__in=orders).delete()
    with connection.cursor() as cursor:
        cursor.execute(INSERT_LINES, columns(lines, 10))
        cursor.execute(INSERT_REFUNDS, columns(refunds, 5))


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows -> one list per column, for ``unnest``."""
    return [[row[index] for row in rows] for index in range(width)]


def exposed_visitors(store_id: int, visitor_ids: Iterable[str]) -> set[str]:
    """Those of the visitors that were exposed to any experiment of the store."""
    known = Exposure.objects.filter(store_id=store_id, visitor_id__in=set(visitor_ids) - {""})
    return set(known.values_list("visitor_id", flat=True))
