"""What the demo store is about to test: one draft, and one that begins by itself."""

from checkout_widgets.models import Layout, OfferKind
from demo.demo_tests.definition import DemoTest
from experiments.models import Moment

GIFT_WRAP_LINE = DemoTest(
    experiment={
        "key": "gift-wrap-checkbox",
        "name": "Gift wrap as a checkbox",
        "moment": Moment.SHIPPING,
        "hypothesis": "The test of the card was broken by its script. As a checkbox below the delivery "
        "options it is taken as often and keeps nobody from paying.",
        "planned_sample": 5_000,
    },
    treatment={"key": "checkbox", "name": "Checkbox"},
    offer={"key": "gift-wrap-checkbox", "name": "Gift wrap", "kind": OfferKind.CROSS_SELL, "price_minor": 295},
    items={"WRAP": 1},
    widget={
        "layout": Layout.BUMP,
        "headline": "Wrap it as a present",
        "reason": "Paper, ribbon, and your words on a card.",
        "accept_label": "Gift wrap for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Als Geschenk verpacken",
                "reason": "Papier, Schleife und eine Karte mit Ihren Worten.",
                "accept_label": "Geschenkverpackung für {price}",
                "decline_label": "Nein danke",
            }
        },
    },
    starts_in_days=5,
)
FREE_DELIVERY = DemoTest(
    experiment={
        "key": "free-delivery-progress",
        "name": "How far to free delivery",
        "moment": Moment.CART,
        "hypothesis": "Shoppers below the free delivery threshold add something small if they see how much is "
        "missing and which product would reach it.",
        "targeting": {
            "all": [
                {"field": "cart_value_minor", "op": "at_least", "value": 3_000},
                {"field": "cart_value_minor", "op": "at_most", "value": 4_999},
            ]
        },
        "priority": 2,  # behind the tests for all carts it would get nobody
        "planned_sample": 600,
        "planned_days": 28,
    },
    treatment={"key": "progress", "name": "Progress and a suggestion"},
    offer={"key": "free-delivery", "name": "Snack boxes", "kind": OfferKind.CROSS_SELL, "price_minor": 265},
    items={"22326": 1},
    widget={
        "layout": Layout.FREE_SHIPPING,
        "headline": "Nearly there",
        "reason": "Four snack boxes that nest in one another.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Fast geschafft",
                "reason": "Vier Brotdosen, die ineinander passen.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
)
COMING = (GIFT_WRAP_LINE, FREE_DELIVERY)
