"""Points of the checklist on what offers say of their price: what it was before, and on which terms."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkout_widgets.launching.candidate import Check, LaunchCandidate
from checkout_widgets.launching.treatment_points import languages_of
from checkout_widgets.models import Offer
from checkout_widgets.price_history.claims import Claim, ClaimState, claims_of
from experiments import formatting
from experiments.models.store import CompareAtRule
from experiments.wording import languages_in_words


def prices(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that each compare-at price has been the price."""
    claims = claims_of(offers_of(candidate), candidate.now)
    for claim in claims:
        if claim.state == ClaimState.FALSE:
            yield Check("price", "fail", untrue(claim), fix_of(claim), claim.offer.key)
        elif claim.state == ClaimState.UNKNOWN:
            fix = _(
                "Make sure that it was really charged, and confirm it when you launch. Or import earlier "
                "orders, whose prices count."
            )
            yield Check("price", "warn", unknown(claim), fix, claim.offer.key)
    if claims and all(claim.state == ClaimState.TRUE for claim in claims):
        yield Check("price", "pass", _("Every compare-at price was really charged"))


def offers_of(candidate: LaunchCandidate) -> list[Offer]:
    """Return the offers that the treatments show, each once."""
    by_pk = {}
    for widget in candidate.shown:
        by_pk[widget.offer_id] = widget.offer
    return list(by_pk.values())


def untrue(claim: Claim) -> str:
    """Say what the compare-at price is, and what the price was."""
    offer = claim.offer
    words = {
        "offer": str(offer),
        "claimed": formatting.price(offer.compare_at_minor or 0, offer.currency),
        "allowed": formatting.price(claim.allowed_minor or 0, offer.currency),
    }
    if claim.rule == CompareAtRule.LOWEST and claim.lowest_at is not None:
        words["day"] = day_of(claim, claim.lowest_at)
        text = _(
            "“%(offer)s” shows %(claimed)s as its earlier price, but its lowest price in the last 30 "
            "days was %(allowed)s, on %(day)s"
        )
        return text % words
    if claim.rule == CompareAtRule.LOWEST:
        text = _(
            "“%(offer)s” shows %(claimed)s as its earlier price, but the lowest prices in the last "
            "30 days add up to %(allowed)s"
        )
        return text % words
    return (
        _("“%(offer)s” shows %(claimed)s as its earlier price, but it cost at most %(allowed)s in the last 90 days")
        % words
    )


def fix_of(claim: Claim) -> str:
    """Say what to change about a compare-at price that wasn't the price."""
    offer = claim.offer
    allowed_minor = claim.allowed_minor or 0
    if allowed_minor <= offer.price_minor:
        return _("Remove the compare-at price: the offer isn't cheaper than before.")
    allowed = formatting.price(allowed_minor, offer.currency)
    return _("Set the compare-at price to %(allowed)s or less, or remove it.") % {"allowed": allowed}


def unknown(claim: Claim) -> str:
    """Say that nobody knows whether it was the price, and since when prices are known."""
    words = {
        "offer": str(claim.offer),
        "claimed": formatting.price(claim.offer.compare_at_minor or 0, claim.offer.currency),
    }
    if claim.since is None:
        return _("“%(offer)s” shows %(claimed)s as its earlier price, and no earlier price is known") % words
    words["day"] = day_of(claim, claim.since)
    return _("“%(offer)s” shows %(claimed)s as its earlier price, and its prices are known only since %(day)s") % words


def day_of(claim: Claim, at: datetime) -> str:
    """Return the store's day in words."""
    return date_format(claim.offer.store.day_of(at), "DATE_FORMAT")


def terms(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that subscriptions say how to cancel, and that terms are in the languages of the widgets."""
    for offer in offers_of(candidate):
        if offer.billing_period and not offer.terms:
            text = _("“%(offer)s” renews and doesn't say how to cancel") % {"offer": offer}
            fix = _("Enter its terms, such as “Cancel any time in your account”.")
            yield Check("terms", "warn", text, fix, offer.key)
    mentioned = set()
    for widget in candidate.shown:
        missing = untranslated(widget.offer, languages_of(widget))
        if missing and widget.offer_id not in mentioned:
            mentioned.add(widget.offer_id)
            words = {"offer": widget.offer, "languages": languages_in_words(missing)}
            text = _("The terms of “%(offer)s” aren't translated into %(languages)s") % words
            yield Check("terms", "warn", text, _("Translate them. The widget is in these languages."), widget.offer.key)


def untranslated(offer: Offer, languages: set[str]) -> list[str]:
    """Return the languages of a widget in which the offer's terms aren't written."""
    if not offer.terms:
        return []
    written = set()
    for locale, text in offer.terms_translations.items():
        if text:
            written.add(locale.lower().replace("_", "-"))
    missing = []
    for language in languages:
        if language not in written and language.partition("-")[0] not in written:
            missing.append(language)
    return sorted(missing)
