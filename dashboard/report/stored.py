"""Which report a page shows: a stored one, read in no time, or one computed now."""

from datetime import timedelta

from django.core.cache import cache
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from dashboard.stored_results import read
from experiments.models import Experiment
from experiments.report import Report
from experiments.snapshots import analyse

FRESH = timedelta(hours=25)  # the daily look, and an hour for it to be taken
SHARED_SECONDS = 60


def report_at_once(experiment: Experiment) -> Report | None:
    """The newest stored report, if it is of today or yesterday; what has changed since, the page asks for by itself."""
    newest = experiment.snapshots.filter(taken_at__gt=timezone.now() - FRESH).first()
    return read(newest) if newest else None


def report_at_look(experiment: Experiment, look: int) -> Report:
    """The report as it was at a look of this test; raises ``Http404`` where there is none that can be read."""
    report = read(get_object_or_404(experiment.snapshots.filter(is_look=True), pk=look))
    if report is None:
        raise Http404("This look is in a form that is no longer known.")
    return report


def report_to_share(experiment: Experiment, *, with_cuped: bool) -> Report:
    """A report for strangers, kept for a minute: however many ask, it is computed that often."""
    key = f"shared-report:{experiment.pk}:{with_cuped}"
    kept: Report | None = cache.get(key)
    if kept is None:
        kept = analyse(experiment, with_cuped=with_cuped)
        cache.set(key, kept, SHARED_SECONDS)
    return kept
