"""What contacts declined on the store's pages, in whichever of their browsers: read for many at once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from checkout_widgets.shown_products import skus_shown
from experiments.reading.declines import Decline, declines_of
from journeys.shoppers import shoppers_of

MEMORY = timedelta(days=30)  # who said no to a product isn't written to about it for so long


class SiteDecline(NamedTuple):
    """An offer that a contact declined on the site: when, and its products."""

    at: datetime
    skus: frozenset[str]


def declines_of_contacts(
    store_id: int, contact_ids: Collection[int], *, since: datetime, until: datetime
) -> dict[int, list[SiteDecline]]:
    """Return what the contacts declined, by the contact's row ID: two statements, and two more where anybody did."""
    contacts_of: dict[str, list[int]] = {}
    for shopper in shoppers_of(store_id, contact_ids):
        if shopper.is_visitor:
            contacts_of.setdefault(shopper.shopper_id, []).append(shopper.contact_id)
    declines = declines_of(store_id, contacts_of, since=since, until=until)
    if not declines:
        return {}
    skus = skus_shown(store_id, variants_of(declines))
    found: dict[int, list[SiteDecline]] = {}
    for decline in declines:
        products = frozenset(skus.get((decline.variant_id or 0, decline.step), ()))
        for contact_id in contacts_of[decline.visitor_id]:
            found.setdefault(contact_id, []).append(SiteDecline(decline.at, products))
    return found


def variants_of(declines: Collection[Decline]) -> set[int]:
    """Return the row IDs of the variants that were declined, where they are known."""
    return {decline.variant_id for decline in declines if decline.variant_id is not None}
