"""What apps above keep of customers: erased and exported with the rest. They register at the start how."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from experiments.models import Store

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecords:
    """How an app erases what it keeps of customers, by their keys, and what of it belongs into exports.

    - ``key_of`` finds the key of whoever has an address, in a store; empty where nobody has.
    - ``known_by`` finds keys of customers without orders whom a store knows by this source alone, at most so many.
    - ``store_of`` are all tables of the app that belong to a store, with the path to it.
    - ``conditions`` says which rows of which tables are about customers, by their keys.
    - ``in_full`` are the tables whose rows are written in another way for the person that they are about: what is
      stored encrypted is readable there, and there alone.
    """

    erase: Callable[[Store, Collection[str]], int]
    key_of: Callable[[Store, str], str]
    known_by: Callable[[Store, str, int], set[str]]
    store_of: Mapping[type[Model], str]
    conditions: Callable[[Store, Collection[str]], dict[type[Model], Q]]
    in_full: Mapping[type[Model], Callable[[Any], Row]]


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


def stores_of_tables() -> dict[type[Model], str]:
    """Return the tables that belong to a store, with the path to it."""
    tables: dict[type[Model], str] = {}
    for records in registered:
        tables |= records.store_of
    return tables


def conditions_of(store: Store, keys: Collection[str]) -> dict[type[Model], Q]:
    """Return the tables that hold something about these customers, and which of their rows."""
    conditions: dict[type[Model], Q] = {}
    for records in registered:
        conditions |= records.conditions(store, keys)
    return conditions


def written_in_full() -> dict[type[Model], Callable[[Any], Row]]:
    """Return what writes rows for the person whom they are about, of tables that hold them encrypted."""
    tables: dict[type[Model], Callable[[Any], Row]] = {}
    for records in registered:
        tables |= records.in_full
    return tables


def keys_of_address(store: Store, address: str) -> set[str]:
    """Return the keys of whoever has this address."""
    return {records.key_of(store, address) for records in registered} - {""}


def keys_known_by(store: Store, source: str, limit: int) -> set[str]:
    """Return keys of customers without orders whom a store knows by this source alone, about so many."""
    keys: set[str] = set()
    for records in registered:
        keys |= records.known_by(store, source, limit)
    return keys
