"""What apps above keep of customers: erased and exported with the rest. They register at the start how."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from experiments.models import Store

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class CustomerRecords:
    """How an app erases what it keeps of customers, by their keys, and how it writes it as texts by table.

    ``key_of`` finds the key of whoever has an address, in a store; empty where nobody has.
    """

    erase: Callable[[Store, Collection[str]], int]
    tables: Callable[[Store, Collection[str]], dict[str, list[Row]]]
    key_of: Callable[[Store, str], str]


registered: list[CustomerRecords] = []


def register(records: CustomerRecords) -> None:
    """Name an app's functions: for its ``ready``."""
    if records not in registered:
        registered.append(records)


def erase(store: Store, keys: Collection[str]) -> int:
    """Erase what is kept of these customers, in the caller's transaction; return how many contacts that were."""
    if not keys:
        return 0
    return sum(records.erase(store, keys) for records in registered)


def tables_of(store: Store, keys: Collection[str]) -> dict[str, list[Row]]:
    """Return what is kept of these customers, by table."""
    tables: dict[str, list[Row]] = {}
    for records in registered:
        tables |= records.tables(store, keys)
    return tables


def keys_of_address(store: Store, address: str) -> set[str]:
    """Return the keys of whoever has this address."""
    return {records.key_of(store, address) for records in registered} - {""}
