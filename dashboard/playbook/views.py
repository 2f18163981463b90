"""The playbook: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import fragments, shell
from dashboard.playbook.entries import UNDECIDED, Playbook, PlaybookFilter
from experiments.models import Decision, Moment, Store


@require_safe
@login_required
def playbook(request: HttpRequest) -> HttpResponse:
    """What the member's stores, or the one named by ``?store=``, have learned from tests that are over."""
    store = shell.store_or_all(request)
    book = Playbook(
        request.user,
        store,
        PlaybookFilter.from_query(request.GET),
        request.GET.get("page", 1),
        compared=store or only_store(request),
    )
    context = {"book": book, "moments": Moment.choices, "decisions": decision_choices()}
    return fragments.page_or_part(request, "dashboard/playbook.html", "book", context, address=book.address)


def decision_choices() -> list[tuple[str, str]]:
    """The decisions to choose from, those to come under a word of their own: in a URL an empty value asks for all."""
    choices = []
    for value, name in Decision.choices:
        choices.append((value or UNDECIDED, str(name)))
    return choices


def only_store(request: HttpRequest) -> Store | None:
    """The store of a member of one; None for a member of several, whose currencies and shoppers differ."""
    stores = shell.shell_of(request).stores
    if len(stores) != 1:
        return None
    return stores[0]
