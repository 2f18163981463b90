"""Journeys: HTTP only."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dashboard import shell
from dashboard.journeys.forms import JourneyStepForm, NewJourneyForm, TriggerForm
from dashboard.journeys.words_form import WordsForm
from dashboard.members import actor_of, can_edit, editable_store, require_editor
from experiments.models import AuditAction, Store
from journeys.life import versions
from journeys.life.checklist import JourneyCandidate, checks_of
from journeys.life.drafts import create_journey
from journeys.life.figures import step_figures
from journeys.life.lifecycle import locked_journey, note
from journeys.life.templates import journey_templates
from journeys.models import Journey, JourneyStatus, JourneyStep


@require_safe
@login_required
def journeys(request: HttpRequest) -> HttpResponse:
    """List a store's journeys."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Journeys")})
    found = Journey.objects.filter(store=store).order_by("-updated_at", "pk")
    context = {"store": store, "journeys": found, "is_editor": can_edit(request, store)}
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
    form = TriggerForm(request.POST, journey=found, version=versions.newest_version(found))
    if not form.is_valid():
        return page(request, found, trigger_form=form)
    with transaction.atomic():
        locked = locked_journey(found)
        version = versions.editable_version(locked)
        form.apply_to(version)
        version.save()
        locked.name = form.cleaned_data["name"]
        locked.save(update_fields=["name", "updated_at"])
        note(locked, AuditAction.JOURNEY_CHANGED, actor_of(request))
    messages.success(request, _("The journey was saved."))
    return redirect("dashboard:journey", store_slug, key)


@require_http_methods(["POST"])
@login_required
def save_journey_step(request: HttpRequest, store_slug: str, key: str, step_key: str) -> HttpResponse:
    """Save a step with the words of its messages."""
    found = editable_journey(request, store_slug, key)
    stored = get_object_or_404(versions.newest_version(found).steps, key=step_key)
    forms = (JourneyStepForm(request.POST, step=stored), WordsForm(request.POST, step=stored, store=found.store))
    if not (forms[0].is_valid() and forms[1].is_valid()):
        return page(request, found, step_forms={step_key: forms})
    save_step(found, step_key, request)
    messages.success(request, _("The step was saved."))
    return redirect("dashboard:journey", store_slug, key)


def save_step(found: Journey, step_key: str, request: HttpRequest) -> None:
    """Save what was typed on the step of the version that is being edited, which may be a new one."""
    with transaction.atomic():
        locked = locked_journey(found)
        current = versions.editable_version(locked).steps.select_related("experiment").get(key=step_key)
        before = versions.compared_values(current)
        form = JourneyStepForm(request.POST, step=current)
        words = WordsForm(request.POST, step=current, store=found.store)
        if not (form.is_valid() and words.is_valid()):
            return  # changed by somebody else a moment ago: the page shows what is stored
        current.condition = form.cleaned_data["condition"]
        current.category_waits = form.cleaned_data["category_waits"]
        current.document = words.cleaned_data["document"]
        versions.part_from_changed_test(current, before)
        current.save()
        note(locked, AuditAction.JOURNEY_CHANGED, actor_of(request), detail={"step": step_key})


def page(request: HttpRequest, found: Journey, **forms: Any) -> HttpResponse:
    """Show a journey; ``forms`` are those with errors, which are answered 422."""
    version = versions.newest_version(found)
    launched = versions.launched_version(found)
    context = {
        "store": found.store,
        "journey": found,
        "version": version,
        "is_draft": version.launched_at is None,
        "is_running": found.status == JourneyStatus.RUNNING,
        "is_paused": found.status == JourneyStatus.PAUSED,
        "figures": step_figures(found),
        "launched_steps": steps_of(launched),
        "is_editor": can_edit(request, found.store) and found.status != JourneyStatus.ENDED,
        "trigger_form": forms.get("trigger_form") or TriggerForm(None, journey=found, version=version),
        "steps": edited_steps(version, found.store, forms.get("step_forms", {})),
    }
    status = 200
    if forms:
        status = 422
    return render(request, "dashboard/journeys/journey.html", context, status=status)


def steps_of(version: Any) -> list[JourneyStep]:
    """Return a version's steps with their tests."""
    if version is None:
        return []
    return list(version.steps.select_related("experiment").order_by("position"))


def edited_steps(version: Any, store: Store, typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each step with its forms: as typed where that couldn't be saved."""
    found = []
    for one in steps_of(version):
        form, words = typed.get(one.key) or (JourneyStepForm(None, step=one), WordsForm(None, step=one, store=store))
        found.append({"step": one, "form": form, "words": words})
    return found


@require_safe
@login_required
def reach(request: HttpRequest, store_slug: str, key: str) -> HttpResponse:
    """Show the checklist and whom the journey would have reached: asked for by the page, as it takes a moment."""
    found = journey_of(request, store_slug, key)
    candidate = JourneyCandidate(found, timezone.now())
    checks = checks_of(candidate)
    context = {
        "store": found.store,
        "journey": found,
        "checks": checks,
        "reach": candidate.reach,
        "is_blocked": any(check.state == "fail" for check in checks),
        "is_warned": any(check.state == "warn" for check in checks),
        "is_editor": can_edit(request, found.store),
        "is_draft": candidate.version.launched_at is None,
    }
    return render(request, "dashboard/journeys/reach.html", context)
