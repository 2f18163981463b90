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

from dashboard.members import actor_of, editable_experiment
from dashboard.models import ShareLink
from dashboard.report import sharing, steps
from dashboard.report.choices import Choices
from dashboard.report.forms import ShareForm, StepForm
from dashboard.report.page import ReportPage
from dashboard.report.policy import with_saved_plots
from dashboard.report.steps import STEPS, LifecycleStep
from experiments.models import Experiment
from experiments.report import Verdict
from experiments.running.lifecycle import LifecycleError
from experiments.snapshots import analyse


@dataclass(frozen=True)
class Dialog:
    """A step with its form; ``is_open`` where the page begins with it, ``is_primary`` where it is what to do next."""

    step: LifecycleStep
    form: StepForm
    is_open: bool
    is_primary: bool


@dataclass(frozen=True)
class Actions:
    """The buttons of a report's page and what they open."""

    dialogs: list[Dialog]
    share_form: ShareForm = field(default_factory=ShareForm)
    links: list[ShareLink] = field(default_factory=list)
    is_sharing: bool = False

    @classmethod
    def of(cls, experiment: Experiment, verdict: Verdict, *, opened: str = "", refused: StepForm | None = None) -> Self:
        """Return what the test can take now, as the verdict suggests.

        ``opened`` names the step whose dialog is open; ``refused`` is its form where it didn't go through.
        """
        dialogs = []
        for step in STEPS:
            form = step.form_for(experiment, verdict)
            is_opened = step.name == opened
            if is_opened and refused:
                form = refused
            # A refused step stays, although the test can't take it any more: its form says why.
            if step.is_open(experiment) or form is refused:
                dialogs.append(Dialog(step, form, is_opened, step.is_called_for(experiment, verdict)))
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
    if form.is_valid() and take(step, form, actor_of(request)):
        messages.success(request, taken_text(experiment))
        return redirect("dashboard:report", store_slug, experiment_key)
    # Computed now, and never late: a step may be refused because the test is no longer what the stored report says.
    page = ReportPage(experiment, analyse(experiment), Choices())
    actions = Actions.of(experiment, page.report.verdict, opened=step.name, refused=form)
    return render(request, "dashboard/report.html", {"page": page, "actions": actions}, status=422)


def taken_text(experiment: Experiment) -> str:
    """Say what the test is now."""
    values = {"name": experiment.name, "status": experiment.get_status_display().lower()}
    return _("“%(name)s” is now %(status)s.") % values


def take(step: LifecycleStep, form: StepForm, actor: str) -> bool:
    """Take the step, and return whether that went well; the form says why not."""
    try:
        step.take(experiment=form.experiment, actor=actor, **form.cleaned_data)
    except LifecycleError as error:
        form.add_error(None, str(error))
        return False
    return True


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
