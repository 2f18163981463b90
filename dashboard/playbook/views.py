"""The playbook: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import fragments, shell
from dashboard.playbook.entries import UNDECIDED, Playbook, Wanted
from experiments.models import Decision, Moment


@require_safe
@login_required
def playbook(request: HttpRequest) -> HttpResponse:
    """What the member's stores, or the one named by ``?store=``, have learned from tests that are over."""
    store, stores = shell.store_or_all(request), shell.shell_of(request).stores
    book = Playbook(
        request.user,
        store,
        Wanted.from_query(request.GET),
        request.GET.get("page", 1),
        compared=store or (stores[0] if len(stores) == 1 else None),
    )
    decisions = [(value or UNDECIDED, name) for value, name in Decision.choices]
    context = {"book": book, "moments": Moment.choices, "decisions": decisions}
    return fragments.answer(request, "dashboard/playbook.html", "book", context, address=book.address)
