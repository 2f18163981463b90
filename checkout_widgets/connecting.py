"""A shop's plugin connects itself: it gets the secret for its webhooks, and hears what doesn't fit yet."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from checkout_widgets.models import Connection, Product
from experiments import audit
from experiments.models import AuditAction, Store

MAX_CLOCK_ERROR = timedelta(minutes=5)  # as events may be ahead, and far less than a token lives
FEWEST_KNOWN = 0.5  # of the products that a shop names as examples: below that, its ids are others than the catalog's
ACTOR = "plugin"


class ConnectRefused(Exception):
    """Why the shop isn't connected; ``site_address`` is the site that is, where there is another."""

    def __init__(self, code: str, message: str, *, site_address: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.site_address = site_address


@dataclass(frozen=True, kw_only=True)
class ShopPrice:
    """What a product costs in a shop, in minor units: as its cart shows prices, and with tax the other way."""

    sku: str
    product_id: str
    shown_minor: int
    other_minor: int


@dataclass(frozen=True, kw_only=True)
class ShopSite:
    """What a plugin says of the shop that it is in.

    ``product_ids`` are the shop system's ids of a few products, ``skus`` theirs; ``clock`` is the shop's time.
    ``shows_tax`` is whether its cart shows prices with tax.
    """

    kind: str
    site_address: str
    versions: dict[str, str]
    currency: str
    clock: datetime
    site_key: str
    origins: tuple[str, ...]
    skus: tuple[str, ...]
    product_ids: tuple[str, ...]
    prices: tuple[ShopPrice, ...] = ()
    shows_tax: bool = False


@dataclass(frozen=True)
class Connected:
    """What came of it."""

    connection: Connection
    is_created: bool
    is_rotated: bool


@dataclass(frozen=True)
class SiteCheck:
    """Something that has to fit between a shop and Offerlift.

    ``message`` says what is wrong and what to do where it doesn't fit. ``problem`` and ``values`` say the same to a
    plugin that has its own sentences in the shop's language; each problem has the same names of values every time.
    """

    code: str
    ok: bool
    problem: str
    message: str
    values: dict[str, str] = field(default_factory=dict)


def connect(
    store: Store, site: ShopSite, *, rotates: bool = False, replaces_site: bool = False, now: datetime
) -> Connected:
    """Connect the shop; the same call again changes nothing and gives the same secret.

    ``rotates`` makes a new secret, and the one before stays valid for a week. ``replaces_site`` says that the shop has
    moved here from the address that is connected. Raises ``ConnectRefused``.
    """
    with transaction.atomic():
        # One of two plugins that connect at once waits for the other: a store has one connection of a kind.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        connection = Connection.objects.filter(store=store, kind=site.kind).first()
        is_created = connection is None
        if connection is None:
            connection = Connection(store=store, kind=site.kind, secret=secrets.token_urlsafe(32))
        refuse_unfit(connection, site, replaces_site=replaces_site)
        is_moved = bool(connection.site_address) and not is_same_site(connection.site_address, site.site_address)
        connection.site_address = site.site_address
        connection.site_versions = site.versions
        connection.connected_at = now
        connection.save()
        is_rotated = not is_created and (rotates or is_moved)
        if is_rotated:
            connection.replace_secret(secrets.token_urlsafe(32))
        if is_created or is_rotated:
            note(connection, is_created=is_created)
    return Connected(connection, is_created, is_rotated)


def refuse_unfit(connection: Connection, site: ShopSite, *, replaces_site: bool) -> None:
    """Raise ``ConnectRefused`` where somebody has switched the connection off, or another site has it."""
    if not connection.is_active:
        raise ConnectRefused(
            "connection_off",
            "This connection is switched off in Offerlift. Switch it on under Connections, then retry.",
        )
    connected = connection.site_address
    if connected and not is_same_site(connected, site.site_address) and not replaces_site:
        raise ConnectRefused(
            "other_site",
            f"The store is connected to {connected}. If this site is a copy, leave it unconnected. If the shop has "
            "moved here, confirm the move.",
            site_address=connected,
        )


def is_same_site(one: str, other: str) -> bool:
    """Return whether two addresses are of one site: a shop that begins to use https stays where it is."""
    return one.partition("://")[2].lower() == other.partition("://")[2].lower()


def note(connection: Connection, *, is_created: bool) -> None:
    """Write it into the audit trail, without the secret."""
    action = AuditAction.CHANGED
    if is_created:
        action = AuditAction.CREATED
    audit.record(
        store=connection.store,
        action=action,
        actor=ACTOR,
        reason=str(connection),
        detail={"site_address": connection.site_address},
    )


def checks(store: Store, site: ShopSite, now: datetime) -> list[SiteCheck]:
    """Return what has to fit, each with a sentence that says what is wrong and what to do."""
    return [
        check_clock(site, now),
        check_site_key(store, site),
        check_currency(store, site),
        *check_origins(store, site),
        check_catalog(store, site),
        check_tax_basis(store, site),
    ]


def check_clock(site: ShopSite, now: datetime) -> SiteCheck:
    """Whether the shop's clock is near ours: signed tokens end by the clock."""
    difference = abs(now - site.clock)
    minutes = round(difference.total_seconds() / 60)
    return SiteCheck(
        "clock",
        difference <= MAX_CLOCK_ERROR,
        "clock_differs",
        f"The shop's clock differs from Offerlift's by {minutes} minutes. Set the server's time.",
        {"minutes": str(minutes)},
    )


def check_site_key(store: Store, site: ShopSite) -> SiteCheck:
    """Whether both keys are of one store."""
    return SiteCheck(
        "site_key",
        site.site_key == store.site_key,
        "keys_of_two_stores",
        "The site key is not of the same store as the secret key. Copy both from one store's setup page.",
    )


def check_currency(store: Store, site: ShopSite) -> SiteCheck:
    """Whether the shop sells in the store's currency."""
    return SiteCheck(
        "currency",
        site.currency == store.currency,
        "other_currency",
        f"The shop sells in {site.currency}, but the store in Offerlift has {store.currency}. Change one of them.",
        {"shop": site.currency, "store": store.currency},
    )


def check_origins(store: Store, site: ShopSite) -> list[SiteCheck]:
    """Whether the shop's pages may call the edge."""
    found = []
    for origin in site.origins:
        message = f"{origin} is not among the store's allowed origins. Add it in Offerlift, under Stores."
        is_allowed = origin in store.allowed_origins
        found.append(SiteCheck("origin", is_allowed, "origin_not_allowed", message, {"origin": origin}))
    return found


def check_catalog(store: Store, site: ShopSite) -> SiteCheck:
    """Whether the catalog knows the shop's products, by their SKU or by the shop system's id."""
    if not Product.objects.filter(store=store).exists():
        message = "The store has no products yet. Import the shop's products into Offerlift."
        return SiteCheck("catalog", False, "no_products", message)
    named = max(len(site.skus), len(site.product_ids))
    products = Product.objects.filter(store=store)
    known = max(
        products.filter(sku__in=site.skus).count(),
        products.filter(external_id__in=site.product_ids).count(),
    )
    message = (
        f"Offerlift knows {known} of {named} products that the shop named as examples. Give them the shop's SKUs, or "
        "its product numbers as IDs in the shop system."
    )
    values = {"known": str(known), "named": str(named)}
    return SiteCheck("catalog", known >= FEWEST_KNOWN * named, "few_products_known", message, values)


def check_tax_basis(store: Store, site: ShopSite) -> SiteCheck:
    """Whether the catalog's prices are with tax where the shop's cart shows them so, by the examples that tell."""
    shown = other = 0
    known = catalog_prices(store, site)
    for price in site.prices:
        in_catalog = known.get(("sku", price.sku), known.get(("id", price.product_id)))
        if in_catalog is None or price.shown_minor == price.other_minor:
            continue
        shown += in_catalog == price.shown_minor
        other += in_catalog == price.other_minor
    problem = "catalog_with_tax"
    message = (
        "The shop's cart shows prices without tax, but Offerlift's catalog has them with tax. Enter prices and offers "
        "without tax."
    )
    if site.shows_tax:
        problem = "catalog_without_tax"
        message = (
            "The shop's cart shows prices with tax, but Offerlift's catalog has them without tax. Enter prices and "
            "offers with tax."
        )
    return SiteCheck("tax_basis", other <= shown, problem, message)


def catalog_prices(store: Store, site: ShopSite) -> dict[tuple[str, str], int]:
    """Return the catalog's prices of the examples, by SKU and by the shop system's id."""
    skus = [price.sku for price in site.prices]
    ids = [price.product_id for price in site.prices]
    found = {}
    products = Product.objects.filter(Q(sku__in=skus) | Q(external_id__in=ids), store=store)
    for sku, external_id, price_minor in products.values_list("sku", "external_id", "price_minor"):
        found["sku", sku] = price_minor
        if external_id:
            found["id", external_id] = price_minor
    return found
