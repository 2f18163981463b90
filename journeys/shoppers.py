"""Which of a store's customers and visitors contacts are: on the store's pages nobody knows contacts."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from checkout_widgets import silenced_shoppers
from experiments.sql_files import read_sql

SHOPPERS_OF_CONTACTS = read_sql(__file__, "shoppers_of_contacts")
MOST_SHOPPERS = 200  # of one contact: a shop's till has thousands


class KnownShopper(NamedTuple):
    """A customer of the shop or a visitor, as ``kind`` says, who is the contact."""

    contact_id: int
    kind: str
    shopper_id: str

    @property
    def is_visitor(self) -> bool:
        """Whether it is a browser."""
        return self.kind == "visitor"

    def digest(self, store_id: int) -> str:
        """Return what edges find the shopper by."""
        return silenced_shoppers.digest_of(store_id, self.kind, self.shopper_id)


def shoppers_of(store_id: int, contact_ids: Collection[int]) -> list[KnownShopper]:
    """Return the customers and visitors that the contacts' orders name, or were seen as: one statement."""
    parameters: dict[str, Any] = {"store_id": store_id, "contact_ids": list(contact_ids), "most": MOST_SHOPPERS}
    with connection.cursor() as cursor:
        cursor.execute(SHOPPERS_OF_CONTACTS, parameters)
        return list(map(KnownShopper._make, cursor.fetchall()))
