"""Products, offers, widgets and acceptances: one file per noun."""

from checkout_widgets.models.configuration import ConfigurationVersion
from checkout_widgets.models.offer import Acceptance, Offer, OfferItem, OfferKind
from checkout_widgets.models.product import Product
from checkout_widgets.models.widget import Layout, Widget

__all__ = [
    "Acceptance",
    "ConfigurationVersion",
    "Layout",
    "Offer",
    "OfferItem",
    "OfferKind",
    "Product",
    "Widget",
]
