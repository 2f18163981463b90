"""A message's preview: HTTP only."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from checkout_widgets import stage
from dashboard.journeys.views import journey_of
from dashboard.members import can_edit, require_editor
from dashboard.message_preview.test_sends import send_to_self
from dashboard.paging import choice
from experiments.models import Store
from journeys.life import versions
from journeys.life.step_tests import message_name
from journeys.models import JourneyStep, Sender
from journeys.sending.trials import NoTrial, Trial
from journeys.writing import wording
from journeys.writing.schemes import in_scheme

SCHEMES = {"light": gettext_lazy("Light"), "dark": gettext_lazy("Dark")}
LANGUAGE_NAMES = {
    **{"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "nl": "Nederlands", "pl": "Polski"},
    "ar": "العربية",
}
# What a message says comes from people: it may show pictures and styles, and run nothing.
SOURCES = "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def trial_of(request: HttpRequest, step: JourneyStep, store: Store) -> Trial:
    """Return the message that the reader asks for; the first of each choice where it is none of them."""
    sender = Sender.objects.select_related("store").filter(store=store).first() or Sender(store=store)
    return Trial(
        step=step,
        variant_key=choice(request.GET, "message", ["", *step.other_documents]) or "",
        locale=choice(request.GET, "language", list(wording.UNSUBSCRIBE)) or "en",
        sender=sender,
    )


def step_of(request: HttpRequest, store_slug: str, key: str, step_key: str) -> JourneyStep:
    """Return a step of the member's journey as it is written now; raises ``Http404`` for another's."""
    version = versions.newest_version(journey_of(request, store_slug, key))
    return get_object_or_404(version.steps.select_related("version__journey__store"), key=step_key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def message_preview(request: HttpRequest, store_slug: str, key: str, step_key: str) -> HttpResponse:
    """Show a step's message (GET), and send it to the member (POST)."""
    step = step_of(request, store_slug, key, step_key)
    store = step.version.journey.store
    trial = trial_of(request, step, store)
    if request.method == "POST":
        require_editor(request, store)
        send(request, trial)
        return redirect(request.get_full_path())
    context = {
        "store": store,
        "journey": step.version.journey,
        "step": step,
        "trial": trial,
        "messages_of_step": messages_of(step),
        "languages": LANGUAGE_NAMES.items(),
        "schemes": SCHEMES.items(),
        "scheme": choice(request.GET, "scheme", list(SCHEMES)) or "light",
        "is_editor": can_edit(request, store),
        **shown(trial),
    }
    return render(request, "dashboard/message_preview/page.html", context)


def shown(trial: Trial) -> dict[str, object]:
    """Return the message as it is written now, or why it can't be."""
    try:
        return {"rendered": trial.rendered(timezone.now())}
    except NoTrial as error:
        return {"problem": str(error)}


def messages_of(step: JourneyStep) -> list[tuple[str, str]]:
    """Return the step's messages by the keys of their variants, the step's own first."""
    found = []
    for number, variant_key in enumerate(["", *sorted(step.other_documents)], start=1):
        found.append((variant_key, message_name(number)))
    return found


def send(request: HttpRequest, trial: Trial) -> None:
    """Send the message to the member, and say what became of it."""
    member = cast(User, request.user)
    try:
        send_to_self(member, trial, timezone.now())
    except NoTrial as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Sent to %(address)s.") % {"address": member.email})


@require_safe
@login_required
@stage.allow_framing
def frame(request: HttpRequest, store_slug: str, key: str, step_key: str) -> HttpResponse:
    """Return the message itself, which loads pictures and runs nothing."""
    step = step_of(request, store_slug, key, step_key)
    try:
        html = trial_of(request, step, step.version.journey.store).rendered(timezone.now()).html
    except NoTrial as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    html = in_scheme(html, choice(request.GET, "scheme", list(SCHEMES)) or "light")
    return HttpResponse(html, headers={"Content-Security-Policy": SOURCES})
