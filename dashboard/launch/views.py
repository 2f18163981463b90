"""The pages on the way to a running test: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout_widgets.launching import LaunchRefused, duplicate, launch_or_ask
from checkout_widgets.launching.drafts import create_draft
from checkout_widgets.launching.signals import DraftAudience, draft_audience
from checkout_widgets.launching.sizing import plan_for_template
from checkout_widgets.launching.templates import Template, templates
from dashboard import shell
from dashboard.launch.forms import LONGEST_DAYS, DraftForm, LaunchForm
from dashboard.launch.page import LaunchPage, template_groups
from dashboard.members import actor_of, editable_experiment, editable_store, user_of
from experiments import money
from experiments.models import Experiment, Status, Store
from experiments.programme.planning import PlannedTest
from experiments.running import lifecycle
from experiments.running.lifecycle import LifecycleError
from experiments.targeting_words import describe

FROM_PLANNER = ("planned_sample", "planned_days", "moment")


@require_safe
@login_required
def choose_template(request: HttpRequest) -> HttpResponse:
    """Show what can be tested, to choose from."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("New test")})
    query = request.GET.copy()
    query["store"] = store.slug
    context = {"store": store, "groups": template_groups(), "query": query.urlencode()}
    return render(request, "dashboard/launch/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_test(request: HttpRequest, template_key: str) -> HttpResponse:
    """Create a draft from a template."""
    template, store = templates().get(template_key), editable_store(request)
    if template is None:
        raise Http404("No such template.")
    asked = figures_from_planner(request)
    # The planner's size was made with the member's own figures, and goes before what the template would ask for.
    size = None
    if "planned_sample" not in asked:
        size = plan_for_template(template, store, template.moment, timezone.now())
    form = DraftForm(
        request.POST or None, template=template, store=store, initial=initial_values(template, size) | asked
    )
    if request.method == "POST" and form.is_valid():
        experiment = create_draft(template, store, form.choices(), actor=actor_of(request))
        return redirect("dashboard:launch", store.slug, experiment.key)
    context = {**what_it_sets_up(template, store), "form": form, "size": size, "is_planned": "planned_sample" in asked}
    return render_form(request, "dashboard/launch/new.html", context, form)


def figures_from_planner(request: HttpRequest) -> dict[str, str]:
    """Return the figures that the planner's link carries; the form checks them like typed ones."""
    figures = {}
    for name in FROM_PLANNER:
        if name in request.GET:
            figures[name] = request.GET[name]
    return figures


def what_it_sets_up(template: Template, store: Store) -> dict[str, Any]:
    """Return what the page tells of a template before there is a draft."""
    aim = draft_audience(template, template.moment, store, timezone.now())
    return {
        "template": template,
        "store": store,
        "aim": aim,
        "hypothesis": template.hypothesis_shown(aim.shown),
        "audience": audience(aim, store),
    }


def render_form(request: HttpRequest, template: str, context: dict[str, Any], form: Form) -> HttpResponse:
    """Render a page with its form; a form with errors is answered 422."""
    status = 200
    if form.errors:
        status = 422
    return render(request, template, context, status=status)


def audience(aim: DraftAudience, store: Store) -> str:
    """Say whom the draft's targeting is for."""
    return describe(aim.rules, money=lambda minor: money.text(minor, store.currency))


def initial_values(template: Template, size: PlannedTest | None) -> dict[str, object]:
    """Return what the form begins with: the template's values, in the size that the store's own figures ask for."""
    initial: dict[str, object] = {
        "name": template.name,
        "moment": template.moment,
        "planned_days": template.planned_days,
    }
    if size is not None:
        days = max(template.planned_days, size.days or 0)
        initial["planned_days"] = min(days, LONGEST_DAYS)
        initial["planned_sample"] = size.per_variant
    return initial


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def launch_test(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show the checklist, and launch."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = LaunchForm(request.POST or None, store=experiment.store)
    if request.method == "POST" and form.is_valid() and try_to_launch(experiment, form, user_of(request)):
        messages.success(request, launched_text(experiment))
        if experiment.status == Status.DRAFT:
            return redirect("dashboard:launch", store_slug, experiment_key)
        return redirect("dashboard:report", store_slug, experiment_key)
    # Read after the attempt: what it was refused for may have come up since the page was opened.
    page = LaunchPage.of(experiment, timezone.now())
    form.fields["override_reason"].required = bool(page.warnings)  # as the page shows it
    context = {"page": page, "form": form}
    return render_form(request, "dashboard/launch/launch.html", context, form)


def launched_text(experiment: Experiment) -> str:
    """Say what has become of the test."""
    said = _("“%(test)s” is running.")
    if experiment.status == Status.SCHEDULED:
        said = _("“%(test)s” is scheduled.")
    elif experiment.status == Status.DRAFT:
        said = _("Approval to launch “%(test)s” is asked for.")
    return said % {"test": experiment.name}


def try_to_launch(experiment: Experiment, form: LaunchForm, user: User) -> bool:
    """Launch as the form says, or ask for approval where the store wants that; return whether it went well.

    The form gets the error.
    """
    data = form.cleaned_data
    experiment.ramp_plan, experiment.ends_at = list(form.ramp_plan), data["ends_at"]
    experiment.is_pausing_on_harm = data["is_pausing_on_harm"]
    try:
        launch_or_ask(
            experiment=experiment,
            user=user,
            override_reason=data["override_reason"],
            starts_at=data["starts_at"],
            fields=("ramp_plan", "ends_at", "is_pausing_on_harm"),
        )
    except (LaunchRefused, LifecycleError) as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
@login_required
def unschedule(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Make a scheduled test a draft again."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    try:
        lifecycle.unschedule(experiment=experiment, actor=actor_of(request))
    except LifecycleError as error:
        messages.error(request, str(error))
    return redirect("dashboard:launch", store_slug, experiment_key)


@require_POST
@login_required
def copy_test(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Create a new draft from this test."""
    copy = duplicate(experiment=editable_experiment(request, store_slug, experiment_key), actor=actor_of(request))
    messages.success(
        request, _("“%(test)s” is a new draft with the same settings, variants and widgets.") % {"test": copy.name}
    )
    return redirect("dashboard:launch", copy.store.slug, copy.key)
