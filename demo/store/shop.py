"""What every page of the demo store needs: the store, the cart, the snippet's input, a strict content policy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from checkout_widgets.edge import arbiter, live_configuration
from demo.store import orders
from demo.store.cart import CartLine, SessionCart
from demo.store.categories import Category
from experiments.models import Store

STORE_SLUG = "demo"
VISITOR_COOKIE = "upsell_visitor"
# As strict as a careful shop's, so that the demo shows that the snippet runs under such a policy.
CONTENT_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE],
    "style-src": [SELF],
    "img-src": [SELF, "http:", "https:"],  # product pictures come from where the catalogue says
    "connect-src": [SELF],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": [NONE],
}


# What a page is, as reports can be cut by it; others say nothing.
PAGE_TYPES = {
    "products.html": "category",
    "product.html": "product",
    "cart.html": "cart",
    "shipping.html": "checkout",
    "payment.html": "checkout",
    "confirmation.html": "confirmation",
}


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The store and one shopper's cart."""

    store: Store
    cart: SessionCart

    def snippet_page(self, request: HttpRequest, moments: list[str], bought: dict[str, Any] | None) -> dict[str, Any]:
        """What the page tells the snippet about itself: the argument of ``upsell('page', ...)``.

        ``bought`` is the order that the page is about; it stands for the cart, which is empty by then.
        """
        if bought is not None:
            total_minor, items = bought["subtotal_minor"], bought["lines"]
        else:
            total_minor, items = self.cart.subtotal_minor, items_of(self.cart)
        # the session is all that this shop knows of a shopper: a real one would ask its customers' accounts
        past = orders.placed(request.session)
        customer_type = "new"
        if past:
            customer_type = "returning"
        return {
            "moments": moments,
            "path": request.path,
            "cart": {"currency": self.store.currency, "total_minor": total_minor, "items": items},
            "visitor": {"customer_type": customer_type, "orders": len(past)},
        }


def items_of(cart: SessionCart) -> list[dict[str, Any]]:
    """The lines of the cart as the snippet is told."""
    items = []
    for line in cart.lines:
        items.append(item_of(line))
    return items


def item_of(line: CartLine) -> dict[str, Any]:
    """A line of the cart as the snippet is told."""
    return {
        "sku": line.product.sku,
        "quantity": line.quantity,
        "price_minor": line.price_minor,
        "category": line.product.category,
    }


View = Callable[Concatenate[HttpRequest, DemoShop, ...], HttpResponse]


def shop_view(view: View) -> Callable[..., HttpResponseBase]:
    """Give a view its ``DemoShop``, and its response the content policy; what isn't there gets the shop's own page."""

    @csp_replace(CONTENT_POLICY)
    @wraps(view)
    def with_shop(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        store = Store.objects.filter(slug=STORE_SLUG).first()
        if store is None:
            return render(request, "demo_store/closed.html", status=503)
        shop = DemoShop(store, SessionCart(store, request.session))
        try:
            response = view(request, shop, *args, **kwargs)
        except Http404:
            response = render_page(request, shop, "missing.html", {})
            response.status_code = 404
        # The console's pages are stored nowhere, but browsers keep a shop's for the way back.
        response.headers.setdefault("Cache-Control", "private")
        return response

    return with_shop


def render_page(
    request: HttpRequest,
    shop: DemoShop,
    template: str,
    context: dict[str, Any],
    *,
    moments: list[str] | None = None,
    bought: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page of the shop; ``moments`` are those of its offers, ``bought`` is the order that it is about."""
    moments = moments or []
    places: list[str] = []
    if moments:
        places = open_moments(shop.store)
    snippet_page = shop.snippet_page(request, moments, bought)
    if template in PAGE_TYPES:
        snippet_page["page_type"] = PAGE_TYPES[template]
    shared = {
        "store": shop.store,
        "cart": shop.cart,
        "categories": Category.choices,
        "snippet_page": snippet_page,
        "open_moments": places,
    }
    return render(request, f"demo_store/{template}", context | shared)


def open_moments(store: Store) -> list[str]:
    """The moments at which somebody can get an offer now: room is kept in their slots, and in no others.

    A shop elsewhere asks ``GET /v1/moments``; this one is in the edge's own process.
    """
    configuration = live_configuration.current().by_site_key.get(store.site_key)
    if configuration is None:
        return []
    return arbiter.open_moments(configuration, datetime.now(UTC))


def api_address(request: HttpRequest, store: Store) -> str:
    """Where the orders API is: ``DEMO_STORE_API_URL``, else the page's own address where the store knows it.

    The secret key goes there, so that an address from a request's ``Host`` counts only if it is an allowed origin.
    """
    if settings.DEMO_STORE_API_URL:
        return str(settings.DEMO_STORE_API_URL).rstrip("/")
    own = f"{request.scheme}://{request.get_host()}"
    if own in store.allowed_origins or not store.allowed_origins:
        return own
    return store.allowed_origins[0]
