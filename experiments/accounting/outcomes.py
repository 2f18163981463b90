"""Orders -> outcome columns of exposures.

An order is the visitor's whom it names, or else is linked to (``identity.py``). It counts for an exposure of theirs
when it is in the store's currency, is paid or on hold, and was placed from the exposure on and before the attribution
window ends. From the exposure's second on, to be exact: shop systems date orders by whole seconds. Renewals and copies
count where the store says so. Everything is recomputed from the orders as they are now, so that it doesn't matter in
which order exposures, orders, updates and refunds arrive. Revenue is the goods' net price; where the store counts tax
or shipping, that comes on top, and a refund takes tax back in proportion. Refunds pay back goods first, and never more
than those were worth. The margin is what remains of the goods' net price after refunds and what the goods cost; null
where one of those costs is unknown. Imported experiments bring their own outcomes and are never touched.

At ``confirmation`` the order that led there counts too, so that what is added to it is seen beside it: it is the
visitor's last one up to the exposure. What it was worth without this test's offer is the covariate, in place of the
cart's value, whatever became of the order since. At ``follow_up`` it is the covariate alone.

Orders that only a shopper's browser told of count as the store says: by default until the shop itself sends any.
"""

import zlib
from collections.abc import Collection
from enum import IntEnum

from django.db import connection, transaction

from experiments.models.experiment import LEADING_ORDER_HOURS

LOCK_BUCKETS = 256
BATCH = 2_000

LEADING_ORDER = " ".join(f"WHEN '{moment}' THEN {hours}" for moment, hours in LEADING_ORDER_HOURS.items())

# All orders that may be the visitor's outcome, or may have led to the exposure.
VISITOR_ORDERS = """
    SELECT named.* FROM experiments_order AS named
    WHERE named.store_id = %(store_id)s AND named.visitor_id = exposure.visitor_id
        AND named.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
        AND named.placed_at < exposure.exposed_at + span.attributed
    UNION ALL
    SELECT linked.* FROM experiments_order AS linked
    WHERE linked.store_id = %(store_id)s AND linked.linked_visitor_id = exposure.visitor_id
        AND linked.linked_visitor_id <> ''
        AND linked.placed_at >= date_trunc('second', exposure.exposed_at) - span.led
        AND linked.placed_at < exposure.exposed_at + span.attributed
"""
# Every step looks rows up by index, one exposure at a time: no join whose cost hangs on the planner's guess of how many
# orders a visitor has, which is wrong just after a large import.
RECOMPUTE = f"""
WITH outcome AS MATERIALIZED (
    SELECT exposure.experiment_id, exposure.visitor_id, placed.*, lead.value AS prior
    FROM experiments_exposure AS exposure
    JOIN experiments_experiment AS experiment
        ON experiment.id = exposure.experiment_id AND experiment.source <> 'imported'
    JOIN experiments_store AS store ON store.id = exposure.store_id
    CROSS JOIN LATERAL (
        SELECT make_interval(hours => CASE experiment.moment {LEADING_ORDER} ELSE 0 END) AS led,
            make_interval(hours => 24 * experiment.attribution_window_days) AS attributed,
            experiment.moment = 'confirmation' AS is_lead_counted,
            store.unsigned_orders = 'always'
            OR (store.unsigned_orders = 'until_signed' AND store.first_signed_at IS NULL) AS is_unsigned_counted
    ) AS span
    LEFT JOIN LATERAL (
        SELECT latest.id, GREATEST(COALESCE(kept.value, 0) - latest.discount_minor, 0) AS value
        FROM ({VISITOR_ORDERS}) AS latest
        CROSS JOIN LATERAL (
            SELECT sum(CASE WHEN experiment_key = experiment.key THEN discount_minor
                ELSE price_minor * quantity::numeric END) AS value
            FROM experiments_orderline WHERE order_id = latest.id
        ) AS kept
        WHERE experiment.moment IN ('confirmation', 'follow_up')
            AND latest.placed_at <= exposure.exposed_at AND latest.currency = store.currency
            AND (latest.source <> 'snippet' OR span.is_unsigned_counted)
            AND (latest.repeat_kind = '' OR store.is_repeat_counted)
        ORDER BY latest.placed_at DESC, latest.external_id DESC LIMIT 1
    ) AS lead ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS orders,
            COALESCE(sum(
                goods.net + CASE WHEN store.is_tax_revenue THEN orders.tax_minor ELSE 0 END
                + CASE WHEN store.is_shipping_revenue THEN orders.shipping_minor ELSE 0 END
            ), 0) AS revenue,
            COALESCE(sum(refund.amount + CASE WHEN store.is_tax_revenue AND goods.net > 0 THEN
                round(orders.tax_minor * refund.amount / goods.net) ELSE 0 END), 0) AS refunded,
            COALESCE(sum(line.items), 0) AS items,
            COALESCE(sum(line.upsell), 0) AS upsell,
            CASE WHEN COALESCE(bool_and(line.is_cost_known), true) THEN
                COALESCE(sum(goods.net - line.cost - refund.amount), 0)
            END AS margin,
            COALESCE(bool_or(line.has_accepted), false) AS has_accepted
        FROM ({VISITOR_ORDERS}) AS orders
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(price_minor * quantity::numeric), 0) AS merchandise,
                COALESCE(sum(cost_minor * quantity::numeric), 0) AS cost,
                COALESCE(bool_and(cost_minor IS NOT NULL), true) AS is_cost_known,
                sum(quantity) AS items,
                sum(price_minor * quantity::numeric - discount_minor)
                    FILTER (WHERE experiment_key = experiment.key OR is_any) AS upsell,
                bool_or(experiment_key = experiment.key OR is_any) AS has_accepted
            FROM experiments_orderline
            CROSS JOIN LATERAL (SELECT experiment.source = 'holdout' AND experiment_key <> '' AS is_any) AS sold
            WHERE order_id = orders.id
        ) AS line
        CROSS JOIN LATERAL (SELECT line.merchandise - orders.discount_minor AS net) AS goods
        CROSS JOIN LATERAL (
            SELECT LEAST(COALESCE(sum(amount_minor), 0), GREATEST(goods.net, 0)) AS amount
            FROM experiments_refund WHERE order_id = orders.id
        ) AS refund
        WHERE orders.currency = store.currency
            AND orders.status IN ('paid', 'on_hold')
            AND (orders.repeat_kind = '' OR store.is_repeat_counted)
            AND (orders.source <> 'snippet' OR span.is_unsigned_counted)
            AND CASE WHEN orders.id = lead.id THEN span.is_lead_counted
                ELSE orders.placed_at >= date_trunc('second', exposure.exposed_at) END
    ) AS placed
    WHERE exposure.store_id = %(store_id)s AND exposure.visitor_id = ANY(%(visitor_ids)s::text[])
)
UPDATE experiments_exposure AS exposure SET
    orders = outcome.orders, revenue_minor = outcome.revenue, refunded_minor = outcome.refunded,
    items = outcome.items, upsell_minor = outcome.upsell, margin_minor = outcome.margin,
    has_converted = outcome.orders > 0, has_accepted = outcome.has_accepted, prior_order_minor = outcome.prior
FROM outcome
WHERE exposure.experiment_id = outcome.experiment_id AND exposure.visitor_id = outcome.visitor_id
    AND (exposure.orders, exposure.revenue_minor, exposure.refunded_minor, exposure.items, exposure.upsell_minor,
         exposure.margin_minor, exposure.has_accepted, exposure.prior_order_minor)
        IS DISTINCT FROM
        (outcome.orders, outcome.revenue, outcome.refunded, outcome.items, outcome.upsell, outcome.margin,
         outcome.has_accepted, outcome.prior)
"""  # noqa: S608 -- names of ours


TO_COMPUTE = """
WITH exposed AS NOT MATERIALIZED (SELECT * FROM experiments_exposure WHERE {where}),
buyer AS MATERIALIZED (
    SELECT visitor_id FROM experiments_order WHERE store_id = %(store_id)s AND visitor_id <> ''
    UNION SELECT linked_visitor_id FROM experiments_order WHERE store_id = %(store_id)s AND linked_visitor_id <> ''
)
SELECT visitor_id FROM exposed JOIN buyer USING (visitor_id)
UNION SELECT visitor_id FROM exposed
WHERE (orders, revenue_minor, refunded_minor, items, upsell_minor, margin_minor, has_accepted, prior_order_minor)
    IS DISTINCT FROM (0, 0, 0, 0, 0, 0, false, NULL::bigint)
ORDER BY visitor_id
"""


class LockSubject(IntEnum):
    """What a lock is about. Locks are taken in this order."""

    EVENT = 0x0FF5
    ORDER = 0x0FF1
    CUSTOMER = 0x0FF4
    ACCEPTANCE = 0x0FF6
    VISITOR = 0x0FF2


def lock(subject: LockSubject, store_id: int, ids: Collection[str]) -> None:
    """Let one transaction at a time write about these orders or visitors; released at its end.

    Without it, an order and an exposure that arrive at the same instant would each miss the other. The ids share a
    fixed number of locks, always taken in ascending order, so that large batches neither fill PostgreSQL's lock table
    nor block each other for good.
    """
    buckets = sorted({zlib.crc32(f"{store_id}:{id_}".encode()) % LOCK_BUCKETS for id_ in ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(%s, bucket)) FROM unnest(%s::int[]) AS bucket", [int(subject), buckets]
        )


def recompute_store(store_id: int) -> None:
    """Fill the outcome columns of a store's exposures: what a changed setting makes necessary.

    A batch of visitors is a transaction of its own, so that nothing that arrives meanwhile has to wait.
    """
    visitors = visitors_to_compute(store_id)
    for start in range(0, len(visitors), BATCH):
        batch = visitors[start : start + BATCH]
        with transaction.atomic():
            lock(LockSubject.VISITOR, store_id, batch)
            recompute(store_id, batch)


def visitors_to_compute(store_id: int, experiment_id: int | None = None) -> list[str]:
    """The exposed visitors of a store, or an experiment, who have orders or whose outcome isn't nothing, in order.

    The outcome of all others is nothing, and is right.
    """
    where = "store_id = %(store_id)s" if experiment_id is None else "experiment_id = %(experiment_id)s"
    with connection.cursor() as cursor:
        cursor.execute(TO_COMPUTE.format(where=where), {"store_id": store_id, "experiment_id": experiment_id})
        return [visitor_id for (visitor_id,) in cursor.fetchall()]


def recompute(store_id: int, visitor_ids: Collection[str]) -> int:
    """Fill the outcome columns of these visitors' exposures from their orders: one statement, however many.

    Returns how many exposures that changed. The caller holds the visitors' locks in the same transaction.
    """
    if not visitor_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTE, {"store_id": store_id, "visitor_ids": sorted(set(visitor_ids))})
        changed: int = cursor.rowcount
        return changed
