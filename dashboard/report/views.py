"""The report of a test: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboard.report.page import ReportPage
from experiments.analysis import analyse
from experiments.models import Experiment


@require_safe
@login_required
def report(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """What a test has found so far; 404 for a store that the user is not a member of."""
    page = report_page(request, store_slug, experiment_key)
    return render(request, "dashboard/report.html", {"page": page})


@require_safe
def findings(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """The part of the report that moves while the test runs; nothing (204) where it has not moved.

    After a logout the whole page is asked for again, so that a login form never lands in the middle of it.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    page = report_page(request, store_slug, experiment_key)
    if page.is_live and request.GET.get("seen") == page.fingerprint:
        return HttpResponse(status=204)
    return render(request, "dashboard/report.html#findings", {"page": page})


def report_page(request: HttpRequest, store_slug: str, experiment_key: str) -> ReportPage:
    """The report of a member's test as the reader asked for it: ``?cuped=off`` leaves the adjustment out."""
    experiment = member_experiment(request, store_slug, experiment_key)
    with_cuped = request.GET.get("cuped") != "off"
    return ReportPage(experiment, analyse(experiment, with_cuped=with_cuped), with_cuped)


def member_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The test, if it belongs to a store of the member's; raises ``Http404`` otherwise."""
    visible = Experiment.objects.visible_to(request.user).select_related("store", "rolled_out_variant")
    return get_object_or_404(visible, store__slug=store_slug, key=experiment_key)
