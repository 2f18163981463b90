"""Second offers of sequences, for templates."""

from django import template

from checkout_widgets.offer_days import second_offers as counted
from checkout_widgets.offer_days.second_offers import MOST_REFUSALS, SecondOffer
from experiments.models import Experiment

register = template.Library()


@register.simple_tag
def second_offers_of(experiment: Experiment) -> list[SecondOffer]:
    """Return the second offers of a test with what became of them."""
    return counted.second_offers(experiment)


@register.simple_tag
def most_refusals() -> float:
    """Return the share of visitors who may say no to both offers before the test is paused."""
    return MOST_REFUSALS
