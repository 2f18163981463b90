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
from uuid import UUID

from django.db import connection, transaction

from experiments.accounting import custom_outcomes, long_outcomes
from experiments.accounting.order_parts import PARTS
from experiments.batches import batches
from experiments.sql_columns import only_column
from experiments.sql_files import read_sql

# Few enough that a batch of any size can't fill PostgreSQL's lock table, and many enough that two batches of a few
# visitors seldom wait for each other.
LOCK_BUCKETS = 256
# How many visitors a transaction holds the locks of: their orders and events wait until it ends.
BATCH = 2_000


RECOMPUTE = read_sql(__file__, "recompute_outcomes").format(**PARTS)
LOCK = "SELECT count(pg_advisory_xact_lock(%(subject)s, bucket)) FROM unnest(%(buckets)s::int[]) AS bucket"
TO_COMPUTE = read_sql(__file__, "visitors_to_compute")


class LockSubject(IntEnum):
    """What a lock is about. Every transaction takes locks in this order: two that take them in different orders
    deadlock."""

    MERGE = 0x0FF7
    EVENT = 0x0FF5
    ORDER = 0x0FF1
    CUSTOMER = 0x0FF4
    ACCEPTANCE = 0x0FF6
    VISITOR = 0x0FF2


def lock(subject: LockSubject, store_id: int, ids: Collection[str | UUID]) -> None:
    """Let one transaction at a time write about these orders, visitors and so on; released at its end.

    Without it, an order and an exposure that arrive at the same instant would each miss the other. The ids share a
    fixed number of locks, always taken in ascending order, so that large batches neither fill PostgreSQL's lock table
    nor block each other for good.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"subject": int(subject), "buckets": buckets_of(store_id, ids)})


def buckets_of(store_id: int, ids: Collection[str | UUID]) -> list[int]:
    """Give the numbers of the locks that the ids share, each once, ascending."""
    return sorted({bucket_of(store_id, id_) for id_ in ids})


def bucket_of(store_id: int, id_: str | UUID) -> int:
    """Give the number of the lock that the id shares: the same in every process, unlike Python's own ``hash``."""
    return zlib.crc32(f"{store_id}:{id_}".encode()) % LOCK_BUCKETS


def recompute_store(store_id: int) -> None:
    """Fill the outcome columns of a store's exposures: what a changed setting makes necessary.

    A batch of visitors is a transaction of its own, so that nothing that arrives meanwhile has to wait.
    """
    for batch in batches(visitors_to_compute(store_id), BATCH):
        with transaction.atomic():
            # Against orders and exposures that arrive at this instant: their outcomes would be overwritten.
            lock(LockSubject.VISITOR, store_id, batch)
            recompute(store_id, batch)


def visitors_to_compute(store_id: int, experiment_id: int | None = None) -> list[str]:
    """List the exposed visitors of a store, or an experiment, who have orders or whose outcome isn't nothing, in order.

    The outcome of all others is nothing, and is right.
    """
    where = "store_id = %(store_id)s"
    if experiment_id is not None:
        where = "experiment_id = %(experiment_id)s"
    with connection.cursor() as cursor:
        cursor.execute(TO_COMPUTE.format(where=where), {"store_id": store_id, "experiment_id": experiment_id})
        return only_column(cursor)


def recompute(store_id: int, visitor_ids: Collection[str]) -> int:
    """Fill the outcome columns of these visitors' exposures from their orders, their outcomes by custom metrics and
    those in the long term: a statement each, however many.

    Returns how many exposures and outcomes that changed. The caller holds the visitors' locks in the same transaction.
    """
    if not visitor_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(RECOMPUTE, {"store_id": store_id, "visitor_ids": sorted(set(visitor_ids))})
        changed: int = cursor.rowcount
    changed += long_outcomes.recompute(store_id, visitor_ids)
    return changed + custom_outcomes.recompute(store_id, visitor_ids)
