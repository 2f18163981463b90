"""The page of a draft's audience: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from checkout_widgets.reach.estimate import reach_of
from dashboard.audience.forms import AudienceForm
from dashboard.members import actor_of, editable_experiment
from experiments import audit
from experiments.models import AuditAction, Experiment
from experiments.running.lifecycle import locked_experiment

FIELDS = ("targeting", "traffic_share", "priority")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_audience(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show whom a draft is for, and save changes of it; a test that has started keeps its audience."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    if experiment.started_at is not None:
        messages.info(request, _("This test has started, so you can't change who sees it. Duplicate it instead."))
        return redirect("dashboard:report", store_slug, experiment_key)
    form = AudienceForm(request.POST or None, experiment=experiment)
    if form.is_valid() and save(experiment, form, actor_of(request)):
        messages.success(request, _("The audience is saved."))
        return redirect("dashboard:launch", store_slug, experiment_key)
    context = {"experiment": experiment, "form": form, "reach": reach_of(experiment, timezone.now())}
    status = 200
    if form.errors:
        status = 422
    return render(request, "dashboard/audience/audience.html", context, status=status)


def save(experiment: Experiment, form: AudienceForm, actor: str) -> bool:
    """Save the audience with an entry of the trail, and return whether it could be: not once the test has started."""
    with transaction.atomic():
        # locked, so that a launch at this instant either has the new audience or keeps the old one
        stored = locked_experiment(experiment)
        if stored.started_at is not None:
            form.add_error(None, _("This test has started meanwhile, so you can't change who sees it."))
            return False
        before = audit.values(stored, FIELDS)
        form.apply_to(stored)
        stored.save(update_fields=(*FIELDS, "updated_at"))
        changed = audit.changes(before, audit.values(stored, FIELDS))
        if changed:
            audit.record(store=stored.store, experiment=stored, action=AuditAction.CHANGED, actor=actor, detail=changed)
    return True


@require_POST
@login_required
def show_reach(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show the reach of what is typed, which isn't saved."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = AudienceForm(request.POST, experiment=experiment)
    reach = None
    if form.is_valid():
        form.apply_to(experiment)
        reach = reach_of(experiment, timezone.now())
    return render(request, "dashboard/audience/reach.html", {"form": form, "reach": reach})
