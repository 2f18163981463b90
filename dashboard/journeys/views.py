"""Journeys: HTTP only."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from checkout_widgets.launching.candidate import Check
from dashboard import fragments, shell
from dashboard.approvals.forms import AnswerForm
from dashboard.journeys.edits import asked_edit
from dashboard.journeys.forms import NewJourneyForm, wait_in_words
from dashboard.journeys.holdout_card import HoldoutCard
from dashboard.journeys.saving import (
    JourneySaveState,
    SavedForms,
    StepForms,
    forms_of,
    save_step,
    save_trigger,
    step_digest,
    trigger_digest,
)
from dashboard.journeys.trigger_form import TriggerForm
from dashboard.members import actor_of, can_edit, editable_store, is_store_admin, require_editor, user_of
from experiments.models import ApprovalState
from journeys.life import approvals, versions
from journeys.life.answers import answers_of
from journeys.life.checklist import JourneyCandidate, checks_of
from journeys.life.drafts import create_journey
from journeys.life.figures import journey_figures, step_figures
from journeys.life.templates import journey_templates
from journeys.models import Journey, JourneyStatus, JourneyStep, JourneyVersion
from journeys.writing.editing import UneditableDocument


@require_safe
@login_required
def journeys(request: HttpRequest) -> HttpResponse:
    """List a store's journeys."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Journeys")})
    found = Journey.objects.filter(store=store).order_by("-updated_at", "pk")
    context = {
        "store": store,
        "journeys": found,
        "is_editor": can_edit(request, store),
        "is_admin": is_store_admin(request, store),
        "holdout": HoldoutCard(store, timezone.now()),
    }
    return render(request, "dashboard/journeys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_template(request: HttpRequest) -> HttpResponse:
    """Choose what to begin with; ``?template=<key>`` asks for its name, and posting that makes the draft."""
    store = editable_store(request)
    templates = journey_templates()
    template = templates.get(request.GET.get("template", ""))
    form = None
    if template is not None:
        form = NewJourneyForm(request.POST or None, store=store, template=template)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            journey = create_journey(template, store, key=values["key"], name=values["name"], actor=actor_of(request))
            return redirect("dashboard:journey", store.slug, journey.key)
    context = {"store": store, "templates": templates.values(), "template": template, "form": form}
    return render(request, "dashboard/journeys/templates.html", context, status=status_of(form))


def status_of(form: Any) -> int:
    """Return the status of a page with a form: 422 where it has errors."""
    if form is not None and form.errors:
        return 422
    return 200


def journey_of(request: HttpRequest, store_slug: str, key: str) -> Journey:
    """Return the member's journey; raises ``Http404`` for another's, as if it didn't exist."""
    visible = Journey.objects.filter(store__in=shell.shell_of(request).stores).select_related("store")
    return get_object_or_404(visible, store__slug=store_slug, key=key)


def editable_journey(request: HttpRequest, store_slug: str, key: str) -> Journey:
    """Return the member's journey, to be changed; raises ``Http404``, and ``PermissionDenied`` for who may only
    look."""
    journey = journey_of(request, store_slug, key)
    require_editor(request, journey.store)
    return journey


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def journey(request: HttpRequest, store_slug: str, key: str) -> HttpResponse:
    """Show a journey with its figures and, to editors, what can be changed; a POST saves its trigger."""
    if request.method != "POST":
        return page(request, journey_of(request, store_slug, key))
    found = editable_journey(request, store_slug, key)
    saved = save_trigger(found, request.POST, actor_of(request))
    if fragments.is_part_wanted(request):
        return render(request, "dashboard/journeys/saved.html", {"saved": saved, "name": "trigger"})
    if saved.state == JourneySaveState.REFUSED:
        return page(request, found, trigger_form=saved.forms[0])
    say_saved(request, saved)
    return redirect("dashboard:journey", store_slug, key)


@require_http_methods(["POST"])
@login_required
def save_journey_step(request: HttpRequest, store_slug: str, key: str, step_key: str) -> HttpResponse:
    """Save a step with the words of its messages; a button beside them changes what the messages are made of."""
    found = editable_journey(request, store_slug, key)
    try:
        saved = save_step(found, step_key, request.POST, actor_of(request), edit=asked_edit(request.POST))
    except JourneyStep.DoesNotExist as error:
        raise Http404("No such step.") from error
    except UneditableDocument:
        messages.error(request, _("Nothing was changed: somebody else has edited the message, or it is full."))
        return back_to_step(found, step_key)
    if fragments.is_part_wanted(request):
        return render(request, "dashboard/journeys/saved.html", {"saved": saved, "name": step_key})
    if saved.state == JourneySaveState.REFUSED:
        return page(request, found, step_forms={step_key: saved.forms})
    say_saved(request, saved)
    return back_to_step(found, step_key)


def back_to_step(found: Journey, step_key: str) -> HttpResponse:
    """Back to the journey's page, where the step is."""
    return redirect(f"{reverse('dashboard:journey', args=[found.store.slug, found.key])}?step={step_key}#{step_key}")


def say_saved(request: HttpRequest, saved: SavedForms) -> None:
    """Say on the next page what became of what was typed."""
    if saved.state == JourneySaveState.CHANGED_MEANWHILE:
        messages.error(request, _("Not saved: somebody has changed this meanwhile. Enter your changes again."))
    else:
        messages.success(request, _("All changes are saved."))


def page(request: HttpRequest, found: Journey, **forms: Any) -> HttpResponse:
    """Show a journey; ``forms`` are those with errors, which are answered 422."""
    version = versions.newest_version(found)
    launched = versions.launched_version(found)
    figures = step_figures(found)
    context = {
        "store": found.store,
        "journey": found,
        "version": version,
        "is_draft": version.launched_at is None,
        "is_running": found.status == JourneyStatus.RUNNING,
        "is_paused": found.status == JourneyStatus.PAUSED,
        "figures": figures,
        "all_steps": journey_figures(figures),
        "answers": answers_of(found),
        "launched_steps": steps_of(launched),
        "is_editor": can_edit(request, found.store) and found.status != JourneyStatus.ENDED,
        "trigger_form": forms.get("trigger_form") or TriggerForm(None, journey=found, version=version),
        "trigger_seen": trigger_digest(found, version),
        "steps": edited_steps(version, found, forms.get("step_forms", {})),
        "approval": listed_approval(request, version),
        "open_step": request.GET.get("step", ""),
    }
    status = 200
    if forms:
        status = 422
    return render(request, "dashboard/journeys/journey.html", context, status=status)


def listed_approval(request: HttpRequest, version: JourneyVersion) -> dict[str, Any] | None:
    """Return the request to launch a draft, and what the reader may do with it; None where there is none."""
    approval = approvals.approval_of(version)
    if approval is None or version.launched_at is not None:
        return None
    user, is_lapsed, form = user_of(request), approvals.is_lapsed(approval), AnswerForm(auto_id="approval-%s")
    form.fields["answer"].help_text = ""  # of a test it says where it is shown: here it is shown beside the request
    return {
        "approval": approval,
        "is_lapsed": is_lapsed,
        "may_answer": not is_lapsed and approvals.may_answer(approval, user),
        "may_withdraw": can_edit(request, version.journey.store) and approval.state in approvals.OPEN,
        "form": form,
    }


def is_approval_missing(version: JourneyVersion) -> bool:
    """Whether the store wants the launch approved, and nobody has approved the version as it is."""
    if not approvals.is_wanted(version.journey.store):
        return False
    approval = approvals.approval_of(version)
    return approval is None or approval.state != ApprovalState.APPROVED or approvals.is_lapsed(approval)


def steps_of(version: JourneyVersion | None) -> list[JourneyStep]:
    """Return a version's steps with their tests."""
    if version is None:
        return []
    return list(version.steps.select_related("experiment").order_by("position"))


def edited_steps(version: JourneyVersion, found: Journey, typed: dict[str, StepForms]) -> list[dict[str, Any]]:
    """Return each step with its forms: as typed where that couldn't be saved."""
    edited = []
    for step in steps_of(version):
        form, words = typed.get(step.key) or forms_of(step, found)
        wait = wait_in_words(step.wait_hours)
        edited.append({"step": step, "form": form, "words": words, "seen": step_digest(step), "wait": wait})
    return edited


@require_safe
@login_required
def reach(request: HttpRequest, store_slug: str, key: str) -> HttpResponse:
    """Show the checklist and whom the journey would have reached: asked for by the page, as it takes a moment."""
    found = journey_of(request, store_slug, key)
    candidate = JourneyCandidate(found, timezone.now())
    checks = checks_of(candidate)
    states = {check.state for check in checks}
    context = {
        "store": found.store,
        "journey": found,
        "groups": grouped(checks),
        "reach": candidate.reach,
        "is_blocked": "fail" in states,
        "is_warned": "warn" in states,
        "is_approval_missing": is_approval_missing(candidate.version),
        "is_part": fragments.is_part_wanted(request),
        "is_editor": can_edit(request, found.store),
        "is_draft": candidate.version.launched_at is None,
    }
    return render(request, "dashboard/journeys/reach.html", context)


def grouped(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """Return the points in the order in which they matter, as the checklist of a test shows its own."""
    shown = []
    for state, mark, title, note in (
        ("fail", "missing", _("Fix first"), _("Fix these to launch the journey.")),
        ("warn", "quiet", _("Recommended"), _("Fix these, or give a reason to launch anyway.")),
        ("pass", "done", _("Ready"), ""),
    ):
        found = [{"check": check} for check in checks if check.state == state]
        shown.append({"state": mark, "title": title, "note": note, "checks": found})
    return shown
