"""Previews of a test's variants: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkout_widgets import stage
from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.edge.previews import requests
from checkout_widgets.models import NextWidget, ShopperAnswer, Widget
from dashboard import fragments
from dashboard.members import can_edit, editable_experiment, member_experiment
from dashboard.paging import choice
from dashboard.preview.pictures import variant_pictures
from experiments.models import Experiment
from experiments.models.experiment_choices import UNDELIVERED

SCHEMES = ("light", "dark")
DEVICES = ("desktop", "phone")


@require_safe
@login_required
def compare_variants(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show all variants beside each other, and whether the store's own page has shown one."""
    experiment = member_experiment(request, store_slug, experiment_key)
    language, scheme = chosen_language(request), choice(request.GET, "scheme", SCHEMES) or SCHEMES[0]
    context = {
        "experiment": experiment,
        "pictures": variant_pictures(
            experiment, lambda key: reverse("dashboard:shown", args=(store_slug, experiment_key, key))
        ),
        "languages": LANGUAGES.items(),
        "language": language,
        "scheme": scheme,
        "can_open": can_edit(request, experiment.store) and experiment.moment not in UNDELIVERED,
    }
    return fragments.page_or_part(request, "dashboard/preview/preview.html", "opened", context)


def chosen_language(request: HttpRequest) -> str:
    """Return the language that the reader asks for, else the first."""
    return choice(request.GET, "language", list(LANGUAGES)) or next(iter(LANGUAGES))


@require_safe
@login_required
# A kept redirect would lead to a link that has run out.
@never_cache
def open_in_store(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Redirect to the store's page with this variant, by a link that is signed now and holds for a day."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    variant = get_object_or_404(experiment.variants.select_related("experiment__store"), key=variant_key)
    link = requests.preview_link(variant)
    if link:
        return redirect(link)
    messages.error(request, requests.NO_PAGE)
    return redirect("dashboard:previews", store_slug, experiment_key)


@require_safe
@login_required
@stage.allow_framing
def shown(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Draw a variant's widget on a stage, by the snippet as shoppers see it; for a frame."""
    mine = Experiment.objects.visible_to(request.user).filter(store__slug=store_slug, key=experiment_key)
    return stage_of(request, get_object_or_404(mine), variant_key)


def stage_of(request: HttpRequest, experiment: Experiment, variant_key: str) -> HttpResponse:
    """Return the stage with a variant's widget, in the language, on the device and in the colors asked for.

    ``after`` in the address asks for its second offer after that answer.
    """
    widget = shown_widget(experiment, variant_key, choice(request.GET, "after", ShopperAnswer.values))
    language, device = chosen_language(request), choice(request.GET, "device", DEVICES) or DEVICES[0]
    content = stage.shown_content(widget, language, device)
    scheme = choice(request.GET, "scheme", SCHEMES) or SCHEMES[0]
    if content is None and widget.offer.pairing:
        return stage.empty_page(request, widget, scheme=scheme)
    if content is None:
        raise Http404("The offer isn't the store's anymore.")
    return stage.page(request, content, language=language, scheme=scheme)


def shown_widget(experiment: Experiment, variant_key: str, after: str) -> Widget | NextWidget:
    """Return what a variant shows first, or second after an answer. Raises ``Http404``."""
    of_variant = {"variant__experiment": experiment, "variant__key": variant_key}
    related = "variant__experiment__store"
    if after:
        return get_object_or_404(NextWidget.objects.select_related(related), after=after, is_shown=True, **of_variant)
    return get_object_or_404(Widget.objects.select_related(related), **of_variant)
