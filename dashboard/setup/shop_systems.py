"""Which shop system a store uses: as a member chose it, else as what has arrived from it shows."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models import Connection, ConnectionKind
from dashboard.models import ChosenShop
from experiments.models import Order, Store


class ShopChoice(TextChoices):
    """How a store is connected: by webhooks of its shop system, or by the API."""

    WOOCOMMERCE = ConnectionKind.WOOCOMMERCE.value, "WooCommerce"
    SHOPIFY = ConnectionKind.SHOPIFY.value, "Shopify"
    OTHER = "other", _("Any other shop")

    @property
    def summary(self) -> str:
        """What connecting it takes."""
        return str(SUMMARIES[self])


SUMMARIES = {
    ShopChoice.WOOCOMMERCE: _("A plugin connects pages, prices, and orders. About five minutes."),
    ShopChoice.SHOPIFY: _("Theme code for the pages, and webhooks for the orders. About twenty minutes."),
    ShopChoice.OTHER: _("A script tag on your pages, and one call from your server. About an hour for a developer."),
}
# What a source of orders says about the shop; the others say nothing.
SOURCES = {
    "woocommerce": ShopChoice.WOOCOMMERCE,
    "shopify": ShopChoice.SHOPIFY,
    "api": ShopChoice.OTHER,
}


def chosen(store: Store) -> ShopChoice | None:
    """Return what a member chose; None where nobody did."""
    choice = ChosenShop.objects.filter(store=store).first()
    if choice is None or choice.system not in ShopChoice.values:
        return None
    return ShopChoice(choice.system)


def guess(connections: Iterable[Connection], last_order: Order | None) -> ShopChoice | None:
    """Return what the newest order, or else a connection that is on, shows; None where nothing does."""
    if last_order is not None and last_order.source in SOURCES:
        return SOURCES[last_order.source]
    for connection in connections:
        if connection.is_active:
            return ShopChoice(connection.kind)
    return None


def choose(store: Store, system: ShopChoice, *, actor: str) -> None:
    """Remember for all members what this one chose."""
    ChosenShop.objects.update_or_create(store=store, defaults={"system": system.value, "chosen_by": actor})
