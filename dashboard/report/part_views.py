"""A part of a test's visitors: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.fragments import page_or_part
from dashboard.members import member_experiment
from dashboard.report.part_page import PartPage


@require_safe
@login_required
def part(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show every metric of one segment, of two at once, or of some days; 404 for a store of others."""
    experiment = member_experiment(request, store_slug, experiment_key)
    context = {"page": PartPage.of(experiment, request.GET, timezone.now()), "experiment": experiment}
    return page_or_part(request, "dashboard/report/part.html", "figures", context)
