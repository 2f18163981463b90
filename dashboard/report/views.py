"""The report of a test: HTTP only."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from checkout_widgets import stage
from dashboard.fragments import page_or_part
from dashboard.members import can_edit, member_experiment
from dashboard.preview.views import stage_of
from dashboard.report import exports
from dashboard.report.actions import Actions, Dialog
from dashboard.report.choices import Choices
from dashboard.report.metric_choice import view_to_show
from dashboard.report.page import ReportPage
from dashboard.report.policy import with_saved_plots
from dashboard.report.sharing import open_link
from dashboard.report.stored import report_at_look, report_at_once, report_to_share, view_to_share
from experiments.models import Experiment
from experiments.report import Report, Series
from experiments.snapshots import report_to_show


@require_safe
@login_required
@with_saved_plots
def report(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Show what a test has found so far; 404 for a store that the user is not a member of.

    ``?variant=<key>`` chooses the treatment, ``?metric=<code>`` what is shown by segment and by day, ``?cuped=off``
    leaves the adjustment out, ``?look=<id>`` is the report as it was at a look, ``?do=<step>`` opens the dialog of a
    step. A stored report comes first where there is a fresh one, so that the page is there at once; the page then asks
    for what has changed.
    """
    experiment = member_experiment(request, store_slug, experiment_key)
    page = first_page(experiment, Choices.of(request.GET))
    actions = None
    if can_edit(request, experiment.store):
        actions = Actions.of(experiment, page.report, opened=request.GET.get("do", ""))
    return page_or_part(request, "dashboard/report.html", "findings", {"page": page, "actions": actions})


@require_safe
def findings(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Send the part of the report that moves while the test runs; nothing (204) where it has not moved.

    After a logout, or once the test has taken another step, the whole page is asked for again.
    """
    if not request.user.is_authenticated:
        # A redirect to the login would be swapped into the page; a reload leads there.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    experiment = member_experiment(request, store_slug, experiment_key)
    page = report_page(experiment, Choices.of(request.GET))
    if request.GET.get("status", experiment.status) != experiment.status:
        # The buttons above the findings belong to the old status.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if request.GET.get("seen") == page.fingerprint:
        return HttpResponse(status=204)
    # Else a dialog would go on with the verdict of the stored report, beside another one.
    dialogs: list[Dialog] = []
    if can_edit(request, experiment.store):
        dialogs = Actions.of(experiment, page.report).dialogs
    return render(request, "dashboard/report.html#findings", {"page": page, "newer_dialogs": dialogs})


@require_safe
@login_required
def export_csv(request: HttpRequest, store_slug: str, experiment_key: str, table: str) -> HttpResponse:
    """Send a table of the report as CSV."""
    if table not in exports.TABLES:
        raise Http404("No such table.")
    page = report_page(member_experiment(request, store_slug, experiment_key), Choices.of(request.GET))
    name = f"{store_slug}-{experiment_key}-{table}.csv"
    return attachment(
        HttpResponse(exports.table(page.report, table, page.looked_at), content_type="text/csv; charset=utf-8"), name
    )


@require_safe
@login_required
def export_json(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """Send the report as a snapshot stores it."""
    page = report_page(member_experiment(request, store_slug, experiment_key), Choices.of(request.GET))
    response = JsonResponse(page.report.as_json(), json_dumps_params={"indent": 1, "ensure_ascii": False})
    return attachment(response, f"{store_slug}-{experiment_key}.json")


@require_safe
@with_saved_plots
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show a report to whoever has its link: no login, no buttons, nobody's name; 404 where the link shows none."""
    link = open_link(token)
    if link is None:
        response = render(request, "dashboard/report/link_gone.html", status=404)
    else:
        page = shared_page(link.experiment, Choices.of(request.GET))
        response = page_or_part(request, "dashboard/shared.html", "findings", {"page": page, "link": link})
    # A revoked link has to stop working at once, and its address must not leak to search engines and other sites.
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@stage.allow_framing
def shared_shown(request: HttpRequest, token: str, variant_key: str) -> HttpResponse:
    """Draw it for whoever has the report's link; 404 where that shows none any more."""
    link = open_link(token)
    if link is None:
        raise Http404("The link shows no report.")
    response = stage_of(request, link.experiment, variant_key)
    add_never_cache_headers(response)  # a revoked link has to stop working at once
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def first_page(experiment: Experiment, choices: Choices) -> ReportPage:
    """Return the stored report where that is what the reader asks for and it is fresh, else the one as it is now."""
    if choices.look or choices.metric or not choices.with_cuped:
        return report_page(experiment, choices)
    stored = report_at_once(experiment)
    if stored is None:
        return report_page(experiment, choices)
    return ReportPage(experiment, stored, choices, is_stored=True)


def shared_page(experiment: Experiment, choices: Choices) -> ReportPage:
    """Return the report for whoever has a link: as it is now, never as it was at a look."""
    choices = replace(choices, look=None)
    report = without_texts(report_to_share(experiment, with_cuped=choices.with_cuped))
    view = view_to_share(experiment, choices)
    if view is not None:
        view = replace(view, series=without_annotation_texts(view.series))
    return ReportPage(experiment, report, choices, view=view)


def without_texts(report: Report) -> Report:
    """Return the report without the annotations' texts, which were written for colleagues; kinds and days stay."""
    return replace(report, series=without_annotation_texts(report.series))


def without_annotation_texts(series: Series) -> Series:
    """Return a series whose annotations have their kinds and days alone."""
    return replace(series, annotations=[replace(annotation, text="") for annotation in series.annotations])


def report_page(experiment: Experiment, choices: Choices) -> ReportPage:
    """Return the report as it is now, or as it was at the look that the reader asked for."""
    if choices.look:
        return ReportPage(experiment, report_at_look(experiment, choices.look), choices)
    report = report_to_show(experiment, with_cuped=choices.with_cuped)
    return ReportPage(experiment, report, choices, view=view_to_show(experiment, choices))


def attachment(response: HttpResponse, name: str) -> HttpResponse:
    """Make the response a file to save; slugs need no quoting."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
