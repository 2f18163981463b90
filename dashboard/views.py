"""The dashboard's pages: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard import fragments, shell
from dashboard.experiment_list import ExperimentList, ListFilter
from experiments.models import Moment, Status


@require_safe
@login_required
def experiments(request: HttpRequest) -> HttpResponse:
    """The tests of the member's stores, or of the one named by ``?store=``, filtered, sorted and by pages."""
    listed = ExperimentList(
        request.user, shell.store_or_all(request), ListFilter.from_query(request.GET), request.GET.get("page", 1)
    )
    context = {"list": listed, "statuses": Status.choices, "moments": Moment.choices}
    return fragments.page_or_part(request, "dashboard/experiments.html", "list", context, address=listed.address)
