"""The shopper's cart: quantities and accepted offers in the session, prices from the catalogue."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from checkout_widgets.models import Product
from demo.store.acceptance import AcceptedLine, AcceptedOffer, BadAcceptance
from demo.store.categories import SERVICE
from experiments.models import Store

SESSION_KEY = "demo_store_cart"
# The cart is kept in the session: nobody who clicks for an hour may make it large.
MAX_QUANTITY = 999
MAX_PRODUCTS = 100


@dataclass(frozen=True, slots=True)
class CartLine:
    """A product in the cart; an accepted offer's has its token and can't be changed, only removed."""

    product: Product
    quantity: int
    price_minor: int
    offer: AcceptedOffer | None = None

    @property
    def total_minor(self) -> int:
        """The line's price."""
        return self.quantity * self.price_minor

    @property
    def is_service(self) -> bool:
        """Whether it is sold with an order and has no page of its own."""
        return self.product.category == SERVICE

    @property
    def saving_minor(self) -> int:
        """How much less than the catalogue's price it costs."""
        return max(0, self.quantity * self.product.price_minor - self.total_minor)


class SessionCart:
    """What the session holds: ``{"quantities": {sku: n}, "offers": [...]}``."""

    def __init__(self, store: Store, session: SessionBase) -> None:
        self.store = store
        self.session = session
        stored = session.get(SESSION_KEY, {})
        self.quantities: dict[str, int] = stored.get("quantities", {})
        self.offers: list[AcceptedOffer] = []
        for offer in stored.get("offers", []):
            self.offers.append(_offer(offer))

    def add(self, sku: str, quantity: int) -> None:
        """Put more of a product in, within the limits of a cart."""
        if sku in self.quantities or len(self.quantities) < MAX_PRODUCTS:
            self.change(sku, self.quantities.get(sku, 0) + quantity)

    def change(self, sku: str, quantity: int) -> None:
        """Set how many of a product there are; none takes it out."""
        if quantity > 0:
            self.quantities[sku] = min(quantity, MAX_QUANTITY)
        else:
            self.quantities.pop(sku, None)
        self._save()

    def accept(self, offer: AcceptedOffer) -> list[CartLine]:
        """Put an accepted offer in and return its lines; the same one again changes nothing.

        Raises ``BadAcceptance`` where not all of it is on sale.
        """
        # the script sends an acceptance again when it got no answer, which must not add the product twice
        if not self.has(offer):
            self.offers.append(offer)
        self._save()
        lines = self.lines_of(offer)
        if len(lines) < len(offer.lines):
            # all or nothing: the price holds for all of its products together
            self.decline(offer.jti)
            raise BadAcceptance("The shop no longer sells this offer's products.")
        return lines

    def has(self, offer: AcceptedOffer) -> bool:
        """Whether this acceptance is in the cart, whether or not it is still on sale."""
        return any(known.jti == offer.jti for known in self.offers)

    def decline(self, jti: str) -> None:
        """Take an accepted offer out, all of it: its price holds for all of its products together."""
        self.offers = [offer for offer in self.offers if offer.jti != jti]
        self._save()

    def take_back(self, token: str) -> list[CartLine]:
        """Take out the offer that was accepted by this token, if it is there; returns the lines that went."""
        for offer in self.offers:
            if offer.token == token:
                taken = self.lines_of(offer)
                self.decline(offer.jti)
                return taken
        return []

    def lines_of(self, offer: AcceptedOffer) -> list[CartLine]:
        """The lines of an accepted offer that are still on sale."""
        return [line for line in self.lines if line.offer is not None and line.offer.jti == offer.jti]

    def drop_expired(self) -> bool:
        """Take out offers whose acceptance is no longer valid; returns whether there were any."""
        # the token ends by the clock; Offerlift would refuse it with the order, and the price wouldn't hold
        now = time.time()
        before = len(self.offers)
        self.offers = [offer for offer in self.offers if offer.expires_at > now]
        if len(self.offers) == before:
            return False
        self._save()
        return True

    def clear(self) -> None:
        """Empty it."""
        self.quantities, self.offers = {}, []
        self._save()

    @cached_property
    def lines(self) -> list[CartLine]:
        """What is in it and still on sale: products first, then accepted offers."""
        return list(self._lines())

    @property
    def count(self) -> int:
        """How many units, without looking at the catalogue."""
        units = sum(self.quantities.values())
        for offer in self.offers:
            for line in offer.lines:
                units += line.quantity
        return units

    @property
    def subtotal_minor(self) -> int:
        """The price of everything."""
        return sum(line.total_minor for line in self.lines)

    def _lines(self) -> Iterator[CartLine]:
        products = self._products()
        for sku, quantity in self.quantities.items():
            if product := products.get(sku):
                yield CartLine(product, quantity, product.price_minor)
        for offer in self.offers:
            for line in offer.lines:
                if product := products.get(line.sku):
                    yield CartLine(product, line.quantity, line.price_minor, offer)

    def _products(self) -> dict[str, Product]:
        skus = set(self.quantities)
        for offer in self.offers:
            for line in offer.lines:
                skus.add(line.sku)
        # one query for all lines; what is no longer on sale is left out of the cart, and comes back if it is
        products = {}
        for product in Product.objects.filter(store=self.store, sku__in=skus, is_active=True):
            products[product.sku] = product
        return products

    def _save(self) -> None:
        offers = []
        for offer in self.offers:
            offers.append(asdict(offer))
        # assigned as a whole: the session doesn't notice a change inside of a value
        self.session[SESSION_KEY] = {"quantities": self.quantities, "offers": offers}
        self.__dict__.pop("lines", None)  # they were made of what has just changed


def _offer(stored: dict[str, Any]) -> AcceptedOffer:
    lines = []
    for line in stored["lines"]:
        lines.append(AcceptedLine(**line))
    return AcceptedOffer(**stored | {"lines": tuple(lines)})
