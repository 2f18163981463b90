"""Products, offers, widgets, acceptances, connections, deliveries and test orders: one file per noun."""

from checkout_widgets.models.configuration import ConfigurationVersion, StoreVersion
from checkout_widgets.models.connection import Connection, ConnectionKind
from checkout_widgets.models.customer_figures import CustomerFigures
from checkout_widgets.models.data_request import DataRequest
from checkout_widgets.models.delivery import Delivery, DeliveryStatus
from checkout_widgets.models.held_product import HeldByShoppers, HeldProduct
from checkout_widgets.models.kept_input import KeptInput
from checkout_widgets.models.offer import (
    Acceptance,
    BillingPeriod,
    Offer,
    OfferItem,
    OfferKind,
    OfferPairing,
    OfferTier,
    PairSource,
)
from checkout_widgets.models.offer_day import SaleChange, ShownDay, ShownUntil, SoldDay
from checkout_widgets.models.pair import ChosenPair, PairBasis, PairLists, PairsCount, ProductPair
from checkout_widgets.models.price_change import PriceChange, PriceSource, PricesRead
from checkout_widgets.models.product import Product, ProductKind
from checkout_widgets.models.question import ConfirmationAnswer, ConfirmationQuestion
from checkout_widgets.models.refused_tokens import RefusedTokens
from checkout_widgets.models.replenishment import ReplenishmentTime
from checkout_widgets.models.send_point_day import SendPointDay
from checkout_widgets.models.shopper_answers import ShopperAnswers
from checkout_widgets.models.shopper_stages import ShopperStages
from checkout_widgets.models.silenced import SilencedShopper
from checkout_widgets.models.trial_order import TrialOrder
from checkout_widgets.models.widget import Layout, NextWidget, OfferDesign, ShopperAnswer, Widget

__all__ = [
    "Acceptance",
    "BillingPeriod",
    "ChosenPair",
    "ConfigurationVersion",
    "ConfirmationAnswer",
    "ConfirmationQuestion",
    "Connection",
    "ConnectionKind",
    "CustomerFigures",
    "DataRequest",
    "Delivery",
    "DeliveryStatus",
    "HeldByShoppers",
    "HeldProduct",
    "KeptInput",
    "Layout",
    "NextWidget",
    "Offer",
    "OfferDesign",
    "OfferItem",
    "OfferKind",
    "OfferPairing",
    "OfferTier",
    "PairBasis",
    "PairLists",
    "PairSource",
    "PairsCount",
    "PriceChange",
    "PriceSource",
    "PricesRead",
    "Product",
    "ProductKind",
    "ProductPair",
    "RefusedTokens",
    "ReplenishmentTime",
    "SaleChange",
    "SendPointDay",
    "ShopperAnswer",
    "ShopperAnswers",
    "ShopperStages",
    "ShownDay",
    "ShownUntil",
    "SilencedShopper",
    "SoldDay",
    "StoreVersion",
    "TrialOrder",
    "Widget",
]
