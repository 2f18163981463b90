"""What an offer's widget says and how it looks, for the page that a message leads to."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from babel import Locale

from checkout_widgets.edge.content import build
from checkout_widgets.edge.offers import load_offers, widget_configuration
from checkout_widgets.edge.paired import with_products
from checkout_widgets.models import Layout, Offer, Product, Widget
from experiments.models import Status

SHOWN = (Status.RUNNING, Status.CONCLUDED)
COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
RADIUS = re.compile(r"[0-9]{1,2}px")
FONT = re.compile(r"[A-Za-z0-9 ,'\"-]{1,120}")
# What a widget's theme may set, and which of the page's own properties that is.
PROPERTIES: dict[str, tuple[str, re.Pattern[str]]] = {
    "accent": ("--blue", COLOR),
    "on_accent": ("--on-blue", COLOR),
    "surface": ("--paper", COLOR),
    "text": ("--ink", COLOR),
    "muted": ("--soft", COLOR),
    "border": ("--line", COLOR),
    "radius": ("--radius", RADIUS),
    "font": ("--font", FONT),
}


def offer_content(
    offer: Offer, sold: Sequence[Product], *, accept_label: str, locale: Locale, now: datetime
) -> dict[str, Any]:
    """Return what the offer's widget says in a language, at the price of now; a plain one where it has no widget.

    ``sold`` are the products of an offer of pairs, ``accept_label`` what the button of a plain one says.
    """
    store = offer.store
    configuration = load_offers(Offer.objects.filter(pk=offer.pk))[offer.pk]
    if offer.pairing:
        configuration = with_products(configuration, sold)
    titles = " + ".join(item.title for item in configuration.items)
    widget = widget_of(offer) or Widget(offer=offer, headline=titles, accept_label=accept_label)
    shown = widget_configuration(widget, configuration, store)
    layout = Layout.CARD
    if widget.layout == Layout.COMPARISON and "" in shown.comparisons:
        layout = Layout.COMPARISON
    return build(shown, locale, layout, now)


def widget_of(offer: Offer) -> Widget | None:
    """Return the widget that shoppers see the offer in, or saw last; None where there was none."""
    widgets = Widget.objects.filter(offer=offer, variant__experiment__store=offer.store_id)
    return widgets.filter(variant__experiment__status__in=SHOWN).order_by("-updated_at", "-pk").first()


def theme_style(theme: Mapping[str, str]) -> str:
    """Return the widget's look as a style sheet; values that aren't colors, a radius or fonts are left out."""
    declarations = []
    for name, (prop, pattern) in PROPERTIES.items():
        value = theme.get(name, "")
        if value != "inherit" and pattern.fullmatch(value):
            declarations.append(f"{prop}:{value}")
    if theme.get("scheme") in ("light", "dark"):
        declarations.append(f"color-scheme:{theme['scheme']}")
    if not declarations:
        return ""
    return f":root{{{';'.join(declarations)}}}"
