"""The dashboard's pages: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.experiment_list import listed_experiments


@require_safe
@login_required
def experiments(request: HttpRequest) -> HttpResponse:
    """The list of the tests of the member's stores, or of the one named by ``?store=``."""
    rows = listed_experiments(request.user, shell.store_or_all(request))
    return render(request, "dashboard/experiments.html", {"rows": rows})
