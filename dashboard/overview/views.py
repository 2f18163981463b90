"""The overview: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.overview.page import OverviewPage


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """A store's programme at a glance."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Overview")})
    return render(request, "dashboard/overview.html", {"page": OverviewPage(store, timezone.now())})
