"""What the apps above do with orders once they are stored; they say at the start where it is, as this app knows none.

Each follower is called in the transaction that stores the orders, whichever way these came: what it writes is there
exactly where the orders are. It keeps to a fixed number of statements, as shops wait for it, and raises nothing, as
the order would be refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.utils.module_loading import import_string

from experiments.accounting.order_data import OrderData


@dataclass(frozen=True, slots=True)
class StoredOrders:
    """Orders that a call has stored, by row ID; stale versions aren't among them. ``source`` is who sent them."""

    store_id: int
    source: str
    versions: dict[int, OrderData]


Follower = Callable[[StoredOrders], None]

followers: list[str] = []


def register(follower: str) -> None:
    """Name the function that is to be called: for the app's ``ready``.

    By its path, as processes that never store an order needn't load it.
    """
    if follower not in followers:
        followers.append(follower)


def call_all(stored: StoredOrders) -> None:
    """Call each follower, in the order of their registration."""
    if not stored.versions:
        return
    for path in followers:
        follow = cast("Follower", import_string(path))
        follow(stored)
