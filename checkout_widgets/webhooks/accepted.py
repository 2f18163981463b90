"""The offers that the lines of a shop system's order say were accepted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from checkout_widgets.edge import orders, snapshot, tokens
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.payloads import OrderLine
from checkout_widgets.edge.tokens import BadToken
from checkout_widgets.webhooks.payloads import Accepted
from experiments.models import Store


@dataclass
class AcceptedOffers:
    """Verifies the acceptance tokens of one order, as the orders API does, and notes what it finds.

    ``rejected`` are the codes of the tokens that don't count.
    """

    store: StoreConfiguration
    now: datetime
    rejected: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store, now: datetime) -> "AcceptedOffers":
        """For an order of this store. Raises ``LookupError`` while its configuration is not loaded yet."""
        return cls(snapshot.current().by_site_key[store.site_key], now)

    def experiment_of(self, token: str, sku: str, quantity: int, prices: Collection[int], visitor_id: str) -> Accepted:
        """The experiment whose offer the token accepts, so many at one of these prices each, or why it doesn't."""
        try:
            claims = tokens.read_acceptance(self.store, token, self.now, is_expired_ok=True)
        except BadToken:
            return self.refuse("bad_token")
        codes = [orders.mismatch(claims, OrderLine(sku, quantity, price), visitor_id) for price in prices]
        if all(codes):
            return self.refuse(codes[0])
        return str(claims["experiment"]), ""

    def refuse(self, code: str) -> Accepted:
        """Note that a token doesn't count."""
        self.rejected.append(code)
        return "", code
