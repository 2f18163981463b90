"""The moments map: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.moments.page import MomentsPage


@require_safe
@login_required
def moments(request: HttpRequest) -> HttpResponse:
    """What runs at each moment of a store's checkout, and what became of it."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Moments")})
    return render(request, "dashboard/moments.html", {"page": MomentsPage(store, timezone.now())})
