"""Exposure tokens from parts that are encoded once: what a variant's tokens share, and what a visitor's do.

The bytes are those of an ``ExposureToken`` that is made and encoded whole, which takes three times as long. Its fields
in their order come by turns from the visitor and from the variant, so both have several parts.
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from checkout_widgets.edge.configuration import HoldoutConfiguration, VariantConfiguration
from checkout_widgets.edge.tokens import ExposureToken, PairToken, SequenceToken, VisitToken, encode


class VariantParts(Struct, frozen=True):
    """What all tokens of a variant hold: its ids and whether it is rolled out, its moment, its offer, and tiers.

    ``next_offers`` are the second offers of a sequence; empty of a variant that has none.
    """

    ids: bytes
    moment: bytes
    offer: bytes
    tier_prices: bytes
    next_offers: bytes = b""


class VisitorParts(Struct, frozen=True):
    """What all tokens of a visitor hold.

    ``start`` ends with the store, ``context`` is the cart and what is known of the visitor, ``times`` ends with whether
    the visitor is automated, and ``end`` begins with the holdout.
    """

    start: bytes
    visitor_id: bytes
    context: bytes
    times: bytes
    end: bytes


def beginning_of(token: type[ExposureToken]) -> bytes:
    """Return what says how many fields follow."""
    number = len(fields(token))
    return encode([None] * number)[:-number]


BEGINNING, BEGINNING_WITH_VISIT = beginning_of(ExposureToken), beginning_of(VisitToken)
BEGINNING_OF_SEQUENCE, BEGINNING_OF_PAIRS = beginning_of(SequenceToken), beginning_of(PairToken)
NO_VISIT = encode({}) + encode(None) + encode(None)
NO_SEQUENCE = encode({})
NOTHING_SOLD = encode(None) + encode(None)


def several(*values: Any) -> bytes:
    """Return the values encoded one after the other: at most 15, as the beginning of more is longer."""
    return encode(values)[1:]


def token_of(visitor: VisitorParts, variant: VariantParts, pairs: bytes = b"") -> bytes:
    """Return a visitor's token of a variant."""
    parts = (
        visitor.start,
        variant.ids,
        visitor.visitor_id,
        variant.moment,
        visitor.context,
        variant.offer,
        visitor.times,
        variant.tier_prices,
        visitor.end,
    )
    token = b"".join(parts)
    if pairs:
        whole = with_next(token, variant.next_offers or NO_SEQUENCE)
        return BEGINNING_OF_PAIRS + whole[len(BEGINNING_OF_SEQUENCE) :] + pairs
    if variant.next_offers:
        return with_next(token, variant.next_offers)
    return token


def with_next(token: bytes, next_offers: bytes) -> bytes:
    """Return a token with the second offers at its end, which come after what is known of the visit."""
    if token.startswith(BEGINNING):
        token += NO_VISIT
    return BEGINNING_OF_SEQUENCE + token[len(BEGINNING) :] + next_offers


def parts_of_variant(
    variant: VariantConfiguration, experiment_id: int, moment: str, *, is_rollout: bool
) -> VariantParts:
    """Return the parts of a variant that is served at a moment."""
    next_offers = b""
    if variant.next_offers:
        next_offers = encode(variant.next_offers)
    return VariantParts(
        ids=several(experiment_id, variant.id, is_rollout),
        moment=encode(moment),
        offer=several(variant.offer_id, variant.price_minor),
        tier_prices=encode(variant.tier_prices),
        next_offers=next_offers,
    )


def parts_of_withheld(holdout: HoldoutConfiguration, variant_id: int, moment: str) -> VariantParts:
    """Return the parts of a variant of the holdout's experiment for somebody to whom nothing is shown."""
    return VariantParts(
        ids=several(holdout.id, variant_id, False),
        moment=encode(moment),
        offer=NOTHING_SOLD,
        tier_prices=encode({}),
    )
