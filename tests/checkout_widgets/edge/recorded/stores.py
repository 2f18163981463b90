"""The stores that are asked, with the same ids in every database, as tokens hold ids."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db import connection

from checkout_widgets.models import Offer, OfferItem, OfferTier, Product, Widget
from experiments.models import Experiment, Source, Status, Store, Variant

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST_ID = 7_000_000  # above what sequences give in a test
COMPARISON = {"columns": ["Now", ""], "rows": [{"label": "Warmth", "values": ["1", "3"]}]}
GERMAN = {"headline": "Passt gut zu Tee", "accept_label": "Für {price} dazu", "comparison": COMPARISON}
ARABIC = {"headline": "يناسب الشاي", "accept_label": "أضف بسعر {price}"}
COPY = {
    "headline": "Goes well with tea",
    "body": "Save {saving}.",
    "social_proof": "{recent_orders} bought it this month",
    "translations": {"de": GERMAN, "pt_BR": {"headline": "Combina com chá"}, "ar": ARABIC},
}


class Arm(NamedTuple):
    """A treatment: what it sells and how that looks; without an offer, it has no widget."""

    offer: Offer | None
    widget: dict[str, Any] = {}
    weight: int = 1


class Shelf:
    """Makes rows of one store."""

    def __init__(self, ids: "count[int]", slug: str, **fields: Any) -> None:
        self.ids = ids
        self.store = Store.objects.create(
            id=next(ids),
            slug=slug,
            name=slug,
            site_key=f"pk_{slug}",
            secret_key=f"sk_{slug}_0123456789",
            allowed_origins=["https://shop.example", "https://www.shop.example/"],
            **fields,
        )

    def product(self, sku: str, **fields: Any) -> Product:
        defaults = {"title": f"Tea {sku}", "currency": self.store.currency, "price_minor": 990}
        return Product.objects.create(id=next(self.ids), store=self.store, sku=sku, **defaults | fields)

    def offer(self, key: str, *products: Product, tiers: dict[int, int] | None = None, **fields: Any) -> Offer:
        defaults = {"name": key, "currency": self.store.currency, "price_minor": 900, "recent_orders": 40}
        offer = Offer.objects.create(id=next(self.ids), store=self.store, key=key, **defaults | fields)
        for position, product in enumerate(products or [self.product(f"SKU-{key}")]):
            OfferItem.objects.create(offer=offer, product=product, position=position, quantity=1 + position)
        for quantity, price_minor in (tiers or {}).items():
            OfferTier.objects.create(offer=offer, quantity=quantity, price_minor=price_minor)
        return offer

    def test(self, key: str, arms: Sequence[Arm], *, control_weight: int = 1, **fields: Any) -> Experiment:
        defaults = {"name": key, "moment": "cart", "status": Status.RUNNING, "salt": f"{self.store.slug}-{key}"}
        experiment = Experiment.objects.create(
            id=next(self.ids), store=self.store, key=key, started_at=START, **defaults | fields
        )
        self.variant(experiment, "control", is_control=True, weight=control_weight)
        for number, arm in enumerate(arms, 1):
            variant = self.variant(experiment, f"treatment-{number}", weight=arm.weight)
            if arm.offer is not None:
                Widget.objects.create(variant=variant, offer=arm.offer, **COPY | arm.widget)
        return experiment

    def variant(self, experiment: Experiment, key: str, **fields: Any) -> Variant:
        return Variant.objects.create(id=next(self.ids), experiment=experiment, key=key, name=key, **fields)

    def roll_out(self, experiment: Experiment) -> None:
        experiment.status, experiment.decision = Status.CONCLUDED, "roll_out"
        experiment.ended_at = START - DAY
        experiment.rolled_out_variant = experiment.variants.get(key="treatment-1")
        experiment.save()

    def hold_out(self, share: float) -> None:
        self.store.holdout_share = share
        self.store.save()
        holdout = Experiment.objects.create(
            id=next(self.ids),
            store=self.store,
            key="holdout",
            name="Holdout",
            moment="cart",
            status=Status.RUNNING,
            source=Source.HOLDOUT,
        )
        self.variant(holdout, "held-out", is_control=True)
        self.variant(holdout, "offers")


ANY_DEVICE = {"all": [{"field": "device", "op": "in", "value": ["phone", "desktop"]}]}
ANY_OF = {
    "any": [
        {"field": "cart_value_minor", "op": "at_least", "value": 5000},
        {"field": "tags", "op": "contains_any", "value": ["VIP"]},
        {"all": [{"field": "country", "op": "is", "value": "DE"}, {"field": "hour", "op": "at_least", "value": 12}]},
    ]
}
EVERY_FIELD = {
    "all": [
        {"any": [{"field": "language", "op": "starts_with", "value": "d"}]},
        {"field": "customer_type", "op": "is_not", "value": "returning"},
        {"field": "path", "op": "contains", "value": "/cart"},
        {"field": "cart_items", "op": "at_most", "value": 9},
        {"field": "skus", "op": "contains_none", "value": ["SOLD"]},
        {"any": []},
    ]
}
CAMPAIGN = {"field": "utm_source", "op": "in", "value": ["news", "ads"]}
CATEGORY = {"all": [{"any": [{"field": "categories", "op": "contains_all", "value": ["Kitchen"]}]}]}


def make_stores() -> None:
    """Make every store; nothing else may be in the database that the edge could serve."""
    ids = count(FIRST_ID)
    make_plain(Shelf(ids, "plain", timezone="Europe/Berlin"))
    make_busy(Shelf(ids, "busy", timezone="America/New_York", free_shipping_minor=7000, max_offers_per_session=5))
    make_held_out(Shelf(ids, "held-out", timezone="Europe/Berlin"))
    make_consenting(Shelf(ids, "consenting", consent_mode="required", timezone="Nowhere/Land"))
    make_closed(Shelf(ids, "closed"))
    make_kinds(Shelf(ids, "kinds", currency="USD", max_offers_per_session=9, max_offers_per_day=9))
    make_won(Shelf(ids, "won", decline_silence_hours=1))
    make_rotated(Shelf(ids, "rotated"))
    Shelf(ids, "empty", timezone="Asia/Kolkata")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # previews are queries, planned for empty tables otherwise: a hundred times slower


def make_plain(shelf: Shelf) -> None:
    """A test at each moment, with targeting of one rule, of groups, and with none."""
    for moment, rules in [("cart", {}), ("exit_intent", ANY_DEVICE), ("payment", ANY_OF), ("shipping", EVERY_FIELD)]:
        shelf.test(f"at-{moment}", [Arm(shelf.offer(moment))], moment=moment, targeting=rules)
    shelf.test("at-confirmation", [Arm(shelf.offer("c"))], moment="confirmation", targeting=CAMPAIGN)
    shelf.test("at-follow-up", [Arm(shelf.offer("f"))], moment="follow_up", targeting=CATEGORY)


def make_busy(shelf: Shelf) -> None:
    """Several tests for one moment by priority, shares of the traffic, weights, layouts by device."""
    narrow = {"all": [{"field": "orders", "op": "at_least", "value": 3}, CAMPAIGN]}
    shelf.test("first", [Arm(shelf.offer("first"))], priority=9, targeting=narrow)
    arms = [
        Arm(shelf.offer("two"), {"layout": "line", "phone_layout": "free_shipping"}, weight=3),
        Arm(shelf.offer("three"), {"layout": "free_shipping"}, weight=2),
        Arm(shelf.offer("four"), {"layout": "comparison", "comparison": COMPARISON}),
    ]
    shelf.test("second", arms, control_weight=2, priority=5, traffic_share=0.4)
    shelf.test("third", [Arm(shelf.offer("last"), {"theme": {"accent": "#123456"}})], traffic_share=0.7)
    ramp = [{"share": 0.1, "days": 2}]
    shelf.test("ramping", [Arm(shelf.offer("ramp"))], moment="shipping", ramp_plan=ramp)
    shelf.test("unreadable", [Arm(shelf.offer("lost"))], moment="payment", targeting={"field": "shoe_size"})


def make_held_out(shelf: Shelf) -> None:
    """A holdout in front of a test, a rolled-out winner and a test that is paused."""
    shelf.hold_out(0.4)
    shelf.test("cart", [Arm(shelf.offer("cart"))], targeting=ANY_DEVICE)
    shelf.roll_out(shelf.test("winner", [Arm(shelf.offer("winner"))], moment="confirmation"))
    shelf.test("paused", [Arm(shelf.offer("paused"))], moment="payment", status=Status.PAUSED)


def make_consenting(shelf: Shelf) -> None:
    """A store that waits for consent and holds out without an experiment that measures it."""
    Store.objects.filter(pk=shelf.store.pk).update(holdout_share=0.2)
    for moment in ("cart", "shipping", "payment", "exit_intent", "confirmation"):
        shelf.test(
            f"at-{moment}",
            [Arm(shelf.offer(moment), {"layout": "comparison", "comparison": COMPARISON})],
            moment=moment,
        )


def make_closed(shelf: Shelf) -> None:
    """Tests that are for nobody now, or at some of the moments of the questions."""
    gone = shelf.product("gone", is_active=False)
    shelf.test("sold-out", [Arm(shelf.offer("out", shelf.product("out", stock=1), shelf.product("o2", stock=1)))])
    shelf.test("not-sold", [Arm(shelf.offer("gone", gone))], moment="shipping")
    shelf.test("ends", [Arm(shelf.offer("a"))], moment="payment", ends_at=START + 12 * DAY / 24)
    shelf.test("starts", [Arm(shelf.offer("b"))], moment="exit_intent", starts_at=START + 12 * DAY / 24)
    ending = shelf.offer("c", ends_at=START + 39 * DAY, starts_at=START - DAY)
    shelf.test("offer-ends", [Arm(ending), Arm(shelf.offer("d"))], moment="confirmation")
    shelf.test("no-widget", [Arm(None)], moment="follow_up")
    shelf.test("paused", [Arm(shelf.offer("e"))], moment="cart", status=Status.PAUSED, priority=3)


def make_kinds(shelf: Shelf) -> None:
    """Offers of every kind: upgrades, tiers, subscriptions, another currency, few left."""
    old, new = shelf.product("OLD"), shelf.product("NEW", price_minor=1990)
    upgrade = shelf.offer("upgrade", new, kind="upgrade", replaces=old, price_minor=1500)
    shelf.test("upgrade", [Arm(upgrade, {"layout": "comparison", "body": "Only {difference} more"})], priority=2)
    tiers = shelf.offer("tiers", kind="quantity_break", tiers={2: 1700, 5: 3900}, price_minor=990)
    shelf.test("tiers", [Arm(tiers, {"layout": "quantity_break", "phone_layout": "card"})], moment="cart")
    monthly = shelf.offer("monthly", kind="subscription", billing_period="month", compare_at_minor=1200)
    shelf.test("monthly", [Arm(monthly, {"terms_url": "https://shop.example/terms"})], moment="payment")
    euros = shelf.offer("euros", currency="EUR")
    shelf.test("euros", [Arm(euros), Arm(shelf.offer("dollars"))], moment="shipping")
    few = shelf.offer("few", shelf.product("few", stock=3, image_url="https://shop.example/few.png"))
    shelf.test("few", [Arm(few, {"layout": "dialog"})], moment="exit_intent")
    bundle = shelf.offer("bundle", shelf.product("A"), shelf.product("B"), kind="bundle", stock_limit=8)
    shelf.test("bundle", [Arm(bundle, {"layout": "bundle"})], moment="confirmation")


def make_won(shelf: Shelf) -> None:
    """Rolled-out winners behind a running test."""
    shelf.test("running", [Arm(shelf.offer("a"))], traffic_share=0.3)
    shelf.roll_out(shelf.test("older", [Arm(shelf.offer("b"))], targeting=CATEGORY))
    shelf.roll_out(shelf.test("newer", [Arm(shelf.offer("c"))], targeting=CAMPAIGN))
    shelf.roll_out(shelf.test("ended", [Arm(shelf.offer("d", ends_at=START))], moment="payment"))


def make_rotated(shelf: Shelf) -> None:
    """A store whose secret key was replaced twice; the older one ends while questions are asked."""
    for moment in ("cart", "shipping", "payment", "exit_intent", "confirmation"):
        shelf.test(f"at-{moment}", [Arm(shelf.offer(moment), {"layout": "free_shipping"})], moment=moment)
    shelf.test("mail", [Arm(shelf.offer("mail"))], moment="follow_up")
    Store.objects.filter(pk=shelf.store.pk).update(
        free_shipping_minor=6000,
        previous_secret_key="sk_previous_0123456789",
        previous_secret_key_expires_at=START + 7 * DAY,
        older_secret_keys=[{"secret": "sk_older_0123456789", "expires_at": (START + DAY / 24).isoformat()}],
    )
