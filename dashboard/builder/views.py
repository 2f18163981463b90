"""A draft's page, its sections that save themselves, and its launch: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout_widgets.launching.treatments import AlreadyStartedError
from dashboard import fragments
from dashboard.builder.page import BuilderPage, section_url
from dashboard.builder.saving import SavedSection, SaveState, save_section
from dashboard.custom_metrics.forms import ChoiceForm
from dashboard.launch.forms import LaunchForm
from dashboard.launch.views import launched_text, try_to_launch
from dashboard.members import actor_of, editable_experiment, user_of
from experiments.models import Experiment, Status


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
# By "back" the browser would show what was typed before it was saved, and save it over what is newer.
@never_cache
def build_test(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show a draft on one page, and launch it; a test that isn't a draft says how far it is."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = None
    if request.method == "POST":
        form = LaunchForm(request.POST, store=experiment.store, auto_id="id_start_%s")
        if form.is_valid() and try_to_launch(experiment, form, user_of(request)):
            messages.success(request, launched_text(experiment))
            if experiment.status == Status.DRAFT:  # it waits for somebody's approval
                return redirect("dashboard:launch", store_slug, experiment_key)
            return redirect("dashboard:report", store_slug, experiment_key)
        # A button pressed twice sends the form twice, and the browser shows the second answer: the first may have
        # launched the test meanwhile, so that this one was refused.
        experiment.refresh_from_db(fields=["status"])
        if experiment.status in (Status.RUNNING, Status.SCHEDULED):
            messages.success(request, launched_text(experiment))
            return redirect("dashboard:report", store_slug, experiment_key)
    if experiment.status != Status.DRAFT:
        return render(request, "dashboard/launch/launch.html", {"experiment": experiment})
    return show_draft(request, experiment, form)


def show_draft(request: HttpRequest, experiment: Experiment, form: BaseForm | None) -> HttpResponse:
    """Show the page; ``form`` is that of a launch that was refused."""
    # read after the attempt: what it was refused for may have come up since the page was opened
    page = BuilderPage.of(experiment, timezone.now(), opened=request.GET.get("second", ""))
    status = 200
    if form is not None:
        status = 422
    context = {
        "page": page,
        "start_form": form or page.start.form,
        "experiment": experiment,
        "metric_form": ChoiceForm(experiment=experiment),
    }
    return render(request, "dashboard/builder/builder.html", context, status=status)


@require_POST
@login_required
def save(request: HttpRequest, store_slug: str, experiment_key: str, section: str) -> HttpResponse:
    """Save what was typed into a section, or keep it as it is; answers htmx with what changes on the page."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    try:
        saved = save_section(experiment, section, request.POST, actor_of(request))
    except AlreadyStartedError:
        return started(request, experiment)
    if saved is None:
        raise Http404("No such section.")
    if not fragments.is_part_wanted(request):
        return saved_without_script(request, saved)
    return saved_parts(request, saved)


def saved_parts(request: HttpRequest, saved: SavedSection, **more: Any) -> HttpResponse:
    """Answer with what changes on the page, and say in a header what became of the section."""
    page = BuilderPage.of(saved.section.experiment, timezone.now())
    section = page.sections[saved.section.name]
    context = {"page": page, "saved": saved, "section": section, **more}
    response = render(request, "dashboard/builder/saved.html", context)
    response["X-Section-State"] = saved.state.value
    return response


def saved_without_script(request: HttpRequest, saved: SavedSection) -> HttpResponse:
    """Lead back to the section, where a browser without scripts has sent it."""
    if saved.state == SaveState.CHANGED_MEANWHILE:
        messages.error(
            request,
            _("“%(section)s” has changed since you opened it. Enter your changes again.")
            % {"section": saved.section.title},
        )
    return redirect(section_url(saved.section.experiment, saved.section.name))


def started(request: HttpRequest, experiment: Experiment) -> HttpResponse:
    """Say that a test that has started stays as it is, on its report."""
    report = redirect("dashboard:report", experiment.store.slug, experiment.key)
    if not fragments.is_part_wanted(request):
        messages.info(request, _("This test has started, so you can't change it here. Duplicate it instead."))
        return report
    # Without words: what was typed last is saved by itself, also while the test is being launched, and the report says
    # that it has started.
    response = HttpResponse()
    response["HX-Redirect"] = report["Location"]
    return response


@require_safe
@login_required
def old_address(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str = "") -> HttpResponse:
    """Lead from the pages that sections were before to the page that has them all."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    if experiment.started_at is not None:
        return started(request, experiment)
    name = "audience"
    if variant_key:
        name = f"treatment-{variant_key}"
    return redirect(section_url(experiment, name))
