"""Tests to begin with: the rows of the moments playbook, and the questions that teams ask first."""

from dataclasses import dataclass, replace
from functools import cache

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from checkout_widgets.models import OfferKind, OfferPairing, PairSource, ShopperAnswer
from checkout_widgets.models.widget import Layout
from experiments import formatting
from experiments.models import Metric, Moment
from experiments.models.experiment_choices import UNDELIVERED
from experiments.programme.moments import PlaybookMoment, playbook_moments

# An offer can raise order values and still lose orders: at most 2% of them.
GUARDED = ({"metric": Metric.CONVERSION.value, "margin": -0.02},)
WEEK = 7


@dataclass(frozen=True, slots=True)
class TemplateSecond:
    """What a treatment shows second, after an answer to its offer, with a first draft of its words.

    ``offer`` numbers the offer that it sells, as a treatment's does.
    """

    after: ShopperAnswer
    headline: str
    reason: str
    offer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTreatment:
    """A treatment with a first draft of its words. ``offer`` numbers the offer that it sells, from 0: arms with the
    same number sell the same. ``pairing`` and ``pair_source`` say which pairs that offer sells where the store has such
    pairs. ``second`` is what it shows second, where it is a sequence."""

    key: str
    name: str
    layout: Layout
    headline: str
    body: str = ""
    reason: str = ""
    accept_label: str = "Add for {price}"
    offer: int = 0
    is_page_own: bool = False
    pairing: OfferPairing = OfferPairing.FIXED
    pair_source: PairSource = PairSource.ALL
    second: TemplateSecond | None = None


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
    arms: tuple[TemplateTreatment, ...]
    lift: float
    planned_days: int
    trigger: str
    signal: str = ""
    window_days: int = WEEK
    expected: tuple[float, float] | None = None

    @property
    def offers(self) -> int:
        """The number of different offers that it needs."""
        numbers = {arm.offer for arm in self.arms if not arm.is_page_own}
        for arm in self.arms:
            if arm.second is not None:
                numbers.add(arm.second.offer)
        return len(numbers)

    @property
    def is_undelivered(self) -> bool:
        """Whether nothing delivers it yet, so that a draft can be made and not launched."""
        return self.moment in UNDELIVERED

    def hypothesis_shown(self, shown: str) -> str:
        """Return the hypothesis of an offer that is shown so: ``to first-time buyers``."""
        return self.hypothesis.replace("{shown}", shown)


TRIGGERS = {
    Moment.CART: gettext_lazy("when its place in the cart has been in view for a second"),
    Moment.SHIPPING: gettext_lazy("when a delivery method is chosen"),
    Moment.PAYMENT: gettext_lazy("when the payment step is reached or the payment method changes"),
    Moment.EXIT_INTENT: gettext_lazy("when the shopper is about to leave"),
    Moment.CONFIRMATION: gettext_lazy("when the order is placed"),
    Moment.FOLLOW_UP: gettext_lazy("in an email after the order"),
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


def templates() -> dict[str, Template]:
    """Return all templates by key: questions first, then the playbook along the checkout."""
    return templates_in(get_language())


@cache
def templates_in(language: str | None) -> dict[str, Template]:
    """Return the templates in the active language; it names them in the cache."""
    by_key = {}
    for template in (*questions(), *map(from_playbook, playbook_moments())):
        by_key[template.key] = template
    return by_key


def from_playbook(row: PlaybookMoment) -> Template:
    """Return a row of the playbook as a test of its offer against nothing."""
    kind = KINDS[row.offer]
    low, high = row.lift_low, row.lift_high
    hypothesis = _(
        "The offer (%(offer)s), shown {shown}, raises order values by %(low)s to %(high)s without losing orders."
    )
    return Template(
        key=row.key,
        name=row.name_text,
        question=f"{capfirst(row.signal_text)}: {row.offer_text}.",
        hypothesis=hypothesis
        % {"offer": row.offer_text, "low": formatting.whole_percent(low), "high": formatting.whole_percent(high)},
        signal=row.signal_text,
        moment=row.moment,
        kind=kind,
        arms=(usual_treatment(kind, "offer", row.name_text, is_dialog=row.moment == Moment.EXIT_INTENT),),
        lift=row.lift_middle,
        planned_days=whole_weeks(max(2 * WEEK, row.window_days)),
        trigger=str(TRIGGERS[row.moment]),
        expected=(low, high),
    )


def whole_weeks(days: int) -> int:
    """Round days up to whole weeks: weekdays and weekends differ."""
    return -(-days // WEEK) * WEEK


def usual_treatment(
    kind: OfferKind, key: str, name: str, *, is_dialog: bool = False, offer: int = 0
) -> TemplateTreatment:
    """Return a treatment in the usual words of its kind."""
    layout, headline, reason, accept_label = DRAFTS[kind]
    if is_dialog:
        layout = Layout.DIALOG
    return TemplateTreatment(
        key=key, name=name, layout=layout, headline=headline, reason=reason, accept_label=accept_label, offer=offer
    )


def question(
    key: str,
    name: str,
    text: str,
    hypothesis: str,
    *arms: TemplateTreatment,
    kind: OfferKind = OfferKind.CROSS_SELL,
    lift: float,
) -> Template:
    """Return a question that is usually asked in the cart first."""
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
        trigger=str(TRIGGERS[Moment.CART]),
    )


def after_the_order(template: Template) -> Template:
    """Return the question as it is asked at the confirmation."""
    return replace(template, moment=Moment.CONFIRMATION, trigger=str(TRIGGERS[Moment.CONFIRMATION]))


def card(
    key: str, name: str, headline: str = "Goes well with your order", **fields: str | int | Layout | TemplateSecond
) -> TemplateTreatment:
    """Return a treatment as an inline card, but for what is said otherwise."""
    return TemplateTreatment(**{"key": key, "name": name, "layout": Layout.CARD, "headline": headline} | fields)  # type: ignore[arg-type]


def questions() -> tuple[Template, ...]:
    """Return the questions that teams ask first."""
    return (*questions_of_what(), question_of_sequences(), *questions_of_how())


# What the shopper reads in these is a first draft in English, for the store to rewrite: gettext is for the console.


def questions_of_what() -> tuple[Template, ...]:
    """Return the questions on what to offer."""
    return (
        question(
            "offer-or-nothing", _("Offer or no offer"), _("Does the offer earn more than it costs in lost orders?"),
            _("An offer that fits the cart raises revenue per visitor without losing orders."),
            card("offer", _("Offer"), reason="Often bought together."), lift=0.08,
        ),
        question(
            "page-own", _("What the page has already"),
            _("What does a banner, another app's widget, or a change of the page really bring?"),
            _("What the page shows already raises revenue per visitor without losing orders."),
            card("page", _("The page's own"), "", is_page_own=True), lift=0.08,
        ),
        question(
            "reason", _("With or without a reason"), _("Does giving a reason help?"),
            _("More shoppers accept a product with a reason that names what is in the cart."),
            card("plain", _("Without a reason")), card("reason", _("With a reason"), reason="Often bought together."),
            lift=0.05,
        ),
        question(
            "one-or-two", _("One product or two"), _("Do two products sell better than one?"),
            _("With two products, more shoppers find one that fits, but the longer offer may put some off."),
            card("one", _("One product"), pairing=OfferPairing.BEST),
            card("two", _("Two products"), offer=1, pairing=OfferPairing.BOTH), lift=0.06,
        ),
        question(
            "bundle-or-single", _("Bundle or single item"),
            _("Does a discounted bundle sell better than the item alone?"),
            _("A bundle with a visible saving raises order values by more than its discount."),
            card("single", _("Single item")),
            usual_treatment(OfferKind.BUNDLE, "bundle", _("Bundle"), offer=1), kind=OfferKind.BUNDLE, lift=0.08,
        ),
    )  # fmt: skip


def question_of_sequences() -> Template:
    """Return the question whether two offers in a row are worth it, where they may be shown."""
    return after_the_order(question(
        "one-or-sequence", _("One offer or two in a row"),
        _("After the order: does a second offer after a yes earn more than one alone?"),
        _("Shoppers who have just accepted an offer take one more that fits it, without more returns."),
        card("one", _("One offer")),
        card(
            "sequence", _("A second after a yes"),
            second=TemplateSecond(ShopperAnswer.ACCEPTED, "Goes well with what you took", "Made for it.", offer=1),
        ),
        lift=0.05,
    ))  # fmt: skip


def questions_of_how() -> tuple[Template, ...]:
    """Return the questions on price, words, looks and choice."""
    return (
        question(
            "price", _("Price A or B"), _("Which price earns more per visitor?"),
            _("More shoppers accept the lower price; only revenue per visitor shows whether that earns more."),
            card("price-a", _("Price A")), card("price-b", _("Price B"), offer=1), lift=0.05,
        ),
        question(
            "copy", pgettext("words of a widget", "Copy"), _("Which words sell?"),
            _("More shoppers accept an offer that names what they get than one that names the product."),
            card("product", _("Names the product")), card("benefit", _("Names the benefit"), "Makes it last longer"),
            lift=0.04,
        ),
        question(
            "layout", _("Layout"), _("Card or line?"),
            _("More shoppers notice a card; a line distracts less."),
            card("card", _("Inline card")), card("line", _("Compact line"), layout=Layout.LINE), lift=0.04,
        ),
        question(
            "curated-or-recommended", _("Curated or recommended"),
            _("Which products sell better: picked by your team, or from past orders?"),
            _("More shoppers accept what past orders contain together with the cart than a product picked by hand."),
            card("curated", _("Picked by hand"), pairing=OfferPairing.BEST, pair_source=PairSource.PINNED),
            card(
                "recommended", _("From past orders"), reason="Often bought together.", offer=1,
                pairing=OfferPairing.BEST, pair_source=PairSource.COUNTED,
            ),
            lift=0.05,
        ),
    )  # fmt: skip
