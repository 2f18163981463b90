"""What targeting rules can ask about, from what a page says of the cart, the visitor and itself."""

from datetime import datetime, tzinfo
from operator import attrgetter
from urllib.parse import parse_qsl

from django.utils.functional import cached_property

from checkout_widgets.edge.payloads import DecideBody
from experiments.assignment.targeting import Context

CAMPAIGN = frozenset(["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"])
MAX_QUERY_FIELDS = 100
MOST_COUNTED = 1_000  # products in a cart, or orders: beyond, an accident
fields_of = attrgetter(*Context._fields)


class AskedContext:
    """The fields of a ``Context``, each worked out when it is asked for: every visitor is decided about, most rules
    ask for one or two.

    Texts are in lower case, as compiled rules have theirs; ``hour`` is that of the store's clock.
    """

    kept_skus: frozenset[str] | None = None
    owned: frozenset[str] = frozenset()
    # Of who asks, where the store knows: set by whoever knows the store.
    stage = ""
    reported_stage = ""  # also where the store doesn't know it; empty of a store without stages
    answers: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()  # products that they said they have

    def __init__(self, body: DecideBody, now: datetime, timezone: tzinfo) -> None:
        self.body = body
        self.now = now
        self.timezone = timezone
        self.device = body.device or ""
        # See ``pairs.py``: what goes best by source, and what the arms of a test would show by the id of its pairing.
        self.kept_pairs: dict[str, tuple[int, ...]] = {}
        self.kept_shown: dict[int, tuple[tuple[int, ...], ...] | None] = {}
        if body.visitor is not None and body.visitor.owned:
            self.owned = frozenset(map(str.lower, body.visitor.owned))
        self.currency = ""
        if body.cart is not None:
            self.currency = body.cart.currency.lower()

    def whole(self) -> Context:
        """Return all fields, to be kept."""
        return Context(*fields_of(self))

    @cached_property
    def language(self) -> str:
        """The language of the page's locale: ``de`` of ``de-AT``."""
        language, _, _ = (self.body.locale or "").lower().replace("_", "-").partition("-")
        return language

    @cached_property
    def hour(self) -> int:
        """The hour of the store's clock, 0 to 23."""
        return self.now.astimezone(self.timezone).hour

    @cached_property
    def path(self) -> str:
        """The path of the page's address."""
        if self.body.page is None:
            return ""
        return self.body.page.path.lower()

    @cached_property
    def cart_value_minor(self) -> int | None:
        """What the cart comes to, None where the page didn't say; in minor units of ``currency``."""
        if self.body.cart is None:
            return None
        return self.body.cart.total_minor

    @cached_property
    def cart_items(self) -> int | None:
        """How many products are in the cart; None where the page didn't say."""
        if self.body.cart is None:
            return None
        return sum(item.quantity for item in self.body.cart.items)

    @property
    def skus(self) -> frozenset[str]:
        """What is in the cart.

        Kept by hand: every test of a cross-sell asks for it, and ``cached_property`` takes as long as one cart does.
        """
        skus = self.kept_skus
        if skus is None:
            skus = frozenset()
            if self.body.cart is not None:
                skus = frozenset([item.sku.lower() for item in self.body.cart.items])
            self.kept_skus = skus
        return skus

    @cached_property
    def categories(self) -> frozenset[str]:
        """Of which categories the products in the cart are."""
        found = set()
        if self.body.cart is not None:
            for item in self.body.cart.items:
                if item.category:
                    found.add(item.category.lower())
        return frozenset(found)

    @cached_property
    def customer_type(self) -> str:
        """What the store calls the customer."""
        return customer_type(self.body).lower()

    @cached_property
    def country(self) -> str:
        """The customer's country, as two letters."""
        if self.body.visitor is None:
            return ""
        return (self.body.visitor.country or "").lower()

    @cached_property
    def orders(self) -> int | None:
        """How many orders the customer has placed so far; None where the page didn't say."""
        if self.body.visitor is None:
            return None
        return self.body.visitor.orders

    @cached_property
    def tags(self) -> frozenset[str]:
        """The customer's tags."""
        if self.body.visitor is None:
            return frozenset()
        return frozenset(map(str.lower, self.body.visitor.tags))

    @cached_property
    def campaign(self) -> dict[str, str]:
        """The ``utm_`` fields that the visit came with."""
        if self.body.page is None:
            return {}
        return campaign(self.body.page.query)

    @property
    def utm_source(self) -> str:
        """Where the campaign ran."""
        return self.campaign.get("utm_source", "")

    @property
    def utm_medium(self) -> str:
        """The campaign's medium, such as an e-mail."""
        return self.campaign.get("utm_medium", "")

    @property
    def utm_campaign(self) -> str:
        """The campaign's name."""
        return self.campaign.get("utm_campaign", "")

    @property
    def utm_term(self) -> str:
        """What was searched for."""
        return self.campaign.get("utm_term", "")

    @property
    def utm_content(self) -> str:
        """Which of the campaign's advertisements it was."""
        return self.campaign.get("utm_content", "")


def campaign(query: str) -> dict[str, str]:
    """Return the ``utm_`` fields of an address's query, in lower case; the first of each name."""
    if not query:
        return {}
    try:
        fields = parse_qsl(query.lstrip("?&").lower(), max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:  # more fields than any campaign has: somebody tries how much is read
        return {}
    found: dict[str, str] = {}
    for name, value in fields:
        if name in CAMPAIGN:
            found.setdefault(name, value)
    return found


def customer_type(body: DecideBody) -> str:
    """Return what the store calls the customer; ``new`` or ``returning`` by their orders where it only counts those."""
    visitor = body.visitor
    if visitor is None:
        return ""
    if visitor.customer_type or visitor.orders is None:
        return visitor.customer_type or ""
    if visitor.orders:
        return "returning"
    return "new"


def cart_total_in(currency: str, body: DecideBody) -> int | None:
    """Return the cart's total; None where it isn't known in this currency."""
    if body.cart is None or body.cart.currency != currency:
        return None
    return body.cart.total_minor


def known_items(body: DecideBody) -> int | None:
    """Return how many products are in the cart, as far as results are adjusted by it; None where the page didn't say.

    A cart that is worth something without any products in it is one whose products weren't sent.
    """
    cart = body.cart
    if cart is None or (cart.total_minor and not cart.items):
        return None
    items = 0
    for item in cart.items:
        items += item.quantity
    return min(items, MOST_COUNTED)


def known_orders(body: DecideBody) -> int | None:
    """Return how many orders the customer has placed, as far as results are adjusted by it; None where nobody said."""
    if body.visitor is None or body.visitor.orders is None:
        return None
    return min(body.visitor.orders, MOST_COUNTED)
