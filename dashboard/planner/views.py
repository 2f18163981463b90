"""The planner: HTTP only."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard import fragments, shell
from dashboard.planner.form import PlannerForm
from dashboard.planner.page import PlannerPage


@require_safe
@login_required
def planner(request: HttpRequest) -> HttpResponse:
    """How large a test has to be, and how long it takes; every figure of it is in the URL."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": "Planner"})
    asked = {name: value for name, value in request.GET.items() if name != "store" and value}
    form = PlannerForm(defaults() | asked, store=store)
    page = PlannerPage(form, store, timezone.now()) if form.is_valid() else None
    if page:
        form.show_measured(page.stand_ins)
    address = f"?{urlencode({'store': store.slug} | asked)}"
    context = {"form": form, "page": page, "store": store}
    return fragments.answer(request, "dashboard/planner.html", "planner", context, address=address)


def defaults() -> dict[str, str]:
    """What the form says before anybody has said anything."""
    return {
        "what": "cart",
        "metric": "rpv",
        "treatments": "1",
        "cuped": "on",
        "power": "0.8",
        "looks": "14",
    }
