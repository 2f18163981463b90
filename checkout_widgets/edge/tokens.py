"""Signed texts: the exposure token that only the edge reads, and the acceptance token that stores verify.

An exposure token is opaque: fields in MessagePack, base64url, signed with the settings' ``SECRET_KEY``. An acceptance
token is a JSON Web Token (RFC 7519) signed with HMAC-SHA256 and the store's secret key.
"""

from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import jwt
import msgspec
from django.core.signing import BadSignature
from msgspec.structs import fields

from checkout_widgets.edge import exposure_signing
from checkout_widgets.edge.configuration import SignedOffer, SignedPairs, StoreConfiguration
from checkout_widgets.edge.payloads import Name
from checkout_widgets.models import Acceptance

TOKEN_LIFETIME_S = 48 * 3600
ISSUER = "offerlift"
ALGORITHM = "HS256"


class BadToken(ValueError):
    """A token that nobody with the key has signed, or for something else."""


class AcceptedLineClaim(msgspec.Struct):
    """A product that was accepted, at its price per unit."""

    sku: str
    quantity: int
    price_minor: int


class AcceptanceClaims(msgspec.Struct):
    """What an acceptance token says, as far as it is believed: a store can sign any text with its own key."""

    jti: UUID
    exp: int
    sub: str
    experiment: Name
    lines: list[AcceptedLineClaim]
    quantity: int = 1


class ExposureToken(msgspec.Struct, array_like=True, frozen=True):
    """What was decided for a visitor at a moment; times in seconds since 1970, money in minor units.

    ``offer_id`` and ``price_minor`` are null in the control; ``tier_prices`` are by quantity. ``holdout_id`` is the
    store's holdout experiment, in which the exposure counts as well. New fields go to the end and have a default, so
    that tokens already given out stay readable.
    """

    store_id: int
    experiment_id: int
    variant_id: int
    is_rollout: bool
    visitor_id: str
    moment: str
    cart_value_minor: int | None
    currency: str
    device: str
    country: str
    customer_type: str
    offer_id: int | None
    price_minor: int | None
    issued_at: int
    expires_at: int
    is_automated: bool = False
    tier_prices: dict[int, int] = {}
    holdout_id: int | None = None
    holdout_variant_id: int | None = None
    customer_id: str = ""

    def about(self) -> dict[str, str]:
        """Return what is known of the visit, by dimension; nothing of it says whose visit it is."""
        known = {"device": self.device, "country": self.country, "customer_type": self.customer_type}
        return {name: value for name, value in known.items() if value}

    def segments(self) -> dict[str, str]:
        """Return what an exposure keeps of it, beside what has a column."""
        return {}

    def counts(self) -> tuple[int | None, int | None]:
        """Return how many products are in the cart, and how many earlier orders there are: what adjusts results."""
        return None, None


class VisitToken(ExposureToken, array_like=True, frozen=True):
    """The same with what the page said of the visit, by dimension (``visit.py``), and what it counted.

    Without any of it, tokens stay as short.
    """

    visit: dict[str, str] = {}
    cart_items: int | None = None
    past_orders: int | None = None

    def about(self) -> dict[str, str]:
        """Return what is known of the visit, by dimension; nothing of it says whose visit it is."""
        return super().about() | self.visit

    def segments(self) -> dict[str, str]:
        """Return what an exposure keeps of it: the visit's next offer would have another position."""
        return {name: value for name, value in self.visit.items() if name != "position"}

    def counts(self) -> tuple[int | None, int | None]:
        """Return how many products are in the cart, and how many earlier orders there are: what adjusts results."""
        return self.cart_items, self.past_orders


class SequenceToken(VisitToken, array_like=True, frozen=True):
    """The same with the second offers of a sequence, by the answer after which each comes.

    Of a variant that shows one offer alone, tokens stay as short.
    """

    next_offers: dict[str, SignedOffer] = {}


class PairToken(SequenceToken, array_like=True, frozen=True):
    """The same with what is sold of pairs, and what each arm of the test would show. Other tokens stay as short."""

    pairs: SignedPairs | None = None

    def about(self) -> dict[str, str]:
        """Return what is known of the visit, and which products were offered, by which figures are told apart."""
        known = super().about()
        if self.pairs is not None and self.pairs.sold:
            known["product"] = BETWEEN_PRODUCTS.join(sku for sku, _price in self.pairs.sold)
        return known


BETWEEN_PRODUCTS = " + "
encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(ExposureToken)
_visit_decoder = msgspec.msgpack.Decoder(VisitToken)
_sequence_decoder = msgspec.msgpack.Decoder(SequenceToken)
_pair_decoder = msgspec.msgpack.Decoder(PairToken)
PLAIN_FIELDS, VISIT_FIELDS, SEQUENCE_FIELDS = (len(fields(kind)) for kind in (ExposureToken, VisitToken, SequenceToken))
LONG_ARRAY = b"\xdc"  # MessagePack's array 16


def number_of_fields(content: bytes) -> int:
    """Return how many fields an encoded token has: more than 15 are counted in two bytes after the first one."""
    if content[:1] != LONG_ARRAY:
        return 0
    return int.from_bytes(content[1:3])


def decoder_of(content: bytes) -> "msgspec.msgpack.Decoder[Any]":
    """Return what reads a token of so many fields; those of earlier releases have fewer than any."""
    number = number_of_fields(content)
    if number > SEQUENCE_FIELDS:
        return _pair_decoder
    if number > VISIT_FIELDS:
        return _sequence_decoder
    if number > PLAIN_FIELDS:
        return _visit_decoder
    return _decoder


def next_offers_of(token: ExposureToken) -> dict[str, SignedOffer]:
    """Return the second offers that come after the token's own, by the answer to that."""
    if isinstance(token, SequenceToken):
        return token.next_offers
    return {}


def pairs_of(token: ExposureToken) -> SignedPairs | None:
    """Return what the token says of pairs; None of a test without any."""
    if isinstance(token, PairToken):
        return token.pairs
    return None


def about_step(token: ExposureToken, step: str) -> dict[str, str]:
    """Return what is known of the visit and of the first offer, or of a second one at a step, which sells no pairs."""
    known = token.about()
    if step:
        known.pop("product", None)
    return known


def sign_exposure(token: ExposureToken) -> str:
    """Sign the token, and write it as text."""
    return exposure_signing.sign(encode(token)).decode()


def read_exposure(text: str) -> ExposureToken:
    """Return the token that ``text`` carries, expired or not. Raises ``BadToken``."""
    try:
        content = urlsafe_b64decode(exposure_signing.unsign(text))
        token: ExposureToken = decoder_of(content).decode(content)
        return token
    except (BadSignature, ValueError) as error:
        raise BadToken("The exposure token is not one of ours.") from error


class SigningStore(Protocol):
    """What signs acceptances: a store, or its configuration at the edge."""

    @property
    def slug(self) -> str:
        """Its name in addresses."""

    @property
    def secret_key(self) -> str:
        """The key that its servers verify with."""


def sign_acceptance(store: SigningStore, acceptance: Acceptance) -> str:
    """Write the acceptance as a token that the store verifies with its secret key."""
    return jwt.encode(acceptance_claims(store, acceptance), store.secret_key, ALGORITHM)


def acceptance_claims(store: SigningStore, acceptance: Acceptance) -> dict[str, Any]:
    """Return what the token says."""
    claims = {
        "iss": ISSUER,
        "aud": store.slug,
        "jti": str(acceptance.jti),
        "iat": int(acceptance.accepted_at.timestamp()),
        "exp": int(acceptance.expires_at.timestamp()),
        "sub": acceptance.visitor_id,
        "experiment": acceptance.experiment_key,
        "variant": acceptance.variant_key,
        "offer": acceptance.offer.key,
        "currency": acceptance.currency,
        "total_minor": acceptance.total_minor,
        "quantity": acceptance.quantity,
        "lines": acceptance.lines,
    }
    if acceptance.replaces:
        claims["replaces"] = acceptance.replaces
    if acceptance.step:
        claims["step"] = acceptance.step
    return claims


def read_acceptance(store: StoreConfiguration, text: str, now: datetime, *, is_expired_ok: bool) -> dict[str, Any]:
    """Return the claims of a token signed with the store's current key, or the one before while it counts.

    Raises ``BadToken``.
    """
    for key in store.secret_keys(now):
        try:
            claims: dict[str, Any] = jwt.decode(
                text,
                key,
                algorithms=[ALGORITHM],
                audience=store.slug,
                issuer=ISSUER,
                options={"verify_exp": not is_expired_ok, "require": ["exp", "iat", "jti", "sub"]},
            )
            msgspec.convert(claims, AcceptanceClaims)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError, RecursionError) as error:
            raise BadToken(f"The acceptance token can't be used: {error}") from error
        return claims
    raise BadToken("The acceptance token is not signed with the store's secret key.")
