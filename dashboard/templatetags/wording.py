"""What codes mean, in words for the reader."""

from babel import Locale
from django import template

from experiments.report import Report

register = template.Library()

TERRITORIES = Locale("en").territories

REASONS = {
    "no_units": "A variant has no visitors yet.",
    "one_unit": "A variant has a single visitor: that says nothing about chance.",
    "zero_variance": "All values are the same, so there is nothing to compare yet.",
    "no_orders": "A variant has no orders yet.",
    "too_few_orders": "Fewer than 10 buyers in a variant: too few to tell.",
    "control_is_zero": "Control is at zero, so there is no relative lift; the difference still stands.",
    "not_positive": "A value is zero or below, so its ratio can't be split into parts.",
    "missing_sums": "The data for this figure was not recorded.",
    "unknown_costs": "Not every product's cost is known, and a cost left out would count as profit.",
    "too_early": "Below the size from which this statement holds: more visitors are needed.",
    "no_traffic": "Needs a day of traffic to scale by.",
    "no_weight": "No variant is meant to get visitors.",
    "too_few_cart_values": "Fewer than 95% of the exposures carry the cart's value.",
    "not_by_this_test": "The test that these figures call for doesn't use it.",
    "turned_off": "Left out as asked.",
    "out_of_range": "The numbers are too large to be computed.",
}
UNKNOWN_REASON = "Not available."

METHODS = {
    "score_z": "score test",
    "boschloo": "Boschloo's exact test",
    "fisher": "Fisher's exact test",
    "welch": "Welch's t test",
    "score": "skew-corrected score test",
    "permutation": "permutation test",
}

METHOD_REASONS = {
    "proportion": "Each visitor does it or not: a test of two proportions.",
    "few_expected": "So few are expected in a variant that only an exact test holds.",
    "skewed_money": "Order values are skewed: the score test corrects for that.",
    "few_buyers": "So few bought that the buyers themselves are compared, by permutation.",
    "means": "Plain means of many visitors.",
    "no_test": "There is nothing to test: control has no offer to take.",
}

DIMENSIONS = {"moment": "Moment", "customer_type": "Customer", "device": "Device", "country": "Country"}

VERDICT_TONES = {
    "collecting": "waiting",
    "ship": "good",
    "stop_harm": "bad",
    "no_material_difference": "waiting",
    "needs_review": "warn",
    "invalid": "bad",
}


@register.filter
def state_tone(state: str) -> str:
    """How a rule's state is coloured; the shape beside it says the same."""
    return {"pass": "good", "warn": "warn", "fail": "bad"}.get(state, "")


@register.filter
def reason(code: str | None) -> str:
    """The sentence for a reason code; empty where nothing is missing."""
    return REASONS.get(code, UNKNOWN_REASON) if code else ""


@register.filter
def verdict_tone(code: str) -> str:
    """How a verdict is coloured: ``good``, ``bad``, ``warn`` or ``waiting``."""
    return VERDICT_TONES.get(code, "waiting")


@register.filter
def method(name: str) -> str:
    """A test's name in words."""
    return METHODS.get(name, name.replace("_", " "))


@register.filter
def method_reason(code: str) -> str:
    """Why this test was used, in words."""
    return METHOD_REASONS.get(code, code.replace("_", " "))


@register.filter
def dimension(name: str) -> str:
    """A segment's dimension in words."""
    return DIMENSIONS.get(name, name.replace("_", " ").capitalize())


@register.filter
def segment(value: str, dimension: str) -> str:
    """A segment's value in words: the name of a country, ``Phone`` for ``phone``."""
    if dimension == "country":
        return str(TERRITORIES.get(value, value))
    return value.replace("_", " ").capitalize() if dimension in DIMENSIONS else value


@register.filter
def named(key: str, report: Report) -> str:
    """A variant's name by its key."""
    return next((variant.name or key for variant in report.variants if variant.key == key), key)
