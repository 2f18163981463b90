"""What contacts declined on the store's pages, in whichever of their browsers: read for many at once."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from checkout_widgets.models import Acceptance
from checkout_widgets.shown_products import skus_shown
from experiments.reading.declines import Decline, declines_of
from journeys.shoppers import shoppers_of

MEMORY = timedelta(days=30)  # who said no to a product isn't written to about it for so long
AFTER_NO = "declined"  # the step of second offers that come after a no
CLOCKS_DIFFER = timedelta(seconds=5)  # a no is by the shopper's clock, an acceptance by ours and in whole seconds


class SiteDecline(NamedTuple):
    """An offer that a contact declined on the site: when, and its products.

    ``accepted_at`` is when the same visitor first accepted a second offer that came after a no; None where none did.
    """

    at: datetime
    skus: frozenset[str]
    accepted_at: datetime | None

    def is_last_word(self, now: datetime) -> bool:
        """Whether no acceptance has followed it by now: such a shopper is left alone, on the site as well."""
        return self.accepted_at is None or self.accepted_at > now


def declines_of_contacts(
    store_id: int, contact_ids: Collection[int], *, since: datetime, until: datetime
) -> dict[int, list[SiteDecline]]:
    """Return what the contacts declined, by the contact's row ID: two statements, and three more where anybody did."""
    contacts_of: dict[str, list[int]] = {}
    for shopper in shoppers_of(store_id, contact_ids):
        if shopper.is_visitor:
            contacts_of.setdefault(shopper.shopper_id, []).append(shopper.contact_id)
    declines = declines_of(store_id, contacts_of, since=since, until=until)
    if not declines:
        return {}
    skus = skus_shown(store_id, variants_of(declines))
    accepted = accepted_after_no(store_id, {decline.visitor_id for decline in declines}, since=since)
    found: dict[int, list[SiteDecline]] = {}
    for decline in declines:
        products = frozenset(skus.get((decline.variant_id or 0, decline.step), ()))
        accepted_at = first_after(decline.at, accepted.get(decline.visitor_id, ()))
        for contact_id in contacts_of[decline.visitor_id]:
            found.setdefault(contact_id, []).append(SiteDecline(decline.at, products, accepted_at))
    return found


def accepted_after_no(store_id: int, visitor_ids: Collection[str], *, since: datetime) -> dict[str, list[datetime]]:
    """Return by visitor when they accepted second offers that came after a no, the earliest first."""
    acceptances = Acceptance.objects.filter(
        store=store_id, visitor_id__in=visitor_ids, step=AFTER_NO, accepted_at__gt=since
    )
    times: dict[str, list[datetime]] = {}
    for visitor_id, at in acceptances.order_by("accepted_at").values_list("visitor_id", "accepted_at"):
        times.setdefault(visitor_id, []).append(at)
    return times


def first_after(declined_at: datetime, accepted: Iterable[datetime]) -> datetime | None:
    """Return the first acceptance since a no, of times in their order; None where there is none."""
    for at in accepted:
        if at > declined_at - CLOCKS_DIFFER:
            return at
    return None


def variants_of(declines: Collection[Decline]) -> set[int]:
    """Return the row IDs of the variants that were declined, where they are known."""
    return {decline.variant_id for decline in declines if decline.variant_id is not None}
