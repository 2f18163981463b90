"""The terms and what they mean: the one source of the glossary's page, of tooltips, and of ``docs/glossary.md``."""

from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Term:
    """A term: ``forms`` has its name, then its abbreviation and other forms that texts have, divided by ``|``, so that
    a translator can give those of the language. ``is_everyday`` is a word that pages use so often that only
    ``{% term %}`` explains it, never ``explain``."""

    key: str
    forms: str
    meaning: str
    is_everyday: bool = False

    @property
    def names(self) -> list[str]:
        """The forms in the reader's language, the name first."""
        return gettext(self.forms).split("|")

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.names[0]

    @property
    def abbreviation(self) -> str:
        """Its abbreviation, such as SRM; empty where there is none."""
        capitals = []
        for name in self.names[1:]:
            if name.isupper():
                capitals.append(name)
        return ", ".join(capitals)

    @property
    def explanation(self) -> str:
        """The meaning in the reader's language."""
        return gettext(self.meaning)


@dataclass(frozen=True)
class Section:
    """Terms that belong together."""

    key: str
    heading: str
    terms: tuple[Term, ...]

    @property
    def title(self) -> str:
        """The heading in the reader's language."""
        return gettext(self.heading)


TESTED = Section(
    "tested",
    _("What is tested"),
    (
        Term(
            "store", _("store"), _("A shop. Members, tests, offers, and orders belong to one store."), is_everyday=True
        ),
        Term(
            "visitor",
            _("visitor|visitors"),
            _("Someone who shops in the store, known by a random ID. A test assigns visitors to variants."),
            is_everyday=True,
        ),
        Term(
            "moment",
            _("moment|moments"),
            _(
                "The point in the checkout where an offer can appear: cart, shipping, payment, exit intent, "
                "confirmation, or follow-up email."
            ),
            is_everyday=True,
        ),
        Term(
            "trigger",
            _("trigger|triggers"),
            _(
                "What must happen before a visitor counts: the offer's place scrolls into view, the pointer leaves "
                "the page, or the order is placed."
            ),
        ),
        Term(
            "test",
            _("test|tests|experiment|experiments"),
            _(
                "A comparison of one or more offers with a control at one moment. The API and the code call it an "
                "experiment."
            ),
            is_everyday=True,
        ),
        Term(
            "variant",
            _("variant|variants"),
            _("One of the versions that a test compares: the control or a treatment."),
            is_everyday=True,
        ),
        Term(
            "control",
            _("control"),
            _("The variant that shows no offer. Treatments are compared with it."),
            is_everyday=True,
        ),
        Term("treatment", _("treatment|treatments"), _("A variant that shows an offer."), is_everyday=True),
        Term(
            "offer",
            _("offer|offers"),
            _("What is sold: products, their price, and the kind of offer, such as a cross-sell or an upgrade."),
            is_everyday=True,
        ),
        Term("widget", _("widget|widgets"), _("How an offer looks: its text, layout, and theme."), is_everyday=True),
        Term(
            "holdout",
            _("holdout"),
            _(
                "A share of visitors who never see an offer. Comparing them with everyone else shows what all offers "
                "earn together."
            ),
        ),
        Term("traffic-share", _("traffic share"), _("The share of visitors who take part in a test.")),
        Term(
            "targeting",
            _("targeting"),
            _("The rules that decide which visitors a test is for, such as their device, country, or cart value."),
        ),
        Term(
            "ramp",
            _("ramp|ramp-up"),
            _("Starting a test with a small share of traffic and raising it step by step."),
        ),
        Term(
            "roll-out",
            _("roll out|rolled out|rollout"),
            _("To show a variant to all visitors, once a test has shown that it is better."),
        ),
    ),
)
RECORDED = Section(
    "recorded",
    _("What is recorded"),
    (
        Term(
            "assignment",
            _("assignment"),
            _(
                "Which variant a visitor gets. It is computed from the visitor's ID, so the same visitor always gets "
                "the same variant, and nothing has to be stored."
            ),
        ),
        Term(
            "exposure",
            _("exposure|exposures|exposed"),
            _(
                "A visitor reached the moment and the trigger fired. The first exposure per test counts, in every "
                "variant, whether or not an offer was shown. This keeps the variants comparable."
            ),
        ),
        Term("impression", _("impression|impressions"), _("An offer was visible on the shopper's screen.")),
        Term(
            "accept",
            _("accept|accepts|accepted"),
            _("The shopper added the offer to the order. The other answers are click and decline."),
            is_everyday=True,
        ),
        Term(
            "skipped",
            _("skipped"),
            _(
                "An offer that couldn't be shown, because the page had no place for it or the answer came too late. "
                "Counted per variant."
            ),
        ),
        Term(
            "acceptance",
            _("acceptance|acceptances"),
            _(
                "The record of an accepted offer, signed by the server: products, price, visitor, and expiry. A "
                "browser can't forge it."
            ),
        ),
        Term(
            "connection",
            _("connection|connections"),
            _("A link to the store's shop system, such as Shopify, and the secret that signs its webhooks."),
            is_everyday=True,
        ),
        Term(
            "delivery",
            _("delivery|deliveries"),
            _("A webhook from the shop system, stored as it arrived, and what became of it."),
            is_everyday=True,
        ),
        Term(
            "outcome",
            _("outcome|outcomes"),
            _("What a visitor bought within the attribution window after the exposure."),
        ),
        Term(
            "attribution-window",
            _("attribution window"),
            _("The days after an exposure during which the visitor's orders count."),
        ),
        Term(
            "immature",
            _("immature"),
            _("An exposure whose attribution window is still open, so more orders may follow."),
        ),
        Term(
            "mature",
            _("mature|maturity"),
            _(
                "A visitor is mature when nearly all orders that visitors place have come in, as the store's own "
                "orders show. Results are those of mature visitors."
            ),
        ),
        Term(
            "reserve",
            _("reserve|refund reserve"),
            _(
                "Refunds that are still to come, estimated from the store's past refunds and the variant's own. "
                "Results have them taken off."
            ),
        ),
        Term(
            "minor-units",
            _("minor units"),
            _("Amounts as whole numbers of the currency's smallest unit, such as cents."),
        ),
    ),
)
COMPUTED = Section(
    "computed",
    _("What is computed"),
    (
        Term(
            "rpv",
            _("revenue per visitor|RPV"),
            _(
                "A variant's net revenue divided by all its exposed visitors, whether they bought or not. The usual "
                "goal of a test."
            ),
        ),
        Term(
            "conversion",
            _("conversion"),
            _("The share of exposed visitors with at least one order. The usual guardrail."),
        ),
        Term(
            "margin",
            _("margin per visitor"),
            _("Net revenue from goods minus their cost, per exposed visitor. It needs the cost of every product sold."),
        ),
        Term(
            "aov",
            _("average order value|AOV"),
            _("Net revenue divided by orders. Revenue per visitor is orders per visitor times average order value."),
        ),
        Term("take-rate", _("take rate"), _("The share of exposed visitors who accepted the offer.")),
        Term(
            "lift",
            _("lift|lifts|relative effect"),
            _("How much more a treatment brings than the control, as a percentage of the control."),
        ),
        Term(
            "difference",
            _("difference|absolute effect"),
            _("A treatment's value minus the control's, in the metric's own unit."),
            is_everyday=True,
        ),
        Term(
            "confidence-interval",
            _("confidence interval|confidence intervals|95% interval|interval"),
            _("The range of effects that fit the data. In 95 of 100 tests, a 95% interval contains the true effect."),
        ),
        Term(
            "p-value",
            _("p-value|p-values"),
            _("How likely a difference of this size or more would be if the offer had no effect."),
        ),
        Term(
            "power",
            _("statistical power|power"),
            _("The chance that a test finds an effect of the size it was planned for."),
        ),
        Term(
            "goal-metric",
            _("goal metric|goal metrics"),
            _("The metric that decides a test. Secondary metrics only explain the result."),
        ),
        Term(
            "guardrail",
            _("guardrail|guardrails|guardrail metric"),
            _("A metric that must not get worse by more than a set margin, such as conversion."),
        ),
        Term(
            "cuped",
            _("CUPED"),
            _(
                "A method that removes differences between visitors that existed before the offer, here the value of "
                "the cart. Fewer visitors then give the same certainty (Deng, Xu, Kohavi, Walker, 2013)."
            ),
        ),
        Term(
            "srm",
            _("sample ratio mismatch|SRM"),
            _(
                "The split of visitors between variants is further from the plan than chance explains. Some visitors "
                "were lost or moved, so the results can't be trusted."
            ),
        ),
        Term(
            "mde",
            _("minimum detectable effect|MDE|smallest lift"),
            _("The smallest lift that a test of this size can find with the planned power."),
        ),
        Term(
            "rope",
            _("region of practical equivalence|ROPE"),
            _("The range of lifts too small to matter for the business."),
        ),
        Term(
            "look",
            _("planned look|planned looks"),
            _(
                "A scheduled analysis of a running test. Each look uses part of the allowed error, so looking early "
                "doesn't raise the risk of a false win."
            ),
        ),
        Term(
            "always-valid",
            _("always-valid interval"),
            _("A wider confidence interval that holds however often you look at the test."),
        ),
        Term("snapshot", _("snapshot|snapshots|stored report|stored reports"), _("The stored report of one analysis.")),
        Term(
            "prior",
            _("prior"),
            _("What is assumed about a lift before the test starts: most lifts are small."),
        ),
        Term(
            "chance-to-win",
            _("chance to win"),
            _("How likely it is that the treatment beats the control, given the data and the prior."),
        ),
        Term(
            "expected-loss",
            _("expected loss"),
            _("What a decision costs on average if it turns out to be wrong, weighted by how likely that is."),
        ),
        Term(
            "shrunk",
            _("shrunk estimate|shrunk"),
            _(
                "A measured effect moved toward what tests usually bring, because winners tend to look better than "
                "they are."
            ),
        ),
        Term(
            "capping",
            _("capping|capped"),
            _("Counting very large orders only up to a fixed amount, so that one order can't decide a test."),
        ),
    ),
)
SECTIONS = (TESTED, RECORDED, COMPUTED)
TERMS = TESTED.terms + RECORDED.terms + COMPUTED.terms


def by_english_form() -> dict[str, Term]:
    """Return the terms by each of their English forms, in lower case."""
    found = {}
    for term in TERMS:
        for form in term.forms.split("|"):
            found[form.lower()] = term
    return found


# Templates name terms in English whatever language the reader has.
BY_ENGLISH_FORM = by_english_form()


def term_of(english: str) -> Term:
    """Return the term with this English form. Raises ``KeyError``."""
    return BY_ENGLISH_FORM[english.lower()]


def terms_in_texts() -> dict[str, Term]:
    """Return the terms to explain in texts, by each form in the reader's language, in lower case."""
    return forms_in(get_language() or "")


@cache
def forms_in(language: str) -> dict[str, Term]:
    """Return the same of a language, which has to be the active one; kept, as every marked text asks for it."""
    forms = {}
    for term in TERMS:
        # A word on every second line would make every page a field of buttons.
        if not term.is_everyday:
            forms.update(dict.fromkeys(map(str.lower, term.names), term))
    return forms
