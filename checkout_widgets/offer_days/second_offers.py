"""What became of the second offers of a test's sequences, over its whole life."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from checkout_widgets.models import NextWidget, ShopperAnswer
from checkout_widgets.offer_days.figures import CalendarSpan, OfferFigures, figures_by
from experiments.models import Experiment, Variant
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from experiments.running.harm_counts import HarmCount

EVER = CalendarSpan(date(1970, 1, 1), date(2999, 12, 31))
# Of those exposed. Whoever says no twice was asked once too often: one visitor in five is a nuisance, not an offer.
MOST_REFUSALS = 0.2
REFUSED_TWICE = "declines"


@dataclass(frozen=True, slots=True)
class SecondOffer:
    """A second offer with what became of it: how often it was shown, taken, declined, and bought."""

    variant: Variant
    after: str
    offer_key: str
    offer_name: str
    figures: OfferFigures

    @property
    def is_after_no(self) -> bool:
        """Whether it came after a no."""
        return self.after == ShopperAnswer.DECLINED


def second_offers(experiment: Experiment) -> list[SecondOffer]:
    """Return the second offers of a test's variants; one query where it has none, none where it can't have any."""
    if experiment.moment not in MOMENTS_OF_SEQUENCES:
        return []
    widgets = NextWidget.objects.filter(variant__experiment=experiment).select_related("variant", "offer")
    found = list(widgets.order_by("variant", "after"))
    if not found:
        return []
    figures = {}
    for step in ShopperAnswer.values:
        figures[step] = figures_by(experiment.store, EVER, "variant_id", step=step, variant__experiment=experiment)
    seconds = []
    for widget in found:
        counted = figures[widget.after].get(widget.variant_id)
        if counted is None and not widget.is_shown:
            continue  # begun, switched off, and never seen
        offer = widget.offer
        seconds.append(SecondOffer(widget.variant, widget.after, offer.key, offer.name, counted or OfferFigures()))
    return seconds


def refused_twice(experiment: Experiment) -> Iterator[HarmCount]:
    """Yield how many shoppers of each variant said no to both offers: the guardrail of sequences on declines."""
    for second in second_offers(experiment):
        if second.is_after_no:
            text = _("%(variant)s: %(share)s of visitors said no to both offers, and the limit is %(limit)s.")
            yield HarmCount(REFUSED_TWICE, second.variant.key, second.figures.declined, MOST_REFUSALS, text)
