"""The steps of a journey's life, taken from its page: HTTP only."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.journeys.views import editable_journey
from dashboard.members import actor_of
from experiments.running.lifecycle import LifecycleError
from journeys.life import drafts, lifecycle
from journeys.life.lifecycle import JourneyLaunchRefused, JourneyStepError
from journeys.models import Journey, JourneyStep

LONGEST_REASON = 1_000  # longer ones are cut, not refused: the step that they are the reason of can't wait


def launch(journey: Journey, actor: str, reason: str) -> str:
    """Launch it, and return what to say."""
    lifecycle.launch(journey=journey, actor=actor, override_reason=reason)
    return _("The journey is running.")


def pause(journey: Journey, actor: str, reason: str) -> str:
    """Pause it, and return what to say."""
    lifecycle.pause(journey=journey, actor=actor, reason=reason)
    return _("The journey is paused. No messages go out.")


def resume(journey: Journey, actor: str, reason: str) -> str:
    """Resume it, and return what to say."""
    lifecycle.resume(journey=journey, actor=actor, reason=reason)
    return _("The journey is running again.")


def end(journey: Journey, actor: str, reason: str) -> str:
    """End it, and return what to say."""
    lifecycle.end(journey=journey, actor=actor, reason=reason)
    return _("The journey has ended.")


def discard(journey: Journey, actor: str, reason: str) -> str:
    """Discard its draft, and return what to say."""
    lifecycle.discard_draft(journey=journey, actor=actor)
    return _("The draft was discarded.")


ACTS: dict[str, Callable[[Journey, str, str], str]] = {
    "launch": launch,
    "pause": pause,
    "resume": resume,
    "end": end,
    "discard": discard,
}


@require_POST
@login_required
def take_step(request: HttpRequest, store_slug: str, key: str, act: str) -> HttpResponse:
    """Take a step of a journey's life; where it can't be taken, the page says why."""
    journey = editable_journey(request, store_slug, key)
    take = ACTS.get(act)
    if take is None:
        raise Http404("No such step.")
    reason = request.POST.get("reason", "").replace("\x00", "")[:LONGEST_REASON]
    try:
        messages.success(request, take(journey, actor_of(request), reason))
    except JourneyLaunchRefused as error:
        points = "; ".join(check.text for check in error.checks)
        messages.error(request, f"{error} {points}.")
    except (JourneyStepError, LifecycleError) as error:
        messages.error(request, str(error))
    if not Journey.objects.filter(pk=journey.pk).exists():
        return redirect("dashboard:journeys")
    return redirect("dashboard:journey", store_slug, key)


@require_POST
@login_required
def add_step(request: HttpRequest, store_slug: str, key: str) -> HttpResponse:
    """Add a step at the end."""
    journey = editable_journey(request, store_slug, key)
    try:
        drafts.add_step(journey, actor_of(request))
    except ValueError:
        text = _("A journey can have at most %(count)s steps.")
        messages.error(request, text % {"count": drafts.MOST_STEPS})
    return redirect("dashboard:journey", store_slug, key)


@require_POST
@login_required
def remove_step(request: HttpRequest, store_slug: str, key: str, step_key: str) -> HttpResponse:
    """Remove a step."""
    journey = editable_journey(request, store_slug, key)
    try:
        drafts.remove_step(journey, step_key, actor_of(request))
    except JourneyStep.DoesNotExist as error:
        raise Http404("No such step.") from error
    return redirect("dashboard:journey", store_slug, key)
