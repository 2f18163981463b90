"""Who placed orders, as their sources say it: told to the app above that keeps contacts, which says at the start how.

This app keeps a hash of an address alone (``customer_keys``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedBy:
    """Who placed an order: ``external_id`` is the order's, ``customer_id`` the shop's own of the customer, empty of a
    guest, ``address`` an email address as the source wrote it, ``at`` the version of the order that says so."""

    external_id: str
    customer_id: str
    address: str = field(repr=False)  # nobody's address is in a log
    at: datetime


# Takes the store's ID, who ordered, and the source. It is called in the transaction that has stored these orders, with
# their locks held: it writes its own rows or queues a job, and merges no customers (``accounting/merging.py`` has a job
# for that). What it raises undoes the orders.
Listener = Callable[[int, Sequence[OrderedBy], str], None]

listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Name the function that is told: for the app's ``ready``."""
    listeners[:] = [listener]


def tell(store_id: int, ordered: Sequence[OrderedBy], *, source: str) -> None:
    """Tell who placed these orders of a store; nobody listens in a process without the app."""
    if not ordered:
        return
    for listener in listeners:
        listener(store_id, ordered, source)
