"""What may be said that an offer's items cost before, by the store's rule."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from experiments.models.store import CompareAtRule
from experiments.sql_files import read_sql

# Directive 98/6/EC, Article 6a(2): the lowest price of a period of 30 days or more before the reduction is applied.
LOWEST_OF = timedelta(days=30)
# A former price has to be recent (16 CFR 233.1 of the US says so without a number): a season.
HAD_WITHIN = timedelta(days=90)
REFERENCES = read_sql(__file__, "references")
UPDATE = f"""
UPDATE checkout_widgets_offeritem AS item SET reference_minor = known.reference
FROM ({REFERENCES}) AS known
WHERE item.id = known.item_id AND item.reference_minor IS DISTINCT FROM known.reference
"""  # noqa: S608 -- the text of a file of ours


class Reference(NamedTuple):
    """What is known of an item's price.

    From ``begins`` on prices count, and they are known from ``since`` on. ``lowest`` (at ``lowest_at``) and ``highest``
    are of that time, of one unit in minor units, None where nothing is known. ``reference`` is the highest that may be
    said that one cost before; None where nothing limits it.
    """

    item_id: int
    offer_id: int
    quantity: int
    rule: str
    begins: datetime
    since: datetime | None
    lowest: int | None
    lowest_at: datetime | None
    highest: int | None
    reference: int | None

    @property
    def is_whole(self) -> bool:
        """Whether prices are known of all the time that counts."""
        return self.since is not None and self.since <= self.begins

    @property
    def allowed_minor(self) -> int | None:
        """What the known prices bear out for one unit; None where none is known."""
        if self.rule == CompareAtRule.LOWEST:
            return self.lowest
        return self.highest


def references_of(offer_ids: Collection[int], now: datetime) -> list[Reference]:
    """Return what is known of each item of these offers; one query."""
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, parameters(list(offer_ids), now))
        return [Reference(*row) for row in cursor.fetchall()]


def write_references(now: datetime, offer_ids: Collection[int] | None = None) -> int:
    """Write what may be said to the items, of these offers or of all, where it differs; return to how many.

    Only what differs is written: each write makes every edge process load its store again.
    """
    ids = None
    if offer_ids is not None:
        ids = list(offer_ids)
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, parameters(ids, now))
        return int(cursor.rowcount)


def parameters(offer_ids: list[int] | None, now: datetime) -> dict[str, Any]:
    """Return what the statement asks for."""
    return {"offer_ids": offer_ids, "now": now, "lowest_of": LOWEST_OF, "had_within": HAD_WITHIN}
