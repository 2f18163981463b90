"""Past orders, and those that a gap swallowed, from a file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction

from experiments import who_ordered
from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import record_orders
from experiments.customer_keys import is_address
from experiments.imports import known_orders
from experiments.imports.order_rows import OrderReader, ReadOrder
from experiments.models import Store
from experiments.tables import BadRow, RowErrors
from experiments.who_ordered import OrderedBy

SOURCE = "import"
# An order that comes from a checkout meanwhile waits for one batch at most.
BATCH = 500

Batches = Sequence[Sequence[ReadOrder]]


@dataclass(slots=True, kw_only=True)
class OrderImport(RowErrors):
    """What came of an import; ``stale`` orders are known in a newer version, which stays."""

    orders: int = 0
    added: int = 0
    stale: int = 0


def import_orders(
    file: BinaryIO,
    store: Store,
    reader: OrderReader,
    *,
    is_skipping_bad_rows: bool = False,
    complete: Callable[[int, Sequence[OrderData]], Sequence[OrderData]],
    track: Callable[[Batches], Iterable[Sequence[ReadOrder]]] = iter,
) -> OrderImport:
    """Record the orders of the file like those of any other source: the newest version of each wins.

    What the file has no column for stays as it is known.

    The file is read whole before anything is stored. Then each batch is a transaction of its own, so that shoppers'
    events don't wait; the same file again changes nothing, so an import that was interrupted can be repeated.
    ``complete`` adds to the orders of a store (by id) what the file doesn't say of them; ``track`` goes through the
    batches, to show how far it is. Raises ``BadFile`` where the file can't be read, or has a bad row (unless skipped).
    """
    # the whole file first: half an import, ended by a bad row, would leave a store with a gap that nobody sees
    result = OrderImport()
    orders = read_orders(reader, file, result)
    if not is_skipping_bad_rows:
        result.refuse()
    for batch in track(batches_of(orders)):
        with transaction.atomic():
            recorded = record_orders(store, complete(store.pk, known_orders.completed(store.pk, batch)), SOURCE)
            who_ordered.tell(store.pk, addresses_in(batch), source=SOURCE)
        result.orders += len(recorded)
        for order in recorded:
            result.added += order.is_created
            result.stale += order.is_stale
    return result


def addresses_in(orders: Iterable[ReadOrder]) -> list[OrderedBy]:
    """Who placed the orders that say an email address."""
    ordered = []
    for read in orders:
        if is_address(read.address):
            order = read.order
            who = OrderedBy(
                external_id=order.external_id, customer_id=order.customer_id, address=read.address, at=order.updated_at
            )
            ordered.append(who)
    return ordered


def reader_for(store: Store, headers: Mapping[str, str], decimal: str | None) -> OrderReader:
    """Return what reads the store's files, in its currency and its time.

    ``headers`` and ``decimal``: as `OrderReader` has them.
    """
    return OrderReader(store.currency, store.zone, headers, decimal)


def read_orders(reader: OrderReader, file: BinaryIO, result: OrderImport) -> list[ReadOrder]:
    """The orders of the file; ``result`` gets what is wrong with the others. Raises ``BadFile``."""
    orders = []
    for where, order in reader.read(file):
        if isinstance(order, BadRow):
            result.add_error(where, order)
        else:
            orders.append(order)
    result.notes = reader.notes
    return orders


def batches_of(orders: Sequence[ReadOrder]) -> list[Sequence[ReadOrder]]:
    """The orders in batches, each short enough that no checkout waits for its transaction."""
    batches = []
    for start in range(0, len(orders), BATCH):
        batches.append(orders[start : start + BATCH])
    return batches
