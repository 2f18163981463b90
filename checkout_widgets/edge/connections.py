"""``POST /v1/connections/woocommerce``: a shop's plugin connects its webhooks, and hears what doesn't fit yet.

For the shop's server alone: it gets the secret that its webhooks are signed with.
"""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder

from checkout_widgets import connecting
from checkout_widgets.connecting import ConnectRefused, ShopPrice, ShopSite
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import NO_NUL, STORABLE_WORDS, Currency, Key, Minor, Name, Time
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.models import ConnectionKind
from experiments.field_errors import text_in_form
from experiments.models import Store

SITE_ADDRESS = r"^https?://[^\x00-\x20/?#@]+(/[^\x00-\x20?#]*)?\Z"
SITE_WORDS = "the address of a site, such as https://shop.example"
SiteAddress = Annotated[str, text_in_form(SITE_ADDRESS, SITE_WORDS, max_length=200)]
Origin = Annotated[str, text_in_form(NO_NUL, STORABLE_WORDS, max_length=200)]
Version = Annotated[str, text_in_form(NO_NUL, STORABLE_WORDS, max_length=32)]
MAX_EXAMPLES = 50


class ExamplePrice(Struct):
    """What a product costs in the shop: as its cart shows prices, and with tax the other way."""

    shown_minor: Minor
    other_minor: Minor
    sku: Name = ""
    product_id: Name = ""


class ConnectionBody(Struct):
    """``POST /v1/connections/woocommerce``: the site that the plugin is in."""

    site_address: SiteAddress
    site_key: Key
    currency: Currency
    now: Time
    versions: Annotated[dict[Name, Version], Meta(max_length=10)] = {}
    origins: Annotated[list[Origin], Meta(max_length=10)] = []
    skus: Annotated[list[Name], Meta(max_length=MAX_EXAMPLES)] = []
    product_ids: Annotated[list[Name], Meta(max_length=MAX_EXAMPLES)] = []
    prices: Annotated[list[ExamplePrice], Meta(max_length=MAX_EXAMPLES)] = []
    shows_tax: bool = False
    rotate: bool = False
    replace_site: bool = False


class ConnectionCheck(Struct):
    """Whether something fits; ``message`` says what to do where it doesn't, and is empty where it does.

    ``problem`` and ``values`` say the same as codes, for a plugin with sentences of its own in the shop's language.
    """

    code: str
    ok: bool
    message: str = ""
    problem: str = ""
    values: dict[str, str] = {}


class ConnectionAnswer(Struct):
    """Where the shop delivers its webhooks, below the edge's address, and what it signs them with."""

    store: str
    webhook_path: str
    webhook_secret: str
    topics: list[str]
    created: bool
    rotated: bool
    checks: list[ConnectionCheck]


_decoder = Decoder(ConnectionBody)
TOPICS = [
    *("order.created", "order.updated", "order.deleted", "order.restored"),
    *("product.created", "product.updated", "product.deleted", "product.restored"),
    "customer.deleted",
]


@endpoint(max_bytes=60_000, is_public=False)
def woocommerce(call: Call) -> ConnectionAnswer:
    """Connect a WooCommerce shop; the same again changes nothing."""
    if call.origin:
        raise ApiError(403, "bad_origin", "Connect from the shop's server: a page must never hold the secret key.")
    configured = call.store_for_server()
    body = call.decode(_decoder)
    store = Store.objects.get(pk=configured.id)
    site = site_of(body)
    try:
        connected = connecting.connect(store, site, rotates=body.rotate, replaces_site=body.replace_site, now=call.now)
    except ConnectRefused as refused:
        raise refusal(refused) from refused
    return ConnectionAnswer(
        store=store.name,
        webhook_path=f"/v1/webhooks/{ConnectionKind.WOOCOMMERCE}/{store.slug}",
        webhook_secret=connected.connection.secret,
        topics=TOPICS,
        created=connected.is_created,
        rotated=connected.is_rotated,
        checks=checks(store, site, call),
    )


def site_of(body: ConnectionBody) -> ShopSite:
    """Return the site as ``connecting`` takes it."""
    return ShopSite(
        kind=ConnectionKind.WOOCOMMERCE,
        site_address=normalized(body.site_address),
        versions=body.versions,
        currency=body.currency,
        clock=body.now,
        site_key=body.site_key,
        origins=tuple(body.origins),
        skus=tuple(body.skus),
        product_ids=tuple(body.product_ids),
        prices=tuple(price_of(price) for price in body.prices),
        shows_tax=body.shows_tax,
    )


def normalized(address: str) -> str:
    """Return a site's address without a slash at its end, its host in lower case: of folders the case matters."""
    scheme, _, rest = address.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}"


def price_of(price: ExamplePrice) -> ShopPrice:
    """Return an example as ``connecting`` takes it."""
    return ShopPrice(
        sku=price.sku, product_id=price.product_id, shown_minor=price.shown_minor, other_minor=price.other_minor
    )


def checks(store: Store, site: ShopSite, call: Call) -> list[ConnectionCheck]:
    """Return what has to fit, in the shape of the answer."""
    found = []
    for check in connecting.checks(store, site, call.now):
        if check.ok:
            found.append(ConnectionCheck(check.code, ok=True))
            continue
        found.append(ConnectionCheck(check.code, False, check.message, check.problem, check.values))
    return found


def refusal(refused: ConnectRefused) -> ApiError:
    """Say why the shop isn't connected, with the site that is where there is another."""
    if refused.site_address:
        return ApiError(409, refused.code, refused.message, site_address=refused.site_address)
    return ApiError(409, refused.code, refused.message)
