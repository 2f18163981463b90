"""A part of a test's visitors: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.fragments import page_or_part
from dashboard.members import member_experiment
from dashboard.report.part.exports import part_as_csv, part_as_json
from dashboard.report.part.page import PartPage


@require_safe
@login_required
def part(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show every metric of one segment, of two at once, or of some days; 404 for a store of others."""
    experiment = member_experiment(request, store_slug, experiment_key)
    context = {"page": PartPage.of(experiment, request.GET, timezone.now()), "experiment": experiment}
    return page_or_part(request, "dashboard/report/part.html", "figures", context)


@require_safe
@login_required
def export_part(request: HttpRequest, store_slug: str, experiment_key: str, kind: str) -> HttpResponse:
    """Send the part that the same address shows, as CSV or JSON; 404 where it shows none."""
    experiment = member_experiment(request, store_slug, experiment_key)
    now = timezone.now()
    report = PartPage.of(experiment, request.GET, now).report
    if report is None:
        raise Http404("Nobody is in this part, or none was chosen.")
    response: HttpResponse = JsonResponse(part_as_json(experiment, report, now), json_dumps_params={"indent": 1})
    if kind == "csv":
        response = HttpResponse(part_as_csv(experiment, report, now), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{store_slug}-{experiment_key}-part.{kind}"'
    return response
