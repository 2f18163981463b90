"""The tests that run in the demo store; one of them does harm, and its guardrail pauses it."""

from checkout_widgets.models import Layout, OfferKind
from demo.demo_tests.definition import DemoSequence, DemoTest, Traffic
from experiments.models import Moment, PlanVersion

CART_ACCESSORY = DemoTest(
    experiment={
        "key": "cart-accessory",
        "name": "A cake stand beside the cart",
        "moment": Moment.CART,
        "hypothesis": "Most carts hold things for a party or a table. If the cart shows our best seller with the "
        "reason why it fits, at a small discount, more shoppers add it and revenue per visitor rises; nobody leaves "
        "because of it, since the offer is one card below what they chose.",
        "targeting": {"all": [{"field": "cart_value_minor", "op": "at_least", "value": 1}]},
        "planned_sample": 2_400,
        "tags": ["cart", "best sellers"],
    },
    treatment={"key": "with-reason", "name": "Cake stand, with a reason"},
    offer={"key": "cakestand", "name": "Cake stand for less", "kind": OfferKind.CROSS_SELL, "price_minor": 1095},
    items={"22423": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Something to put it on?",
        "reason": "Three tiers of cake, no more room on the table needed.",
        "social_proof": "Our best seller: in {sold} past orders.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Noch etwas zum Anrichten?",
                "reason": "Drei Etagen Kuchen auf dem Platz von einer.",
                "social_proof": "Unser Bestseller: in {sold} früheren Bestellungen.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
    # read to its planned end, and clearly ahead: the report to begin with
    traffic=Traffic(visitors=7_400, aov_lift=0.12, conversion_lift=0.03, seed=8, days=25, planned_days=21),
)
EXIT_BUNDLE = DemoTest(
    experiment={
        "key": "exit-bundle",
        "name": "Tea for two, before you go",
        "moment": Moment.EXIT_INTENT,
        "hypothesis": "Shoppers who are about to leave a full cart often look for one more reason to order today. A "
        "set at a fair price gives some of them that reason; conversion is the guardrail: a dialog can also annoy.",
        "planned_sample": 1_500,
        "tags": ["exit", "bundles"],
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
    # Ahead because of its first days: who came later took it for nothing new. No effect of its own, as with a small
    # one the later days alone came to a win by chance.
    traffic=Traffic(
        visitors=4_600,
        aov_lift=0.0,
        conversion_lift=0.0,
        seed=9,
        days=25,
        planned_days=21,
        new_days=3,
        new_lift=1.6,
    ),
)
LUNCH_BAGS = DemoTest(
    experiment={
        "key": "lunch-bags-by-the-three",
        "name": "Lunch bags by the three",
        "moment": Moment.CART,
        "priority": 1,
        "hypothesis": "Shoppers who buy one lunch bag often need more of them. Prices for three and six, shown beside "
        "the bag in the cart, make some carts larger and cost no orders.",
        "targeting": {
            "field": "skus",
            "op": "contains_any",
            "value": ["20725", "20726", "22382", "20728", "22662", "22383"],
        },
        "planned_sample": 3_000,
        "tags": ["cart", "quantity"],
    },
    treatment={"key": "by-the-three", "name": "Three or six for less"},
    offer={"key": "lunch-bags", "name": "Lunch bags", "kind": OfferKind.QUANTITY_BREAK, "price_minor": 165},
    items={"20725": 1},
    tiers={3: 445, 6: 840},
    widget={
        "layout": Layout.QUANTITY_BREAK,
        "headline": "More lunch bags, less for each",
        "reason": "They fold flat, and one is always in the wash.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Mehr Lunchtaschen, weniger für jede",
                "reason": "Sie lassen sich flach falten, und eine ist immer in der Wäsche.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
    traffic=Traffic(visitors=3_000, aov_lift=0.02, conversion_lift=0.0, seed=5),
)
EVENING_DELIVERY = DemoTest(
    experiment={
        "key": "evening-delivery",
        "name": "Evening delivery, once a delivery is chosen",
        "moment": Moment.SHIPPING,
        "hypothesis": "Parcels that arrive while nobody is home are a nuisance. Offered beside the delivery options, "
        "an evening slot is worth a little to many shoppers. The box is never ticked for them.",
        "planned_sample": 6_000,
    },
    treatment={"key": "checkbox", "name": "Checkbox"},
    offer={
        "key": "evening-delivery",
        "name": "Evening delivery",
        "kind": OfferKind.EXPEDITED_SHIPPING,
        "price_minor": 195,
    },
    items={"EVENING": 1},
    widget={
        "layout": Layout.BUMP,
        "headline": "Deliver it between 6 and 9 pm",
        "reason": "For everybody who is out by day.",
        "accept_label": "Evening delivery for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Zwischen 18 und 21 Uhr liefern",
                "reason": "Für alle, die tagsüber unterwegs sind.",
                "accept_label": "Abendlieferung für {price}",
                "decline_label": "Nein danke",
            }
        },
    },
    traffic=Traffic(visitors=2_000, aov_lift=0.004, conversion_lift=0.01, seed=4),
)
BREAKAGE_COVER = DemoTest(
    experiment={
        "key": "breakage-cover",
        "name": "Breakage cover as a checkbox",
        "moment": Moment.PAYMENT,
        "hypothesis": "China breaks. A year of cover at a small price reassures shoppers who buy a present. As a "
        "checkbox beside the card it doesn't get in the way of paying, as the dialog did.",
        "planned_sample": 6_000,
        "tags": ["payment", "services"],
    },
    treatment={"key": "checkbox", "name": "Checkbox"},
    offer={
        "key": "breakage-cover",
        "name": "Breakage cover",
        "kind": OfferKind.PROTECTION_PLAN,
        "price_minor": 245,
    },
    items={"COVER": 1},
    widget={
        "layout": Layout.BUMP,
        "headline": "Cover it against breakage for a year",
        "reason": "If something breaks, we send it again.",
        "accept_label": "Cover for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Ein Jahr gegen Bruch absichern",
                "reason": "Geht etwas zu Bruch, schicken wir es noch einmal.",
                "accept_label": "Absichern für {price}",
                "decline_label": "Nein danke",
            }
        },
    },
    # Who has chosen a delivery comes to the payment next; a shopper who declined there is spared this box.
    traffic=Traffic(
        visitors=2_000,
        aov_lift=0.004,
        conversion_lift=0.0,
        seed=6,
        shared_with="evening-delivery",
        displaced=0.15,
    ),
)
COVER_DIALOG = DemoTest(
    experiment={
        "key": "breakage-cover-dialog",
        "name": "Breakage cover in a dialog",
        "moment": Moment.PAYMENT,
        "priority": 1,
        "hypothesis": "Every shopper sees a dialog at payment, so more of them take the cover than with an offer "
        "beside the card. Conversion is the guardrail.",
        "is_pausing_on_harm": True,
        # by the older rules, which count everybody at once: its report shows the harm that paused it within days
        "plan_version": PlanVersion.DAILY,
        "planned_sample": 6_000,
    },
    treatment={"key": "dialog", "name": "A dialog at payment"},
    offer={
        "key": "breakage-cover-dialog",
        "name": "Breakage cover, in a dialog",
        "kind": OfferKind.PROTECTION_PLAN,
        "price_minor": 245,
    },
    items={"COVER": 1},
    widget={
        "layout": Layout.DIALOG,
        "headline": "Cover your order against breakage?",
        "body": "If something breaks within a year, we send it again.",
        "accept_label": "Cover for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Bestellung gegen Bruch absichern?",
                "body": "Geht innerhalb eines Jahres etwas zu Bruch, schicken wir es noch einmal.",
                "accept_label": "Absichern für {price}",
                "decline_label": "Nein danke",
            }
        },
    },
    # a loss so large that the guardrail is crossed within days, and pauses the test
    traffic=Traffic(visitors=3_200, aov_lift=0.004, conversion_lift=-0.35, seed=7, days=4),
)
NAPKINS_AFTERWARDS = DemoTest(
    experiment={
        "key": "napkins-afterwards",
        "name": "Napkins in the same parcel",
        "moment": Moment.CONFIRMATION,
        "hypothesis": "Once the order is placed, napkins at a small price are easy to add, and cost no order.",
        "planned_sample": 1_500,
        "tags": ["confirmation"],
    },
    treatment={"key": "same-parcel", "name": "In the same parcel"},
    offer={
        "key": "napkins-afterwards",
        "name": "Napkins in the same parcel",
        "kind": OfferKind.CROSS_SELL,
        "price_minor": 75,
    },
    items={"21080": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Napkins for the table?",
        "reason": "They travel in the same parcel.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Servietten für den Tisch?",
                "reason": "Sie reisen im selben Paket.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
    # so young that nobody's outcome counts yet
    traffic=Traffic(visitors=180, aov_lift=0.01, conversion_lift=0.0, seed=3, days=1, planned_days=14),
)
BAKING_SEQUENCE = DemoTest(
    experiment={
        "key": "one-offer-or-two",
        "name": "One offer or two, once the order is placed",
        "moment": Moment.CONFIRMATION,
        "priority": 1,
        # the other half see the test of napkins
        "traffic_share": 0.5,
        "hypothesis": "Shoppers who have just added a baking set add the recipe box that goes with it, too. A second "
        "offer after a yes brings more than one offer alone, as long as no more of it comes back.",
        "planned_sample": 330,
        "tags": ["confirmation", "sequences"],
    },
    treatment={"key": "one", "name": "One offer"},
    offer={"key": "baking-set", "name": "Baking set", "kind": OfferKind.CROSS_SELL, "price_minor": 425},
    items={"22138": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "A baking set for the same parcel",
        "reason": "Nine pieces, for {saving} less with your order.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
        "translations": {
            "de": {
                "headline": "Ein Backset in dasselbe Paket",
                "reason": "Neun Teile, mit Ihrer Bestellung {saving} günstiger.",
                "accept_label": "Für {price} hinzufügen",
                "decline_label": "Nein danke",
            }
        },
    },
    sequence=DemoSequence(
        treatment={"key": "two", "name": "A second offer after a yes"},
        offer={"key": "recipe-box", "name": "Recipe box", "kind": OfferKind.CROSS_SELL, "price_minor": 245},
        items={"22666": 1},
        widget={
            "layout": Layout.CARD,
            "headline": "A box for the recipes",
            "reason": "It matches the baking set that you just added.",
            "accept_label": "Add for {price}",
            "decline_label": "No thanks",
            "translations": {
                "de": {
                    "headline": "Eine Box für die Rezepte",
                    "reason": "Sie passt zum Backset, das Sie gerade hinzugefügt haben.",
                    "accept_label": "Für {price} hinzufügen",
                    "decline_label": "Nein danke",
                }
            },
        },
    ),
    # at its planned end, and many orders come back late: its verdict waits for refunds
    traffic=Traffic(
        visitors=3_200,
        aov_lift=0.07,
        conversion_lift=0.0,
        seed=21,
        days=21,
        refund_share=0.2,
        refund_weeks=3,
        second_take_rate=0.45,
    ),
)
RUNNING = (
    CART_ACCESSORY,
    LUNCH_BAGS,
    EVENING_DELIVERY,
    BREAKAGE_COVER,
    COVER_DIALOG,
    EXIT_BUNDLE,
    NAPKINS_AFTERWARDS,
    BAKING_SEQUENCE,
)
