"""Asking for approval of a launch, and answering: HTTP only."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.approvals.forms import AnswerForm
from dashboard.journeys.views import editable_journey
from dashboard.members import user_of
from journeys.life import approvals
from journeys.life.approvals import JourneyApprovalError
from journeys.models import Journey


def ask(journey: Journey, user: User, comment: str) -> str:
    """Ask for approval, and return what to say."""
    approvals.ask(journey, user, comment)
    return _("Another editor or admin of the store is asked to approve the launch.")


def approve(journey: Journey, user: User, comment: str) -> str:
    """Approve the launch, and return what to say."""
    approvals.answer(journey, user, is_approved=True, comment=comment)
    return _("Approved. An editor can launch the journey now.")


def decline(journey: Journey, user: User, comment: str) -> str:
    """Decline the launch, and return what to say."""
    approvals.answer(journey, user, is_approved=False, comment=comment)
    return _("Declined.")


def withdraw(journey: Journey, user: User, comment: str) -> str:
    """Take the request back, and return what to say."""
    approvals.withdraw(journey, user.get_username())
    return _("The request for approval is withdrawn.")


ANSWERS: dict[str, Callable[[Journey, User, str], str]] = {
    "ask": ask,
    "approve": approve,
    "decline": decline,
    "withdraw": withdraw,
}


@require_POST
@login_required
def answer_approval(request: HttpRequest, store_slug: str, key: str, answer: str) -> HttpResponse:
    """Ask for approval, answer, or take the request back; a message says what has come of it."""
    journey = editable_journey(request, store_slug, key)
    give = ANSWERS.get(answer)
    if give is None:
        raise Http404("No such answer.")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was saved: the comment is too long. Shorten it and try again."))
        return redirect("dashboard:journey", store_slug, key)
    try:
        messages.success(request, give(journey, user_of(request), form.cleaned_data["answer"]))
    except JourneyApprovalError as error:
        messages.error(request, str(error))
    return redirect("dashboard:journey", store_slug, key)
