"""Tests to begin with: the rows of the moments playbook, and the questions that teams ask first."""

from dataclasses import dataclass
from functools import cache

from checkout_widgets.models import OfferKind
from checkout_widgets.models.widget import Layout
from experiments.models import Metric, Moment
from experiments.models.experiment import UNDELIVERED
from experiments.programme.moments import PlaybookMoment, playbook_moments

GUARDED = ({"metric": Metric.CONVERSION.value, "margin": -0.02},)
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A treatment with a first draft of its words. ``offer`` numbers the offer that it sells, from 0: arms with the
    same number sell the same."""

    key: str
    name: str
    layout: Layout
    headline: str
    body: str = ""
    reason: str = ""
    accept_label: str = "Add for {price}"
    offer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A test as it is usually set up. ``lift`` is what it should be able to find, as a fraction; ``moment`` is where it
    is usually run; ``trigger`` says in words when it shows. ``signal`` is what the draft's targeting keeps to
    (``signals.py``), in whose words ``{shown}`` in the hypothesis is."""

    key: str
    name: str
    question: str
    hypothesis: str
    moment: Moment
    kind: OfferKind
    arms: tuple[Arm, ...]
    lift: float
    planned_days: int
    trigger: str
    signal: str = ""
    window_days: int = WEEK
    expected: tuple[float, float] | None = None

    @property
    def offers(self) -> int:
        """How many different offers it needs."""
        return len({arm.offer for arm in self.arms})

    @property
    def is_undelivered(self) -> bool:
        """Whether nothing delivers it yet, so that a draft can be made and not launched."""
        return self.moment in UNDELIVERED

    def hypothesis_shown(self, shown: str) -> str:
        """The hypothesis of an offer that is shown so: ``to first-time buyers``."""
        return self.hypothesis.replace("{shown}", shown)


TRIGGERS = {
    Moment.CART: "when its place in the cart has been in view for a second",
    Moment.SHIPPING: "when a delivery is chosen",
    Moment.PAYMENT: "when the payment step is reached or the method changed",
    Moment.EXIT_INTENT: "when the shopper is about to leave",
    Moment.CONFIRMATION: "when the order is placed",
    Moment.FOLLOW_UP: "in an e-mail after the order",
}
KINDS = {
    "related accessory": OfferKind.CROSS_SELL,
    "accessory add-on": OfferKind.CROSS_SELL,
    "bundle": OfferKind.BUNDLE,
    "intro bundle": OfferKind.BUNDLE,
    "discount micro-offer": OfferKind.DISCOUNT,
    "expedited shipment": OfferKind.EXPEDITED_SHIPPING,
    "insurance add-on": OfferKind.INSURANCE,
    "one-click upgrade": OfferKind.UPGRADE,
    "premium warranty": OfferKind.PROTECTION_PLAN,
    "bundled accessory": OfferKind.BUNDLE,
    "limited-time bundle": OfferKind.BUNDLE,
    "protection plan": OfferKind.PROTECTION_PLAN,
    "subscription": OfferKind.SUBSCRIPTION,
    "accessory": OfferKind.CROSS_SELL,
    "cross-sell": OfferKind.CROSS_SELL,
    "onboarding add-on": OfferKind.ONBOARDING,
    "cross-sell with a reason": OfferKind.CROSS_SELL,
    "premium version": OfferKind.UPGRADE,
    "annual plan": OfferKind.SUBSCRIPTION,
}
# layout, headline, reason and the button's words, to begin with
DRAFTS: dict[OfferKind, tuple[Layout, str, str, str]] = {
    OfferKind.CROSS_SELL: (Layout.CARD, "Goes well with your order", "Fits what is in your cart.", "Add for {price}"),
    OfferKind.UPGRADE: (Layout.CARD, "Take the better one", "More of what you chose it for.", "Switch for {price}"),
    OfferKind.BUNDLE: (Layout.BUNDLE, "The set is {saving} less", "All you need.", "Take the set for {price}"),
    OfferKind.QUANTITY_BREAK: (Layout.QUANTITY_BREAK, "Take more, pay less for each", "", "Take it for {price}"),
    OfferKind.PROTECTION_PLAN: (Layout.BUMP, "Add cover for {price}", "Repaired after spills.", "Add for {price}"),
    OfferKind.EXPEDITED_SHIPPING: (Layout.LINE, "Have it sooner", "Goes out first.", "Switch for {price}"),
    OfferKind.INSURANCE: (Layout.BUMP, "Insure it for {price}", "Lost on the way: replaced.", "Insure for {price}"),
    OfferKind.SUBSCRIPTION: (Layout.CARD, "Never run out", "Cancel at any time.", "Subscribe for {price}"),
    OfferKind.DISCOUNT: (Layout.LINE, "One more for {saving} less", "", "Add for {price}"),
    OfferKind.ONBOARDING: (Layout.CARD, "Get started right", "All you need for the first week.", "Add for {price}"),
}  # fmt: skip


@cache
def templates() -> dict[str, Template]:
    """All templates by key: questions first, then the playbook along the checkout."""
    return {template.key: template for template in (*QUESTIONS, *map(from_playbook, playbook_moments()))}


def from_playbook(row: PlaybookMoment) -> Template:
    """A row of the playbook as a test of its offer against nothing."""
    kind = KINDS[row.offer]
    low, high = row.lift_low, row.lift_high
    return Template(
        key=row.key,
        name=row.name,
        question=f"{row.signal.capitalize()}: {row.offer}.",
        hypothesis=f"The offer ({row.offer}), shown {{shown}}, raises order values by {low:.0%} to {high:.0%} and "
        "costs no orders.",
        signal=row.signal,
        moment=row.moment,
        kind=kind,
        arms=(drafted(kind, "offer", row.name, is_dialog=row.moment == Moment.EXIT_INTENT),),
        lift=row.lift_middle,
        planned_days=whole_weeks(max(2 * WEEK, row.window_days)),
        trigger=TRIGGERS[row.moment],
        expected=(low, high),
    )


def whole_weeks(days: int) -> int:
    """The days, rounded up: weekdays and weekends differ."""
    return -(-days // WEEK) * WEEK


def drafted(kind: OfferKind, key: str, name: str, *, is_dialog: bool = False, offer: int = 0) -> Arm:
    """A treatment in the usual words of its kind."""
    layout, headline, reason, accept_label = DRAFTS[kind]
    shown = Layout.DIALOG if is_dialog else layout
    return Arm(
        key=key, name=name, layout=shown, headline=headline, reason=reason, accept_label=accept_label, offer=offer
    )


def question(
    key: str, name: str, text: str, hypothesis: str, *arms: Arm, kind: OfferKind = OfferKind.CROSS_SELL, lift: float
) -> Template:
    """A question that is usually asked in the cart first."""
    return Template(
        key=key,
        name=name,
        question=text,
        hypothesis=hypothesis,
        moment=Moment.CART,
        kind=kind,
        arms=arms,
        lift=lift,
        planned_days=2 * WEEK,
        trigger=TRIGGERS[Moment.CART],
    )


def card(key: str, name: str, headline: str = "Goes well with your order", **fields: str | int | Layout) -> Arm:
    """A treatment as an inline card, but for what is said otherwise."""
    return Arm(**{"key": key, "name": name, "layout": Layout.CARD, "headline": headline} | fields)  # type: ignore[arg-type]


QUESTIONS = (
    question(
        "offer-or-nothing", "Offer or nothing", "Does the offer earn more than it disturbs?",
        "An offer that fits the cart raises revenue per visitor and costs no orders.",
        card("offer", "Offer", reason="Often bought together."), lift=0.08,
    ),
    question(
        "reason", "With or without a reason", "Does saying why help?",
        "A reason that names what is in the cart is taken more often than the product alone.",
        card("plain", "Without a reason"), card("reason", "With a reason", reason="Often bought together."), lift=0.05,
    ),
    question(
        "one-or-two", "One product or two", "Does a second product add to the first, or hide it?",
        "Two products give more shoppers something that fits; more to read may cost some.",
        card("one", "One product"), card("two", "Two products", offer=1), lift=0.06,
    ),
    question(
        "bundle-or-single", "Bundle or single item", "Does a set for less sell better than the item alone?",
        "A set with a visible saving raises order values by more than its discount.",
        card("single", "Single item"),
        drafted(OfferKind.BUNDLE, "bundle", "Bundle", offer=1), kind=OfferKind.BUNDLE, lift=0.08,
    ),
    question(
        "price", "Price A or B", "Which price earns more per visitor?",
        "The lower price is taken more often; whether that earns more, only revenue per visitor tells.",
        card("price-a", "Price A"), card("price-b", "Price B", offer=1), lift=0.05,
    ),
    question(
        "copy", "Copy", "Which words sell?",
        "Naming what the shopper gets is taken more often than naming the product.",
        card("product", "Names the product"), card("benefit", "Names the benefit", "Makes it last longer"), lift=0.04,
    ),
    question(
        "layout", "Layout", "Card or line?",
        "A card is seen by more; a line disturbs less.",
        card("card", "Inline card"), card("line", "Compact line", layout=Layout.LINE), lift=0.04,
    ),
    question(
        "curated-or-recommended", "Curated or recommended", "Who picks better: the buyer, or past orders?",
        "What past orders have together with the cart is taken more often than a product picked by hand.",
        card("curated", "Picked by hand"),
        card("recommended", "From past orders", reason="Often bought together.", offer=1), lift=0.05,
    ),
)  # fmt: skip
