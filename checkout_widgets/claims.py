"""What the copy of widgets and messages claims of an offer, and which of that is true. Pure.

A claim stands as a placeholder, so that it is counted again by itself. A text with an untrue one is left out.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from experiments.statistics.proportions.intervals import wilson

FEWEST_ORDERS = 10  # a number of orders below this proves nothing
FEWEST_OWNERS = 100  # below, a share says more of chance than of customers
WIDEST_HALF = 0.07  # of the share's 95% interval
Z_95 = 1.96


class OfferClaim(StrEnum):
    """What can be claimed of an offer."""

    SAVING = "saving"
    COUNT = "count"
    SHARE = "share"
    QUOTE = "quote"


CLAIMED_BY = {
    "{saving}": OfferClaim.SAVING,
    "{orders_30d}": OfferClaim.COUNT,
    "{share}": OfferClaim.SHARE,
    "{share_count}": OfferClaim.SHARE,
    "{share_base}": OfferClaim.SHARE,
    "{quote}": OfferClaim.QUOTE,
}
CLAIMING = re.compile("|".join(map(re.escape, CLAIMED_BY)))
ClaimSet = frozenset[OfferClaim]
NO_CLAIMS: ClaimSet = frozenset()


def claims_in(texts: Iterable[str]) -> ClaimSet:
    """Return what these texts claim."""
    claims: set[OfferClaim] = set()
    for text in texts:
        claims.update(map(CLAIMED_BY.__getitem__, CLAIMING.findall(text)))
    return frozenset(claims)


def is_honest(text: str, true: ClaimSet) -> bool:
    """Whether a text claims nothing but what is true."""
    return claims_in([text]) <= true


def share_percent(owners_with: int, owners: int) -> int | None:
    """Return the percentage of owners who also bought, rounded down; None where their number bears none out.

    Wilson's 95% interval has to be within 7 points of its middle.
    """
    if owners < FEWEST_OWNERS:
        return None
    if half_width(owners_with, owners) > WIDEST_HALF:
        return None
    return owners_with * 100 // owners or None


def half_width(owners_with: int, owners: int) -> float:
    """Return half the width of the share's 95% interval, by Wilson, with one owner or more."""
    low, high = wilson(owners_with, owners, Z_95)
    return (high - low) / 2


def true_claims(
    *, saving_minor: int, recent_orders: int, owners: int = 0, owners_with: int = 0, has_quote: bool = False
) -> ClaimSet:
    """Return which claims are true of an offer with these figures."""
    found = set()
    if saving_minor > 0:
        found.add(OfferClaim.SAVING)
    if recent_orders >= FEWEST_ORDERS:
        found.add(OfferClaim.COUNT)
    if share_percent(owners_with, owners) is not None:
        found.add(OfferClaim.SHARE)
    if has_quote:
        found.add(OfferClaim.QUOTE)
    return frozenset(found)
