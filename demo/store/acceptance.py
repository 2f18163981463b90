"""Checks an acceptance offline, as a store's own back end would: with its secret key and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from experiments.models import Store

ISSUER = "offerlift"
CLAIMS = ["iss", "aud", "jti", "exp", "sub", "experiment", "currency", "lines"]
MAX_LINES = 20


class BadAcceptance(ValueError):
    """The token doesn't hold: forged, expired, for another store or currency."""


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """A product at its accepted price per unit."""

    sku: str
    quantity: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class AcceptedOffer:
    """What the shopper accepted; ``token`` goes into the order, so that Offerlift can count it."""

    jti: str
    token: str
    experiment: str
    expires_at: int
    lines: tuple[AcceptedLine, ...]

    @property
    def total_minor(self) -> int:
        """What all of it costs."""
        return sum(line.quantity * line.price_minor for line in self.lines)


def verify(store: Store, token: str) -> AcceptedOffer:
    """The offer that the token stands for; raises ``BadAcceptance``."""
    try:
        claims = jwt.decode(
            token,
            store.secret_key,
            algorithms=["HS256"],
            audience=store.slug,
            issuer=ISSUER,
            options={"require": CLAIMS},
        )
        lines = tuple(_line(line) for line in claims["lines"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise BadAcceptance("The acceptance doesn't verify.") from error
    # Signed by us doesn't mean for this cart: a store that changed its currency has old tokens about.
    if claims["currency"] != store.currency or not 0 < len(lines) <= MAX_LINES:
        raise BadAcceptance("The acceptance is not for this cart.")
    return AcceptedOffer(str(claims["jti"]), token, str(claims["experiment"]), int(claims["exp"]), lines)


def _line(line: Mapping[str, Any]) -> AcceptedLine:
    sku, quantity, price_minor = line["sku"], line["quantity"], line["price_minor"]
    # A signature says who wrote the token, not that what it says has the right form.
    if not (isinstance(sku, str) and isinstance(quantity, int) and isinstance(price_minor, int)):
        raise ValueError("A line has the wrong types.")
    if quantity < 1:
        raise ValueError("A line has no quantity.")
    return AcceptedLine(sku, quantity, price_minor)
