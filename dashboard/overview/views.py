"""The overview: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.overview.page import OverviewPage
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Overview"))
def overview(request: HttpRequest, store: Store) -> HttpResponse:
    """A store's programme at a glance."""
    return render(request, "dashboard/overview.html", {"page": OverviewPage(store, timezone.now())})
