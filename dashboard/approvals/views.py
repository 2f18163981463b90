"""Answering requests for approval, and taking approved steps: HTTP only."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checkout_widgets.launching import LaunchRefused
from dashboard.approvals.carrying_out import carry_out
from dashboard.approvals.forms import AnswerForm
from dashboard.members import actor_of, editable_experiment, user_of
from experiments.in_sentences import mid_sentence
from experiments.models import Approval, ApprovedStep, Status
from experiments.running.approvals import requests
from experiments.running.lifecycle import LifecycleError


@require_POST
@login_required
def approve(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> HttpResponse:
    """Approve what another member asks for."""
    approval = approval_of(request, store_slug, experiment_key, pk)
    return answered(request, approval, requests.approve, _("Approved. An editor can take the step now."))


@require_POST
@login_required
def decline(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> HttpResponse:
    """Decline what another member asks for."""
    approval = approval_of(request, store_slug, experiment_key, pk)
    return answered(request, approval, requests.decline, _("Declined."))


def answered(
    request: HttpRequest, approval: Approval, give_answer: Callable[..., None], done_text: str
) -> HttpResponse:
    """Give the answer with its comment, and go back to the test; a message says what has come of it."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was saved: the comment is too long. Shorten it and try again."))
        return back_to(approval)
    comment = form.cleaned_data["answer"]
    try:
        give_answer(approval=approval, user=user_of(request), answer=comment)
        messages.success(request, done_text)
    except LifecycleError as error:
        messages.error(request, str(error))
    return back_to(approval)


@require_POST
@login_required
def withdraw(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> HttpResponse:
    """Take a request back."""
    approval = approval_of(request, store_slug, experiment_key, pk)
    requests.withdraw(approval=approval, actor=actor_of(request))
    messages.success(request, _("The request for approval is withdrawn."))
    return back_to(approval)


@require_POST
@login_required
def take_approved(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> HttpResponse:
    """Take the step that was approved."""
    approval = approval_of(request, store_slug, experiment_key, pk)
    try:
        carry_out(approval, actor_of(request))
    except (LifecycleError, LaunchRefused) as error:
        messages.error(request, str(error))
    else:
        experiment = approval.experiment
        words = {"name": experiment.name, "status": mid_sentence(experiment.get_status_display())}
        messages.success(request, _("“%(name)s” is now %(status)s.") % words)
    return back_to(approval)


def approval_of(request: HttpRequest, store_slug: str, experiment_key: str, pk: int) -> Approval:
    """Return a request about a test of the member's, who has to be an editor; raises ``Http404`` for another's."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    approval = get_object_or_404(Approval, experiment=experiment, pk=pk)
    approval.experiment = experiment  # with its store, and seen again where the step has changed it
    return approval


def back_to(approval: Approval) -> HttpResponse:
    """Back to the page that shows the request: the checklist of a draft, else the report."""
    experiment, page = approval.experiment, "dashboard:report"
    if approval.step == ApprovedStep.LAUNCH and experiment.status == Status.DRAFT:
        page = "dashboard:launch"
    return redirect(page, experiment.store.slug, experiment.key)
