"""The moments map: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.moments.page import MomentsPage
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Moments"))
def moments(request: HttpRequest, store: Store) -> HttpResponse:
    """What runs at each moment of a store's checkout, and what became of it."""
    return render(request, "dashboard/moments.html", {"page": MomentsPage(store, timezone.now())})
