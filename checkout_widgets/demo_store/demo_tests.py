"""What the demo tests: two experiments that run in the demo store, and the words on a real one that is over."""

from typing import Any, NamedTuple

from checkout_widgets.models import Layout, OfferKind
from experiments.models import Decision, Moment


class DemoTest(NamedTuple):
    """An experiment with one treatment; an offer's price is for ``items``, which map stock codes to quantities."""

    experiment: dict[str, Any]
    treatment: dict[str, Any]
    offer: dict[str, Any]
    items: dict[str, int]
    widget: dict[str, Any]


CART_ACCESSORY = DemoTest(
    experiment={
        "key": "cart-accessory",
        "name": "A cake stand beside the cart",
        "moment": Moment.CART,
        "hypothesis": "Most carts hold things for a party or a table. If the cart shows our best seller with the "
        "reason why it fits, at a small discount, more shoppers add it and revenue per visitor rises; nobody leaves "
        "because of it, since the offer is one card below what they chose.",
        "targeting": {"all": [{"field": "cart_value_minor", "op": "at_least", "value": 1}]},
        "planned_sample": 8_000,
    },
    treatment={"key": "with-reason", "name": "Cake stand, with a reason"},
    offer={"key": "cakestand", "name": "Cake stand for less", "kind": OfferKind.CROSS_SELL, "price_minor": 1095},
    items={"22423": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Something to put it on?",
        "reason": "Three tiers of cake, no more room on the table needed.",
        "social_proof": "Our best seller: in {share}% of past orders.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Noch etwas zum Anrichten?",
                "reason": "Drei Etagen Kuchen auf dem Platz von einer.",
                "social_proof": "Unser Bestseller: in {share} % aller Bestellungen.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
)
EXIT_BUNDLE = DemoTest(
    experiment={
        "key": "exit-bundle",
        "name": "Tea for two, before you go",
        "moment": Moment.EXIT_INTENT,
        "hypothesis": "Shoppers who are about to leave a full cart often look for one more reason to order today. A "
        "set at a fair price gives some of them that reason; conversion is the guardrail: a dialog can also annoy.",
        "planned_sample": 5_000,
    },
    treatment={"key": "tea-set", "name": "Tea set in a dialog"},
    offer={"key": "tea-for-two", "name": "Tea for two", "kind": OfferKind.BUNDLE, "price_minor": 750},
    items={"22699": 1, "22697": 1, "23170": 2},
    widget={
        "layout": Layout.DIALOG,
        "headline": "Before you go: tea for two, {saving} less",
        "body": "Two Regency teacups with saucers and two plates that match. They travel in the same parcel.",
        "accept_label": "Take the set for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Bevor Sie gehen: Tee für zwei, {saving} günstiger",
                "body": "Zwei Regency-Teetassen mit Untertassen und zwei passende Teller. Sie reisen im selben Paket.",
                "accept_label": "Das Set für {price} nehmen",
                "decline_label": "Nein danke",
            }
        },
    },
)
DEMO_TESTS = (CART_ACCESSORY, EXIT_BUNDLE)

HILLSTROM = {
    "moment": Moment.FOLLOW_UP,
    "hypothesis": "An e-mail to customers of the last twelve months brings more revenue within two weeks than none. "
    "64,000 of them were randomised to men's merchandise, women's merchandise, or no e-mail (Hillstrom 2008).",
    "decision": Decision.ROLL_OUT,
    "learning": "Both e-mails pay, and men's merchandise pays most: revenue per customer was 1.42 with it, 1.08 with "
    "women's and 0.65 with none. It came from more orders (267 and 189 against 122), not from larger ones.",
    "next_step": "Send women's merchandise only to those who bought it before, and test that against men's for all.",
}
