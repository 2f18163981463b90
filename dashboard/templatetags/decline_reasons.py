"""Why shoppers declined the offers of a test, for templates."""

from django import template

from checkout_widgets.offer_days.figures import OfferFigures, figures_by, total
from checkout_widgets.offer_days.second_offers import EVER
from experiments.models import Experiment

register = template.Library()


@register.simple_tag
def reasons_of(experiment: Experiment) -> OfferFigures:
    """Return the figures of all offers of a test over its whole life; nothing, and no query, where the store doesn't
    ask why."""
    # Reports of most stores pay nothing for it.
    if not experiment.store.asks_why_declined:
        return OfferFigures()
    return total(figures_by(experiment.store, EVER, "variant_id", variant__experiment=experiment))
