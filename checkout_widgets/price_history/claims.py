"""Whether an offer's compare-at price has been the price."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from checkout_widgets.models import Offer
from checkout_widgets.price_history.references import Reference, references_of
from experiments.models.store import CompareAtRule


class ClaimState(Enum):
    """What is known of a compare-at price."""

    TRUE = "it was the price"
    FALSE = "it wasn't, and all prices of the time that counts are known"
    UNKNOWN = "earlier prices aren't known"


@dataclass(frozen=True, slots=True)
class Claim:
    """An offer's compare-at price, and what its items' prices say of it.

    ``allowed_minor`` is the highest that they bear out, None where none is known; ``since`` is from when on all of them
    are known, ``lowest_at`` when the lowest price began, where one item alone decides.
    """

    offer: Offer
    state: ClaimState
    rule: str
    allowed_minor: int | None
    since: datetime | None
    lowest_at: datetime | None = None


def claims_of(offers: Collection[Offer], now: datetime) -> list[Claim]:
    """Return the claims of those offers that say a compare-at price that shoppers see; one query."""
    claiming = [offer for offer in offers if is_claiming(offer)]
    if not claiming:
        return []
    by_offer: dict[int, list[Reference]] = {}
    for reference in references_of([offer.pk for offer in claiming], now):
        by_offer.setdefault(reference.offer_id, []).append(reference)
    claims = []
    for offer in claiming:
        # an offer without a product can't be had, which the checklist says elsewhere
        if offer.pk in by_offer:
            claims.append(claim_of(offer, by_offer[offer.pk]))
    return claims


def is_claiming(offer: Offer) -> bool:
    """Return whether it says what it cost before, as somebody typed it; what the catalog says follows by itself."""
    return offer.compare_at_minor is not None and offer.compare_at_minor > offer.price_minor


def claim_of(offer: Offer, items: list[Reference]) -> Claim:
    """Return the claim of an offer with these items."""
    allowed_minor = total(items)
    lowest_at = None
    if len(items) == 1:
        lowest_at = items[0].lowest_at
    return Claim(
        offer, state_of(offer, items, allowed_minor), items[0].rule, allowed_minor, known_since(items), lowest_at
    )


def state_of(offer: Offer, items: list[Reference], allowed_minor: int | None) -> ClaimState:
    """Return what is known of the compare-at price."""
    claimed_minor = offer.compare_at_minor
    assert claimed_minor is not None
    # What is served is cut to it, whether or not all prices are known: so it is false for certain.
    if is_limited(items) and allowed_minor is not None and claimed_minor > allowed_minor:
        return ClaimState.FALSE
    is_known = all(item.is_whole for item in items)
    if allowed_minor is None or claimed_minor > allowed_minor:
        return ClaimState.UNKNOWN
    # Under the rule of the lowest price, a lower one may be hidden in the time that isn't known.
    if items[0].rule == CompareAtRule.LOWEST and not is_known:
        return ClaimState.UNKNOWN
    return ClaimState.TRUE


def is_limited(items: Iterable[Reference]) -> bool:
    """Return whether of each item something limits what may be said."""
    return all(item.reference is not None for item in items)


def total(items: Iterable[Reference]) -> int | None:
    """Return what the known prices bear out for all items together; None where one has none."""
    total_minor = 0
    for item in items:
        if item.allowed_minor is None:
            return None
        total_minor += item.quantity * item.allowed_minor
    return total_minor


def known_since(items: Iterable[Reference]) -> datetime | None:
    """Return from when on the prices of all items are known; None where one has none."""
    begins = []
    for item in items:
        if item.since is None:
            return None
        begins.append(item.since)
    return max(begins)
