"""What the demo store tested in the months before, with what it learned; and a real experiment that is over."""

from checkout_widgets.models import Layout, OfferKind
from demo.demo_tests.definition import DemoTest, Traffic
from experiments.models import Decision, Moment

T_LIGHT_HOLDER = DemoTest(
    experiment={
        "key": "t-light-holder",
        "name": "A t-light holder, once the order is placed",
        "moment": Moment.CONFIRMATION,
        "tags": ["confirmation"],
        "planned_sample": 3_500,
        "hypothesis": "Shoppers add a small product at a small price without a second thought, and the order value "
        "rises.",
    },
    treatment={"key": "card", "name": "T-light holder"},
    offer={"key": "t-light-holder", "name": "T-light holder", "kind": OfferKind.CROSS_SELL, "price_minor": 225},
    items={"85123A": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "A little light?",
        "reason": "It hangs in any window.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
    },
    # so many visitors that an effect that matters would have shown
    traffic=Traffic(visitors=8_000, aov_lift=0.0, conversion_lift=0.0, seed=43, days=14),
    ended_days_ago=139,
    concluded={
        "decision": Decision.KEEP_CONTROL,
        "learning": "Hardly anybody added it, and orders are worth the same, within 2%: no difference that matters.",
        "next_step": "Offer something larger that fits what was ordered, and give the reason.",
    },
)
SPICE_TINS = DemoTest(
    experiment={
        "key": "spice-tins-discount",
        "name": "Spice tins at half price in the cart",
        "moment": Moment.CART,
        "planned_sample": 750,
        "hypothesis": "A very low price makes shoppers add the spice tins, and buy more along with them.",
    },
    treatment={"key": "half-price", "name": "Half price"},
    offer={
        "key": "spice-tins-discount",
        "name": "Spice tins at half price",
        "kind": OfferKind.DISCOUNT,
        "price_minor": 195,
    },
    items={"22722": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Half price, today with your order",
        "body": "Six tins for the pantry.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
    },
    traffic=Traffic(visitors=1_600, aov_lift=-0.09, conversion_lift=0.06, seed=12, days=14),
    ended_days_ago=111,
    concluded={
        "decision": Decision.ITERATE,
        "learning": "No clear gain: perhaps a few more orders, each worth less. Shoppers who would have paid the full "
        "price took the discount too.",
        "next_step": "Keep the discount small and give a reason instead.",
    },
)
EXIT_DISCOUNT = DemoTest(
    experiment={
        "key": "exit-discount",
        "name": "Something for less, before they go",
        "moment": Moment.EXIT_INTENT,
        "planned_sample": 750,
        "hypothesis": "Shoppers who are about to leave stay for a bargain.",
    },
    treatment={"key": "bargain", "name": "A bargain in a dialog"},
    offer={"key": "exit-discount", "name": "Jam making set for less", "kind": OfferKind.DISCOUNT, "price_minor": 325},
    items={"22960": 1},
    widget={
        "layout": Layout.DIALOG,
        "headline": "Before you go: jam for less",
        "body": "The set with jars, with this order alone.",
        "accept_label": "Take it for {price}",
        "decline_label": "No thanks",
    },
    traffic=Traffic(visitors=1_600, aov_lift=0.004, conversion_lift=0.0, seed=13, days=14),
    ended_days_ago=83,
    concluded={
        "decision": Decision.KEEP_CONTROL,
        "learning": "Price is not why shoppers leave: no clear difference, and the discount cost margin.",
        "next_step": "Offer a set that completes the order instead of a lower price.",
    },
)
NAPKINS = DemoTest(
    experiment={
        "key": "napkins-at-payment",
        "name": "Napkins at payment",
        "moment": Moment.PAYMENT,
        "planned_sample": 950,
        "hypothesis": "Shoppers forget napkins until the last moment. At payment they add them quickly.",
    },
    treatment={"key": "card", "name": "Napkins beside the card"},
    offer={"key": "napkins-at-payment", "name": "Napkins", "kind": OfferKind.CROSS_SELL, "price_minor": 75},
    items={"21080": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Napkins for the party?",
        "reason": "They match the cups.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
    },
    traffic=Traffic(visitors=2_000, aov_lift=0.01, conversion_lift=-0.26, seed=14, days=14),
    ended_days_ago=55,
    concluded={
        "decision": Decision.KEEP_CONTROL,
        "learning": "Products at payment send shoppers back to browsing: fewer of them ordered, and the napkins "
        "didn't make up for it.",
        "next_step": "At payment offer only what belongs to the order itself, such as cover or delivery.",
    },
)
GIFT_WRAP = DemoTest(
    experiment={
        "key": "gift-wrap-card",
        "name": "Gift wrap as a card at delivery",
        "moment": Moment.SHIPPING,
        "planned_sample": 750,
        "hypothesis": "Half of our orders are presents. Gift wrap, offered at delivery, saves the shopper an errand.",
    },
    treatment={"key": "card", "name": "A card"},
    offer={"key": "gift-wrap-card", "name": "Gift wrap", "kind": OfferKind.CROSS_SELL, "price_minor": 295},
    items={"WRAP": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "Is it a present?",
        "body": "Wrapped in paper with a ribbon, with your words on a card.",
        "accept_label": "Wrap it for {price}",
        "decline_label": "No thanks",
    },
    traffic=Traffic(visitors=1_600, aov_lift=0.012, conversion_lift=-0.02, seed=15, days=14, lost=0.3),
    ended_days_ago=34,
    concluded={
        "decision": Decision.ITERATE,
        "learning": "The card's script failed in older browsers, so a third of its visitors are missing: the split is "
        "broken, and whatever the figures say may come from that.",
        "next_step": "Run it again as a line with a checkbox, which needs no script of its own.",
    },
)
THANK_YOU_TINS = DemoTest(
    experiment={
        "key": "thank-you-cake-tins",
        "name": "Cake tins, once the order is placed",
        "moment": Moment.CONFIRMATION,
        "planned_sample": 750,
        "hypothesis": "Once the order is placed, an offer can't cost it: a set in the same parcel is worth a second "
        "look.",
    },
    treatment={"key": "same-parcel", "name": "In the same parcel"},
    offer={
        "key": "thank-you-cake-tins",
        "name": "Cake tins in the same parcel",
        "kind": OfferKind.CROSS_SELL,
        "price_minor": 395,
    },
    items={"22720": 1},
    widget={
        "layout": Layout.CARD,
        "headline": "One more thing for the same parcel?",
        "reason": "Packed with your order: no second delivery to pay.",
        "accept_label": "Add for {price}",
        "decline_label": "No thanks",
    },
    traffic=Traffic(visitors=1_600, aov_lift=0.06, conversion_lift=0.0, seed=16, days=14),
    ended_days_ago=20,
    concluded={
        "decision": Decision.ROLL_OUT,
        "learning": "The same parcel is a reason that convinces: order values rose, and no order was lost, since all "
        "of them were placed before.",
        "next_step": "Rolled out to all visitors. Next: choose the product by what was ordered.",
    },
)
PAST = (T_LIGHT_HOLDER, SPICE_TINS, EXIT_DISCOUNT, NAPKINS, GIFT_WRAP, THANK_YOU_TINS)

HILLSTROM = {
    "moment": Moment.FOLLOW_UP,
    "hypothesis": "An email to customers of the last twelve months brings more revenue within two weeks than none. "
    "64,000 of them were randomized to men's merchandise, women's merchandise, or no email (Hillstrom 2008).",
    "decision": Decision.ROLL_OUT,
    "learning": "Both emails pay, and men's merchandise pays most: revenue per customer was 1.42 with it, 1.08 with "
    "women's and 0.65 with none. It came from more orders (267 and 189 against 122), not from larger ones.",
    "next_step": "Send women's merchandise only to those who bought it before, and test that against men's for all.",
}
