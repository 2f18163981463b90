"""The playbook: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from checkout_widgets import stage
from checkout_widgets.models import Widget
from dashboard import fragments, shell
from dashboard.paging import choice
from dashboard.playbook.entries import UNDECIDED, Playbook, PlaybookFilter
from experiments.models import Decision, Experiment, Moment, Store


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


@require_safe
@login_required
@stage.allow_framing
def shown(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """A variant's widget on a stage, rendered by the snippet as shoppers see it; for a frame of the playbook."""
    mine = Experiment.objects.visible_to(request.user).filter(store__slug=store_slug, key=experiment_key)
    widgets = Widget.objects.select_related("variant__experiment__store").filter(variant__experiment__in=mine)
    # in English and at a desktop's width: the playbook compares what was shown, and this is what was written first
    content = stage.shown_content(get_object_or_404(widgets, variant__key=variant_key), "en", "desktop")
    if content is None:
        raise Http404("The offer isn't the store's any more.")
    scheme = choice(request.GET, "scheme", {"light", "dark"}) or "light"
    return stage.page(request, content, language="en", scheme=scheme)
