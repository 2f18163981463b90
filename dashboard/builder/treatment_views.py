"""Beside a treatment's fields: the stage that shows it, products to find, and an offer to create. HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout_widgets import stage
from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.treatments import AlreadyStartedError
from checkout_widgets.models import ShopperAnswer
from dashboard import fragments, paging
from dashboard.builder.page import BuilderPage, section_url
from dashboard.builder.saving import OVERWRITE, SavedSection, save_section
from dashboard.builder.treatment_sections import BESIDE, SecondSection, TreatmentSection
from dashboard.builder.treatments import new_offer_form, past_results, treatment_block
from dashboard.builder.views import started
from dashboard.members import actor_of, editable_experiment
from dashboard.paging import choice
from dashboard.treatment.forms import SHOWS, TreatmentForm
from dashboard.treatment.offer_form import NewOfferForm
from dashboard.treatment.products import found_products
from experiments.models import Variant

SCHEMES = ("light", "dark")


def treatment_of(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> Variant:
    """Return a treatment that the member may edit; raises ``Http404`` for the control, which shows nothing."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    treatments = experiment.variants.filter(is_control=False)
    variant: Variant = get_object_or_404(treatments, key=variant_key)
    variant.experiment = experiment
    return variant


def section_of_treatment(variant: Variant, after: str = "") -> TreatmentSection:
    """Return a treatment's section as it is stored now, or that of its second offer after this answer.

    Raises ``Http404`` for an answer that there isn't.
    """
    candidate = LaunchCandidate(variant.experiment, timezone.now())
    if not after:
        return TreatmentSection(candidate, variant)
    if after not in ShopperAnswer.values:
        raise Http404("No such answer.")
    return SecondSection(candidate, variant, after)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
# It shows what is typed now, at the same address.
@never_cache
@stage.allow_framing
def show_stage(
    request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str, *, after: str = ""
) -> HttpResponse:
    """Show the widget in a frame, as typed now (POST) or before; fields with mistakes as they were."""
    section = section_of_treatment(treatment_of(request, store_slug, experiment_key, variant_key), after)
    form = section.form
    if request.method == "POST":
        form = section.form_of(request.POST)
    if not isinstance(form, TreatmentForm):
        return stage.empty_page(request, None, scheme=SCHEMES[0])
    form.is_valid()  # puts what is right of it into the widget
    widget = form.instance
    language = choice(request.GET, "language", list(LANGUAGES)) or next(iter(LANGUAGES))
    scheme = choice(request.GET, "scheme", SCHEMES) or SCHEMES[0]
    shown = None
    if widget.offer_id:
        shown = stage.shown_content(widget, language, request.GET.get("device", ""))
    if shown is None:
        return stage.empty_page(request, widget, scheme=scheme)
    return stage.page(request, shown, language=language, scheme=scheme)


@require_safe
@login_required
def products(
    request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str, *, after: str = ""
) -> HttpResponse:
    """Show the products that a search finds."""
    section = section_of_treatment(treatment_of(request, store_slug, experiment_key, variant_key), after)
    found = found_products(section.experiment.store, paging.words(request.GET))
    context = {"products": found, "field_name": f"{BESIDE}product", "key": section.key}
    return render(request, "dashboard/treatment/products.html", context)


@require_POST
@login_required
def create_offer(
    request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str, *, after: str = ""
) -> HttpResponse:
    """Create an offer of what was typed, and choose it; answers htmx with the treatment's part of the page."""
    variant = treatment_of(request, store_slug, experiment_key, variant_key)
    if variant.experiment.started_at is not None:
        return started(request, variant.experiment)
    section = section_of_treatment(variant, after)
    form = new_offer_form(section, request.POST)
    typed = request.POST.copy()
    if form.is_valid():
        typed = with_offer(request.POST, form.save().pk)
    try:
        saved = save_section(variant.experiment, section.name, typed, actor_of(request))
    except AlreadyStartedError:
        return started(request, variant.experiment)
    assert saved is not None
    if not fragments.is_part_wanted(request):
        return redirect(section_url(variant.experiment, saved.section.name))
    return treatment_part(request, saved, form)


def with_offer(data: QueryDict, offer_id: int) -> QueryDict:
    """Return what was typed with the new offer chosen, and without what it was made of."""
    typed = QueryDict(mutable=True)
    for name, texts in data.lists():
        if not name.startswith(BESIDE):
            typed.setlist(name, texts)
    typed["offer"] = str(offer_id)
    typed[SHOWS] = "offer"
    typed[OVERWRITE] = "on"  # the offer exists now: choosing it can't be refused for what another tab has saved
    return typed


def treatment_part(request: HttpRequest, saved: SavedSection, form: NewOfferForm) -> HttpResponse:
    """Answer with the treatment's part, and what else changes; a form with mistakes stays as it was typed."""
    page = BuilderPage.of(saved.section.experiment, timezone.now())
    section = page.sections[saved.section.name]
    assert isinstance(section, TreatmentSection)
    kept_form = None
    if form.errors:
        kept_form = form
    block = treatment_block(section, past_results(section.experiment.store), page.candidate.now, kept_form)
    context = {
        "page": page,
        "block": block,
        "section": section,
        "saved": saved,
        "experiment": section.experiment,
    }
    response = render(request, "dashboard/builder/treatment_saved.html", context)
    response["X-Section-State"] = saved.state.value
    return response


@require_safe
@login_required
def second_offer(
    request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str, *, after: str
) -> HttpResponse:
    """Show the fields of a second offer, which the page has only once somebody opens them."""
    variant = treatment_of(request, store_slug, experiment_key, variant_key)
    section = section_of_treatment(variant, after)
    if variant.experiment.started_at is not None:
        return started(request, variant.experiment)
    if not fragments.is_part_wanted(request):
        return redirect(f"{section_url(variant.experiment, '')[:-1]}?second={section.name}#{section.name}")
    page = BuilderPage.of(variant.experiment, timezone.now(), opened=section.name)
    block = treatment_block(section, past_results(variant.experiment.store), page.candidate.now)
    return render(request, "dashboard/builder/second_fields.html", {"page": page, "block": block})
