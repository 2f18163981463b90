"""The dashboard's pages: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dashboard.experiment_list import listed_experiments
from experiments.models import Experiment


@require_safe
@login_required
def experiments(request: HttpRequest) -> HttpResponse:
    """The list of the tests of all the member's stores."""
    return render(request, "dashboard/experiments.html", {"rows": listed_experiments(request.user)})


@require_safe
@login_required
def report(request: HttpRequest, store_slug: str, experiment_key: str) -> HttpResponse:
    """What a test has found so far; 404 for a store that the user is not a member of."""
    return render(
        request, "dashboard/report.html", {"experiment": member_experiment(request, store_slug, experiment_key)}
    )


def member_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The test, if it belongs to a store of the member's; raises ``Http404`` otherwise."""
    visible = Experiment.objects.visible_to(request.user).select_related("store")
    return get_object_or_404(visible, store__slug=store_slug, key=experiment_key)
