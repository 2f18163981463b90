"""What codes mean, in words for the reader."""

from collections.abc import Iterable

from babel import Locale
from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from experiments import formatting, in_sentences
from experiments import wording as sentences
from experiments.reading.cart_bands import band_ends
from experiments.report import Report

register = template.Library()
register.filter("mid_sentence", in_sentences.mid_sentence)

# Why a figure is missing, by the code in the report.
REASONS = {
    "no_units": _("A variant has no visitors yet."),
    "one_unit": _("A variant has only one visitor. At least two are needed to estimate chance."),
    "zero_variance": _("All values are the same, so they can't be compared: nothing shows how much is chance."),
    "no_orders": _("A variant has no orders yet."),
    "too_few_orders": _("A variant has fewer than 10 buyers, which is too few."),
    "control_is_zero": _("Control is at zero, so there is no lift. The difference is still valid."),
    "not_positive": _("A value is zero or negative, so its lift can't be split."),
    "missing_sums": _("The data for this metric was not recorded."),
    "unknown_costs": _("The cost of some products is unknown. Without it, their whole price would count as profit."),
    "too_early": _("Too few visitors so far."),
    "no_traffic": _("Needs a day of traffic."),
    "no_weight": _("No variant is planned to get visitors."),
    "too_few_cart_values": _("Fewer than 95% of the exposures have a cart value."),
    "too_few_visitors": _("It needs 100 visitors per variant for each covariate, and 30 buyers."),
    "not_by_this_test": _("The statistical method for these figures doesn't use it."),
    "turned_off": _("You turned it off."),
    "out_of_range": _("The numbers are too large to compute."),
}
UNKNOWN_REASON = _("Not available.")

METHODS = {
    "score_z": _("score test"),
    "boschloo": _("Boschloo's exact test"),
    "fisher": _("Fisher's exact test"),
    "welch": _("Welch's t-test"),
    "score": _("skew-corrected score test"),
    "permutation": _("permutation test"),
}

METHOD_REASONS = {
    "proportion": _("Each visitor either does it or doesn't: this compares two proportions."),
    "few_expected": _("The counts are so small that only an exact test is valid."),
    "skewed_money": _("Order values are skewed, and the score test corrects for that."),
    "few_buyers": _("There are so few buyers that a permutation test compares them."),
    "means": _("There are enough visitors to compare means."),
    "no_test": _("There is nothing to test: control has no offer to accept."),
}

# How an estimate was made, by the code of `EstimateStep`.
STEPS = {
    "observed": _("All visitors, orders as they were paid"),
    "mature": _("Only visitors whose orders have arrived"),
    "capped": _("Very large orders capped"),
    "reserve": _("Less refunds that are still to come"),
    "adjusted": _("Adjusted for what was known at exposure"),
    "quotient": _("Revenue per visitor divided by orders per visitor"),
    "corrected": _("Corrected for luck"),
}

ROLES = {
    "goal": _("goal"),
    "secondary": _("secondary metric"),
    "guardrail": _("guardrail"),
    "explains": _("explains the result"),
}

DIMENSIONS = {
    "moment": _("Moment"),
    "customer_type": _("Customer type"),
    "device": _("Device"),
    "country": _("Country"),
    "channel": _("Channel"),
    "page_type": _("Page type"),
    "cart_band": _("Cart value"),
    "hour": _("Hour of the day"),
    "logged_in": _("Logged in"),
    "snippet": _("Version of the snippet"),
    "position": _("Position in the visit"),
    "stage": _("Stage"),
}
# Dimensions that pages began to send later: older visitors have none of them.
RECORDED_LATER = frozenset({"channel", "page_type", "cart_band", "hour", "logged_in", "snippet", "stage"})
# By dimension and value; what a store adds of its own stays as it is.
SEGMENTS = {
    "new": _("New"),
    "returning": _("Returning"),
    "phone": _("Phone"),
    "tablet": _("Tablet"),
    "desktop": _("Desktop"),
    "none": _("No campaign"),
    "email": _("Email"),
    "sms": _("Text message"),
    "paid_search": _("Paid search"),
    "paid_social": _("Paid social"),
    "organic": _("Organic search"),
    "push": _("Push message"),
    "yes": _("Yes"),
    "no": _("No"),
    "other": _("Other"),
    "waiting": _("Waiting for the parcel"),
    "unboxing": _("Unboxing"),
    "usage": _("Usage"),
    "care": _("Care"),
    "renewal": _("Renewal"),
    "unknown": _("Unknown"),
}

POSITIONS = {"1": _("First offer"), "2": _("Second offer"), "3": _("Third offer or later")}

VERDICT_TONES = {
    "collecting": "waiting",
    "ship": "good",
    "stop_harm": "bad",
    "no_material_difference": "waiting",
    "needs_review": "warn",
    "invalid": "bad",
}


STATE_TONES = {"pass": "good", "warn": "warn", "fail": "bad"}


@register.filter
def state_tone(state: str) -> str:
    """Return how a rule's state is colored; the word beside it says the same."""
    return STATE_TONES.get(state, "")


@register.filter
def reason(code: str | None) -> str:
    """Return the sentence for a reason code; empty where nothing is missing."""
    if not code:
        return ""
    return str(REASONS.get(code, UNKNOWN_REASON))


@register.filter
def verdict_tone(code: str) -> str:
    """Return how a verdict is colored: ``good``, ``bad``, ``warn`` or ``waiting``."""
    return VERDICT_TONES.get(code, "waiting")


@register.filter
def method(name: str) -> str:
    """Return a statistical method's name in words."""
    return str(METHODS.get(name, name.replace("_", " ")))


@register.filter
def method_reason(code: str) -> str:
    """Return why this method was used, in words."""
    return str(METHOD_REASONS.get(code, code.replace("_", " ")))


@register.filter
def covariates(codes: list[str]) -> str:
    """Return what adjusts a report's results, as a list."""
    return sentences.covariates(codes)


@register.filter
def step_words(code: str) -> str:
    """Return what a step on the way to an estimate does."""
    return str(STEPS.get(code, code.replace("_", " ")))


@register.filter
def role(name: str) -> str:
    """Return what a metric is for in a test."""
    return str(ROLES.get(name, name))


@register.filter
def dimension(name: str) -> str:
    """Return a segment's dimension in words."""
    return str(DIMENSIONS.get(name, name.replace("_", " ").capitalize()))


@register.filter
def segment(value: str, dimension: str) -> str:
    """Return a segment's value in words: the name of a country, ``Phone`` for ``phone``."""
    if dimension == "country":
        territories = Locale.parse(get_language() or "en", sep="-").territories
        return str(territories.get(value, value))
    if dimension not in DIMENSIONS:
        return value
    if dimension == "hour" and value.isdecimal():
        return f"{value}:00\N{EN DASH}{int(value) + 2:02}:00"
    if dimension == "position":
        return str(POSITIONS.get(value, value))
    return str(SEGMENTS.get(value, value.replace("_", " ").capitalize()))


def cart_band(value: str, currency: str) -> str:
    """Return a band of cart values, which is named by where it begins in minor units: ``€20 to €50``."""
    if not value.isdecimal():
        return value
    low, high = band_ends(int(value), currency)
    if high is None:
        return gettext("%(low)s and more") % {"low": formatting.money(low, currency)}
    words = {"low": formatting.money(low, currency), "high": formatting.money(high, currency)}
    return gettext("%(low)s to %(high)s") % words


def place_of(value: str, dimension: str) -> tuple[float, str]:
    """Return a value's place among those of its dimension: hours and cart values have an order, others keep theirs."""
    if dimension in {"hour", "cart_band"} and value.isdecimal():
        return (float(value), "")
    return (0.0, "")


def is_yes_or_no(values: Iterable[str]) -> bool:
    """Return whether these are all the values of a column of a file that says yes or no by numbers or words."""
    return {value.lower() for value in values if value} in ({"0", "1"}, {"false", "true"}, {"no", "yes"})


def yes_or_no(value: str) -> str:
    """Return a value of such a column in words."""
    if not value:
        return gettext("Unknown")
    if value.lower() in {"1", "true", "yes"}:
        return gettext("Yes")
    return gettext("No")


@register.filter
def named(key: str, report: Report) -> str:
    """Return a variant's name by its key."""
    for variant in report.variants:
        if variant.key == key and variant.name:
            return variant.name
    return key
