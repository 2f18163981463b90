"""The page of what a treatment shows: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from checkout_widgets import stage
from checkout_widgets.admin.structured import LANGUAGES
from checkout_widgets.launching.treatments import AlreadyStartedError, save_widget, widget_of
from dashboard.members import actor_of, editable_experiment
from dashboard.paging import choice
from dashboard.treatment.forms import TreatmentForm
from dashboard.treatment.page import offer_cards
from experiments.models import Variant

SCHEMES = ("light", "dark")


def treatment_of(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> Variant:
    """Return a treatment that the member may edit; raises ``Http404`` for the control, which shows nothing."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    treatments = experiment.variants.filter(is_control=False)
    variant: Variant = get_object_or_404(treatments, key=variant_key)
    variant.experiment = experiment
    return variant


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_treatment(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Show what a draft's treatment shows, and save changes of it."""
    variant = treatment_of(request, store_slug, experiment_key, variant_key)
    if variant.experiment.started_at is not None:
        return refused(request, variant)
    widget = widget_of(variant)
    form = TreatmentForm(request.POST or None, instance=widget, initial=chosen_before(request))
    if form.is_valid():
        try:
            save_widget(form.save(commit=False), form.changed_data, actor=actor_of(request))
        except AlreadyStartedError:
            return refused(request, variant)
        messages.success(request, _("“%(treatment)s” is saved.") % {"treatment": variant})
        return redirect("dashboard:launch", store_slug, experiment_key)
    context = {
        "variant": variant,
        "experiment": variant.experiment,
        "form": form,
        "widget": widget,
        "created_offer": chosen_before(request).get("offer", ""),
        "languages": LANGUAGES.items(),
        "offers": offer_cards(variant.experiment.store, form["offer"], timezone.now()),
    }
    status = 200
    if form.errors:
        status = 422
    return render(request, "dashboard/treatment/treatment.html", context, status=status)


def chosen_before(request: HttpRequest) -> dict[str, str]:
    """Return the offer that was created for the treatment just now; the form takes only one of the store's."""
    offer = request.GET.get("offer", "")
    # Seventeen digits are below PostgreSQL's largest bigint, so that no address gives a 500.
    if not (offer.isascii() and offer.isdecimal()) or len(offer) >= 18:
        return {}
    return {"offer": offer}


def refused(request: HttpRequest, variant: Variant) -> HttpResponse:
    """Say that a test that has started stays as it is, on its report."""
    messages.info(request, _("This test has started, so you can't change what it shows here. Duplicate it instead."))
    return redirect("dashboard:report", variant.experiment.store.slug, variant.experiment.key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@stage.allow_framing
def show_stage(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Show the widget in a frame, as typed (POST) or as saved; fields with mistakes as they were."""
    widget = widget_of(treatment_of(request, store_slug, experiment_key, variant_key))
    if request.method == "POST":
        form = TreatmentForm(request.POST, instance=widget)
        form.is_valid()
        widget = form.instance
    else:
        widget.offer_id = int(chosen_before(request).get("offer", 0)) or widget.offer_id
    language = choice(request.GET, "language", list(LANGUAGES)) or next(iter(LANGUAGES))
    scheme = choice(request.GET, "scheme", SCHEMES) or SCHEMES[0]
    shown = None
    if widget.offer_id:
        shown = stage.shown_content(widget, language, request.GET.get("device", ""))
    if shown is None:
        return TemplateResponse(request, "stage/empty.html", {"scheme": scheme})
    return stage.page(request, shown, language=language, scheme=scheme)
