"""The page of the question on the confirmation page: HTTP only."""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from checkout_widgets import confirmation_question
from checkout_widgets.models import ConfirmationQuestion
from dashboard import shell
from dashboard.members import actor_of, can_edit, require_editor
from dashboard.question.forms import ConfirmationQuestionForm
from experiments.models import Store
from journeys.scores import promoter_score


class AnswerRow(NamedTuple):
    """How many visitors gave an answer."""

    text: str
    number: int


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Question on the confirmation page"))
def question(request: HttpRequest, store: Store) -> HttpResponse:
    """Show the question with what was answered (GET), and save it (POST, editors)."""
    # As it is stored, not as it was just typed: answers were given to that.
    stored = confirmation_question.question_of(store)
    form = ConfirmationQuestionForm(request.POST or None, stored=stored)
    if request.method == "POST":
        require_editor(request, store)
        if form.is_valid():
            confirmation_question.save(form.question(), actor=actor_of(request))
            messages.success(request, _("Saved. Pages follow within two seconds."))
            return redirect(shell.address_of("dashboard:question", store))
    counts = confirmation_question.count_answers(stored)
    context = {
        "store": store,
        "form": form,
        "rows": rows_of(stored, counts),
        "answered": sum(counts.values()),
        "promoter_score": promoter_score(counts),
        "is_editor": can_edit(request, store),
    }
    return render(request, "dashboard/question/page.html", context, status=422 if form.errors else 200)


def rows_of(stored: ConfirmationQuestion, counts: dict[str, int]) -> list[AnswerRow]:
    """Return the answers in the order of the question, each with its number."""
    rows = []
    for choice in stored.choices:
        # Also of answers that nobody gave: an empty row says as much as a full one.
        rows.append(AnswerRow(choice["text"], counts.get(choice["tag"], 0)))
    return rows
