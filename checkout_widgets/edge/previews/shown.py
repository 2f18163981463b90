"""Reads what a preview shows from the database.

It is the newest there is, and what runs in stores stays apart from it. Only who holds a valid link makes a query.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from babel import Locale
from django.db import close_old_connections, connection
from django.db.models import Q

from checkout_widgets.edge import content, languages
from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.edge.paired import widget_with
from checkout_widgets.edge.pairs import best_for, of_ranks
from checkout_widgets.edge.previews.requests import PreviewRequest
from checkout_widgets.edge.running_order import configured
from checkout_widgets.edge.targeting_context import AskedContext
from checkout_widgets.edge.widget_configuration import WidgetConfiguration
from checkout_widgets.edge.wording import PREVIEW, PREVIEW_ADDED
from experiments.models import Experiment, Variant

NOTED_EVERY = timedelta(minutes=1)
SAMPLE_CART_SHARE = 0.78  # of the way to free shipping: a progress bar shows that something is missing


@dataclass(frozen=True, slots=True)
class PreviewedVariant:
    """A variant as it is in the database, and the test around it as the edge would hold it while it runs."""

    variant: Variant
    experiment: Experiment
    test: ExperimentConfiguration

    @property
    def widget(self) -> WidgetConfiguration | None:
        """What it shows; None of a variant that shows nothing."""
        return self.test.variants[self.variant.key].widget


def widget_for(previewed: PreviewedVariant, context: AskedContext) -> WidgetConfiguration | None:
    """Return what the variant shows with this cart: of pairs what goes with it, else what goes with some product.

    None where it shows nothing, or the store has no pairs that it could show.
    """
    widget, pairing = previewed.widget, previewed.test.pairing
    if widget is None or not widget.offer.pairing:
        return widget
    if pairing is None:
        return None
    ranks, source = pairing.arms[previewed.variant.key]
    for best in (best_for(pairing.pairs, context, source), pairing.pairs.sample(source)):
        if len(best) > ranks[-1]:
            return widget_with(widget, pairing.pairs, of_ranks(best, ranks))
    return None


def load(asked: PreviewRequest) -> PreviewedVariant | None:
    """Return the variant as it is in the database now; None where it is gone."""
    if not connection.in_atomic_block:
        close_old_connections()  # this thread may not have asked the database for long
    tests = Experiment.objects.filter(pk=asked.experiment_id)  # a holdout has nothing to preview
    variants = Variant.objects.select_related("experiment__store")
    variant = variants.filter(pk=asked.variant_id, experiment__in=tests).first()
    if variant is None:
        return None
    return PreviewedVariant(variant, variant.experiment, configured(variant.experiment))


def content_of(
    widget: WidgetConfiguration, locale: str, now: datetime, *, device: str, cart_minor: int | None
) -> msgspec.Raw:
    """Return the widget's content with the mark of a preview; what it says once accepted is true of a preview, too."""
    shown = content.decoded(widget, locale, now, device=device, cart_minor=cart_minor)
    for step in (shown, *shown.get("next", {}).values()):
        mark_as_preview(step, languages.known_locale(locale))
    return msgspec.Raw(msgspec.json.encode(shown))


def mark_as_preview(shown: dict[str, Any], locale: Locale) -> None:
    """Put the mark of a preview into a content."""
    shown["preview_text"] = languages.translated(PREVIEW, locale)
    unchanged = languages.translated(PREVIEW_ADDED, locale)
    shown["messages"] |= {"added": unchanged, "removed": unchanged}
    for tier in shown.get("tiers", ()):
        tier["added_text"] = unchanged


def sample_cart_minor(free_shipping_minor: int | None) -> int:
    """Return the total of a cart that stands in for one: below free shipping, in the store's minor units."""
    return round((free_shipping_minor or 0) * SAMPLE_CART_SHARE)


def note_preview(experiment_id: int, now: datetime) -> None:
    """Remember that somebody looked; at most once a minute, as each reload of the page asks."""
    long_ago = Q(previewed_at=None) | Q(previewed_at__lt=now - NOTED_EVERY)
    Experiment.objects.filter(long_ago, pk=experiment_id).update(previewed_at=now)
