"""Whether a line of an order is what its acceptance token accepts: product, quantity, price."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from checkout_widgets.edge import tokens
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.tokens import BadToken


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an order as its source says it, in minor units.

    ``totals`` are all that its units together may have cost on the shopper's screen: with tax and without, before and
    after the line's discounts. ``external_ids`` are the shop's own ids of the product, a variation before its product.
    ``is_sku_known``: the SKU is that of a product in the store's catalogue, so that another id contradicts it.
    ``tolerance_minor`` is what a total may be off because the shop writes fewer decimals than the currency has.
    ``is_token_of_cart``: the token stands with the whole cart, so that other products in it are none of its business.
    """

    sku: str
    quantity: int
    totals: Collection[int]
    external_ids: tuple[str, ...] = ()
    is_sku_known: bool = True
    tolerance_minor: int = 0
    is_token_of_cart: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a line's token says: the test whose offer it is and the acceptance, or the ``code`` for which it doesn't
    count; nothing at all of a line without a token. ``sku`` is the offer's name of the product, where it counts."""

    experiment_key: str = ""
    code: str = ""
    acceptance_id: UUID | None = None
    sku: str = ""


NO_TOKEN = Accepted()


@dataclass
class TokenReader:
    """Reads the tokens of one order's lines, one after the other; ``rejected`` are the codes of those refused.

    What was accepted once is not there twice: lines that share a token share its quantity.
    """

    store: StoreConfiguration
    now: datetime
    visitor_id: str = ""
    rejected: list[str] = field(default_factory=list)
    taken: Counter[tuple[UUID, str]] = field(default_factory=Counter)

    def read(self, token: str, line: SoldLine) -> Accepted:
        """Return what the token says of the line."""
        try:
            claims = tokens.read_acceptance(self.store, token, self.now, is_expired_ok=True)
            acceptance_id = UUID(claims["jti"])
        except (BadToken, ValueError, AttributeError):
            return self.refuse("bad_token")
        code = mismatch(claims, line, self.visitor_id)
        if code == "wrong_product" and line.is_token_of_cart:
            return NO_TOKEN
        if code:
            return self.refuse(code)
        parts = accepted_parts(claims, line)
        sku = str(parts[0]["sku"])
        self.taken[acceptance_id, sku] += line.quantity
        if self.taken[acceptance_id, sku] > accepted_quantity(parts):
            return self.refuse("wrong_quantity")
        return Accepted(str(claims["experiment"]), "", acceptance_id, sku)

    def refuse(self, code: str) -> Accepted:
        """Note that a token doesn't count."""
        self.rejected.append(code)
        return Accepted(code=code)


def mismatch(claims: dict[str, Any], line: SoldLine, visitor_id: str) -> str:
    """Return why a token that verifies is not for this line; empty where it is."""
    # What a customer accepted in a message names the customer ("c:"): in whichever browser they order it.
    is_customers = claims["sub"].startswith("c:")
    if visitor_id and not is_customers and claims["sub"] != visitor_id:
        return "wrong_visitor"
    parts = accepted_parts(claims, line)
    if not parts:
        return "wrong_product"
    if line.quantity > accepted_quantity(parts):  # whatever it costs then: the offer was for fewer
        return "wrong_quantity"
    is_whole = line.quantity == accepted_quantity(parts)
    if is_whole and is_price(line, accepted_total_minor(parts)):
        return ""
    at_price = [part["quantity"] for part in parts if is_price(line, part["price_minor"] * line.quantity)]
    if not at_price:
        return "wrong_price"
    is_of_tier = claims.get("quantity", 1) > 1
    if is_of_tier and not is_whole and line.quantity not in at_price:  # the price was for so many, not for fewer
        return "wrong_quantity"
    return ""


def accepted_parts(claims: dict[str, Any], line: SoldLine) -> list[dict[str, Any]]:
    """Return what the token accepts of the line's product; of a variation rather than of its product."""
    parts, exact = [], []
    for part in claims["lines"]:
        if is_same_product(part, line):
            parts.append(part)
            if line.external_ids and part.get("external_id") == line.external_ids[0]:
                exact.append(part)
    return exact or parts


def is_same_product(part: dict[str, Any], line: SoldLine) -> bool:
    """Return whether an accepted product is the line's: by the shop's own id where both say it, else by SKU."""
    external_id = part.get("external_id")
    if not external_id or not line.external_ids:
        return bool(part["sku"] == line.sku)
    if external_id not in line.external_ids:
        return False
    return part["sku"] == line.sku or not line.sku or not line.is_sku_known


def accepted_quantity(parts: list[dict[str, Any]]) -> int:
    """Return how many were accepted."""
    return sum(part["quantity"] for part in parts)


def accepted_total_minor(parts: list[dict[str, Any]]) -> int:
    """Return what all that was accepted costs together."""
    return sum(part["price_minor"] * part["quantity"] for part in parts)


def is_price(line: SoldLine, accepted_minor: int) -> bool:
    """Return whether the line may have cost this.

    It may be off by half a minor unit for each unit, or half the shop's last decimal: prices of one are rounded.
    """
    allowed = max(line.quantity // 2, line.tolerance_minor)
    return any(abs(total - accepted_minor) <= allowed for total in line.totals)
