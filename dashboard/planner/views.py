"""The planner: HTTP only."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dashboard import fragments, shell
from dashboard.planner.form import PlannerForm
from dashboard.planner.page import PlannerPage
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Planner"))
def planner(request: HttpRequest, store: Store) -> HttpResponse:
    """Show how large a test has to be, and how long it takes; every figure of it is in the URL."""
    asked = figures_in(request.GET)
    form = PlannerForm(defaults() | asked, store=store)
    page = None
    if form.is_valid():
        page = PlannerPage(form, store, timezone.now())
        form.show_measured(page.stand_ins)
    address = f"?{urlencode({'store': store.slug} | asked)}"
    context = {"form": form, "page": page, "store": store}
    return fragments.page_or_part(request, "dashboard/planner.html", "planner", context, address=address)


def figures_in(query: QueryDict) -> dict[str, str]:
    """Return the figures that the address has; those left empty are as good as absent."""
    figures = query.dict()
    figures.pop("store", None)
    typed = {}
    for name, value in figures.items():
        if value:
            typed[name] = str(value)
    return typed


def defaults() -> dict[str, str]:
    """Return what the form has before anybody has chosen anything."""
    return {
        "what": "cart",
        "metric": "rpv",
        "treatments": "1",
        "cuped": "on",
        "power": "0.8",
        "looks": "14",
    }
