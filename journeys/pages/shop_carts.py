"""Where an offer that was accepted in a message gets into a cart: a page of the store's own, or its shop system's way.

- **WooCommerce**: the front page with ``?offerlift_token=``, which our plugin takes
  (``integrations/woocommerce/includes/cart/accepted-in-a-message.php``).
- **Shopify**: a cart permalink, https://shopify.dev/docs/apps/build/checkout/create-cart-permalinks :
  ``/cart/<variant>:<quantity>,...`` makes a cart, ``attributes[...]`` goes into the order as ``note_attributes``, and
  ``storefront=true`` shows the cart before the checkout. Properties can only be given to its first product, so the
  token is an attribute of the cart.
"""

from collections import Counter
from re import fullmatch
from typing import Any
from urllib.parse import urlencode, urlsplit

from checkout_widgets.models import Acceptance, Connection, ConnectionKind
from experiments.models import Store

FIELD = "offerlift_token"
ATTRIBUTE = "attributes[_offerlift_acceptance]"
HOST = r"[\w.\-\[\]:]+"
VARIANT = r"(?:gid://shopify/ProductVariant/)?(\d{1,20})"


def cart_url(store: Store, acceptance: Acceptance, token: str) -> str:
    """Return the address that puts what was accepted into a cart; empty where the store has none."""
    accept_url = own_page(store)
    if accept_url:
        joint = "&" if "?" in accept_url else "?"
        return f"{accept_url}{joint}{urlencode({FIELD: token})}"
    site = woocommerce_site(store)
    if site:
        return f"{site}/?{urlencode({FIELD: token})}"
    shop = shopify_shop(store)
    items = permalink_items(acceptance.lines)
    if shop and items:
        return f"{shop}/cart/{items}?{urlencode({ATTRIBUTE: token, 'storefront': 'true'})}"
    return ""


def cart_origin(store: Store) -> str:
    """Return the origin that accepting leads to; empty where it leads nowhere."""
    parts = urlsplit(own_page(store) or woocommerce_site(store) or shopify_shop(store))
    if fullmatch(HOST, parts.netloc) is None:  # it goes into a header that other signs would end
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def own_page(store: Store) -> str:
    """Return the store's own page that takes accepted offers; empty where it has named none."""
    sender = getattr(store, "sender", None)
    if sender is None:
        return ""
    return str(sender.accept_url)


def woocommerce_site(store: Store) -> str:
    """Return the address of the shop that our plugin has connected; webhooks made by hand say none."""
    connection = connection_to(store, ConnectionKind.WOOCOMMERCE)
    return connection.site_address if connection else ""


def shopify_shop(store: Store) -> str:
    """Return the address of a Shopify shop's pages: the first that may ask for offers."""
    if connection_to(store, ConnectionKind.SHOPIFY) is None or not store.allowed_origins:
        return ""
    return str(store.allowed_origins[0]).rstrip("/")


def connection_to(store: Store, kind: ConnectionKind) -> Connection | None:
    """Return the store's connection to a shop system, where there is one and it is on."""
    return Connection.objects.filter(store=store, kind=kind, is_active=True).first()


def permalink_items(lines: list[dict[str, Any]]) -> str:
    """Return the accepted products as a permalink names them; empty where one isn't known by Shopify's variant.

    An uneven price takes two lines of one product: they are one in the cart.
    """
    quantities: Counter[str] = Counter()
    for line in lines:
        variant = fullmatch(VARIANT, line.get("external_id") or line["sku"])
        if variant is None:
            return ""
        quantities[variant.group(1)] += line["quantity"]
    return ",".join(f"{variant}:{quantity}" for variant, quantity in quantities.items())
