"""The widget gallery: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from checkout_widgets import stage
from checkout_widgets.edge import content
from checkout_widgets.models import Layout, OfferKind
from dashboard.gallery import samples
from dashboard.paging import choice

SCHEMES = {"light": gettext_lazy("Light"), "dark": gettext_lazy("Dark")}


def chosen(request: HttpRequest) -> dict[str, str]:
    """What the reader asks for; the first choice where that is none of them."""
    choices: dict[str, list[str]] = {
        "layout": Layout.values,
        "kind": OfferKind.values,
        "language": list(samples.LANGUAGES),
        "scheme": list(SCHEMES),
    }
    wanted = {}
    for name, values in choices.items():
        wanted[name] = choice(request.GET, name, values) or values[0]
    return wanted


@require_safe
@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every kind of offer in a layout, on a desktop and on a phone."""
    wanted = chosen(request)
    context = wanted | {
        "layouts": Layout.choices,
        "kinds": OfferKind.choices,
        "languages": samples.LANGUAGES.items(),
        "schemes": SCHEMES.items(),
        "is_card": shown_as_cards(wanted["layout"]),
    }
    return render(request, "dashboard/gallery.html", context)


def shown_as_cards(layout: str) -> set[str]:
    """The kinds whose samples are shown as cards in this layout, which the page says beside them."""
    kinds = set()
    for kind in OfferKind.values:
        if is_card(kind, layout):
            kinds.add(kind)
    return kinds


def is_card(kind: str, layout: str) -> bool:
    """Whether the sample has nothing to show in this layout, and is shown as a card."""
    shown = content.layout_for(samples.widget(kind, layout, pictures="", now=timezone.now()), "")
    return shown != layout


@require_safe
@login_required
@stage.allow_framing
def frame(request: HttpRequest) -> HttpResponse:
    """One sample on a stage."""
    wanted = chosen(request)
    pictures = request.build_absolute_uri(static("gallery/"))
    shown = samples.widget(wanted["kind"], wanted["layout"], pictures=pictures, now=timezone.now())
    # as the edge would build it for a shopper, so that the gallery can't show what shops don't get
    built = content.decoded(shown, wanted["language"], timezone.now(), cart_minor=samples.CART_MINOR)
    return stage.page(request, built, language=wanted["language"], scheme=wanted["scheme"])
