"""The pages on the way to a running test: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout_widgets.launching import LaunchRefused, duplicate, launch_or_ask
from checkout_widgets.launching.drafts import create_draft, usual_choices
from checkout_widgets.launching.signals import DraftAudience, draft_audience
from checkout_widgets.launching.templates import Template, templates
from dashboard import shell
from dashboard.launch.forms import LaunchForm, PlanForm
from dashboard.launch.page import template_groups
from dashboard.members import actor_of, editable_experiment, editable_store
from experiments import formatting
from experiments.models import Experiment, Status, Store
from experiments.running import lifecycle
from experiments.running.lifecycle import LifecycleError
from experiments.targeting_words import describe


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("New test"))
def choose_template(request: HttpRequest, store: Store) -> HttpResponse:
    """Show what can be tested, to choose from."""
    return show_templates(request, store)


def show_templates(request: HttpRequest, store: Store, **chosen: Any) -> HttpResponse:
    """Show the templates; ``chosen`` is what is told of one of them before there is a draft."""
    query = request.GET.copy()
    query["store"] = store.slug
    context = {"store": store, "groups": template_groups(), "query": query.urlencode(), **chosen}
    return render(request, "dashboard/launch/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_test(request: HttpRequest, template_key: str) -> HttpResponse:
    """Tell what a template sets up (GET), and create a draft of it (POST)."""
    template, store = templates().get(template_key), editable_store(request)
    if template is None:
        raise Http404("No such template.")
    plan = PlanForm(request.GET)
    if request.method != "POST":
        return show_templates(request, store, **what_it_sets_up(template, store), is_planned=bool(plan.asked))
    asked = plan.asked
    choices = usual_choices(
        template,
        store,
        moment=asked.get("moment"),
        sample=asked.get("planned_sample"),
        days=asked.get("planned_days"),
    )
    experiment = create_draft(template, store, choices, actor=actor_of(request))
    return redirect("dashboard:launch", store.slug, experiment.key)


def what_it_sets_up(template: Template, store: Store) -> dict[str, Any]:
    """Return what the page tells of a template before there is a draft."""
    aim = draft_audience(template, template.moment, store, timezone.now())
    return {
        "chosen": template,
        "aim": aim,
        "hypothesis": template.hypothesis_shown(aim.shown),
        "audience": audience(aim, store),
    }


def audience(aim: DraftAudience, store: Store) -> str:
    """Say whom the draft's targeting is for."""
    return describe(aim.rules, money=lambda minor: formatting.price(minor, store.currency))


def launched_text(experiment: Experiment) -> str:
    """Say what has become of the test."""
    text = _("“%(test)s” is running.")
    if experiment.status == Status.SCHEDULED:
        text = _("“%(test)s” is scheduled.")
    elif experiment.status == Status.DRAFT:
        text = _("You have asked for approval to launch “%(test)s”.")
    return text % {"test": experiment.name}


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
