"""What a member may do from a report: take a step of the test's life, share the report, take a link back."""

from dataclasses import dataclass, field
from typing import Any, Self, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.members import actor_of, editable_experiment, user_of
from dashboard.models import ShareLink
from dashboard.report import early, sharing, steps
from dashboard.report.choices import Choices
from dashboard.report.forms import ShareForm, StepForm
from dashboard.report.page import ReportPage
from dashboard.report.policy import with_saved_plots
from dashboard.report.steps import STEPS, LifecycleStep
from experiments.in_sentences import mid_sentence
from experiments.models import ApprovedStep, Decision, Experiment
from experiments.report import Report
from experiments.running.approvals import requests
from experiments.running.approvals.requirement import ApprovalNeededError
from experiments.running.conclusions import Conclusion, terms_of
from experiments.running.lifecycle import LifecycleError
from experiments.snapshots import analyse

# Where the form says why a step can't be taken; elsewhere above all fields.
FIELD_OF = {"no_reason": "reason", "no_variant": "rolled_out_variant"}


@dataclass(frozen=True)
class Dialog:
    """A step with its form; ``is_open`` where the page begins with it, ``is_primary`` where it is what to do next.

    ``warning`` says what is lost by taking it now; ``verdict`` is what a decision is made on.
    """

    step: LifecycleStep
    form: StepForm
    is_open: bool
    is_primary: bool
    warning: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Actions:
    """The buttons of a report's page and what they open."""

    dialogs: list[Dialog]
    share_form: ShareForm = field(default_factory=ShareForm)
    links: list[ShareLink] = field(default_factory=list)
    is_sharing: bool = False

    @classmethod
    def of(cls, experiment: Experiment, report: Report, *, opened: str = "", refused: StepForm | None = None) -> Self:
        """Return what the test can take now, as the verdict suggests.

        ``opened`` names the step whose dialog is open; ``refused`` is its form where it didn't go through.
        """
        dialogs, verdict = [], report.verdict
        for step in STEPS:
            form = step.form_for(experiment, verdict)
            is_opened = step.name == opened
            if is_opened and refused:
                form = refused
            # A refused step stays, although the test can't take it any more: its form says why.
            if step.is_open(experiment) or form is refused:
                dialogs.append(
                    Dialog(
                        step,
                        form,
                        is_opened,
                        step.is_called_for(experiment, verdict),
                        warning=early.warning(step, experiment, report),
                        verdict=early.verdict_shown(step, verdict),
                    )
                )
        links = ShareLink.objects.open(timezone.now()).filter(experiment=experiment)
        return cls(dialogs, links=list(links), is_sharing=opened == "share")


@require_POST
@login_required
@with_saved_plots
def take_step(request: HttpRequest, store_slug: str, experiment_key: str, step_name: str) -> HttpResponse:
    """Take a step with what the form says; the page comes back with the form and the reason where it can't be taken."""
    step = steps.step_named(step_name)
    if step is None:
        raise Http404("No such step.")
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = step.form_for(experiment, data=request.POST)
    if form.is_valid() and take_or_ask(request, step, form):
        return redirect("dashboard:report", store_slug, experiment_key)
    form.focus_first_error()
    # Computed now, and never late: a step may be refused because the test is no longer what the stored report says.
    page = ReportPage(experiment, analyse(experiment), Choices())
    actions = Actions.of(experiment, page.report, opened=step.name, refused=form)
    return render(request, "dashboard/report.html", {"page": page, "actions": actions}, status=422)


def taken_text(experiment: Experiment) -> str:
    """Say what the test is now."""
    values = {"name": experiment.name, "status": mid_sentence(experiment.get_status_display())}
    return _("“%(name)s” is now %(status)s.") % values


def take_or_ask(request: HttpRequest, step: LifecycleStep, form: StepForm) -> bool:
    """Take the step, or ask for approval where the store wants that; return whether it went well.

    The form says why not.
    """
    experiment, done_text = form.experiment, ""
    try:
        step.take(experiment=experiment, actor=actor_of(request), **form.cleaned_data)
        done_text = taken_text(experiment)
    except ApprovalNeededError as needed:
        done_text = ask_instead(request, needed, form)
    except LifecycleError as error:
        form.add_error(FIELD_OF.get(error.code), str(error))
    if done_text:
        messages.success(request, done_text)
    return bool(done_text)


def ask_instead(request: HttpRequest, needed: ApprovalNeededError, form: StepForm) -> str:
    """Ask for the approval that a step needs, and say so; empty where nobody could give it, which the form says."""
    experiment, data = form.experiment, dict(form.cleaned_data)
    terms = {name: data.pop(name, "") for name in ("reason", "learning", "next_step")}
    if needed.step == ApprovedStep.CONCLUDE:
        terms |= terms_of(experiment, Conclusion(**data | {"decision": Decision(data["decision"])}))
    try:
        requests.ask(
            experiment=experiment, step=needed.step, asker=user_of(request), terms=terms, reason=terms["reason"]
        )
    except LifecycleError as error:
        form.add_error(None, str(error))
        return ""
    return _("A second person has to approve this. The store's editors and admins are asked.")


@require_POST
@login_required
def share(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Make a share link, and show it."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    form = ShareForm(request.POST)
    if form.is_valid():
        sharing.share(experiment=experiment, actor=actor_of(request), days=form.cleaned_data["days"])
    return to_sharing(experiment)


@require_POST
@login_required
def unshare(request: HttpRequest, store_slug: str, experiment_key: str, key: str) -> HttpResponse:
    """Take a share link back."""
    experiment = editable_experiment(request, store_slug, experiment_key)
    link = get_object_or_404(ShareLink.objects.select_related("experiment__store"), experiment=experiment, key=key)
    sharing.unshare(link=link, actor=actor_of(request))
    return to_sharing(experiment)


def to_sharing(experiment: Experiment) -> HttpResponse:
    """Back to the report, with the links shown."""
    response: Any = redirect("dashboard:report", experiment.store.slug, experiment.key)
    response["Location"] += "?do=share"  # without JavaScript, too, the dialog with the new link is open
    return cast("HttpResponse", response)
