"""Previews: a signed link shows one variant on the store's own page, also that of a draft, and nothing is recorded.

What is previewed is read from the database when the link is used: it is the newest there is, and what runs in stores
stays apart from it. Only who holds a valid link makes a query.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec
from django.core import signing
from django.db import close_old_connections, connection
from django.db.models import Q
from django.utils.translation import gettext_lazy

from checkout_widgets.edge import content, languages
from checkout_widgets.edge.configuration import WidgetConfiguration
from checkout_widgets.edge.offers import load_offers, widget_configurations
from checkout_widgets.edge.rows import offers_shown_in, widgets_of
from checkout_widgets.edge.wording import PREVIEW, PREVIEW_ADDED
from experiments.models import Experiment, Variant

PARAMETER = "offerlift_preview"
LIFETIME = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=1)
SALT = "upsell.preview"
NO_PAGE = gettext_lazy("Set a page for previews, or an allowed origin, in the store's settings first.")


class Preview(NamedTuple):
    """What the link shows; ``widget`` is None of a variant that shows nothing."""

    experiment_id: int
    experiment_key: str
    variant_key: str
    moment: str
    widget: WidgetConfiguration | None


def preview_link(variant: Variant) -> str:
    """Return the store's page with a signed request for this variant; empty where the store has none for previews."""
    page = variant.experiment.store.preview_page
    if not page:
        return ""
    token = signing.dumps([variant.experiment.store_id, variant.experiment_id, variant.pk], salt=SALT)
    parts = urlsplit(page)
    query = "&".join(filter(None, (parts.query, urlencode({PARAMETER: token}))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def read(store_id: int, token: str) -> Preview | None:
    """Return what the token shows; None where it has expired, is another store's, or the variant is gone."""
    try:
        owner_id, experiment_id, variant_id = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        return None
    if owner_id != store_id:
        return None
    return load(experiment_id, variant_id)


def load(experiment_id: int, variant_id: int) -> Preview | None:
    """Return the variant as it is in the database now."""
    if not connection.in_atomic_block:
        close_old_connections()  # this thread may not have asked the database for long
    variants = Variant.objects.select_related("experiment__store")
    variant = variants.filter(pk=variant_id, experiment=experiment_id).first()
    if variant is None:
        return None
    experiments = Experiment.objects.filter(pk=experiment_id)
    experiment = variant.experiment
    offers = load_offers(offers_shown_in(experiments))
    widgets = widget_configurations(widgets_of(experiments), offers, experiment.store)
    return Preview(experiment.pk, experiment.key, variant.key, experiment.moment, widgets.get(variant.pk))


def content_of(
    widget: WidgetConfiguration, locale: str, now: datetime, *, device: str, cart_minor: int | None
) -> msgspec.Raw:
    """Return the widget's content with the mark of a preview; what it says once accepted is true of a preview, too."""
    shown = content.decoded(widget, locale, now, device=device, cart_minor=cart_minor)
    known = languages.known_locale(locale)
    shown["preview_text"] = languages.translated(PREVIEW, known)
    unchanged = languages.translated(PREVIEW_ADDED, known)
    shown["messages"] |= {"added": unchanged, "removed": unchanged}
    for tier in shown.get("tiers", ()):
        tier["added_text"] = unchanged
    return msgspec.Raw(msgspec.json.encode(shown))


def note_preview(experiment_id: int, now: datetime) -> None:
    """Remember that somebody looked; at most once a minute, as each reload of the page asks."""
    long_ago = Q(previewed_at=None) | Q(previewed_at__lt=now - NOTED_EVERY)
    Experiment.objects.filter(long_ago, pk=experiment_id).update(previewed_at=now)
