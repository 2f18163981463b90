"""Which report a page shows: a stored one, read in no time, or one computed now."""

from datetime import timedelta
from hashlib import sha256

from django.core.cache import cache
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language

from dashboard.report.choices import Choices
from dashboard.report.metric_choice import view_to_show
from dashboard.stored_results import read
from experiments.models import Experiment
from experiments.report import MetricView, Report
from experiments.snapshots import report_to_show

FRESH = timedelta(hours=25)  # the daily look, and an hour for it to be taken
SHARED_SECONDS = 60  # whoever has a link may reload as they like: a report is computed once a minute at most


def report_at_once(experiment: Experiment) -> Report | None:
    """Return the newest stored report of today or yesterday, None without one; the page asks for what came since."""
    newest = experiment.snapshots.filter(taken_at__gt=timezone.now() - FRESH).first()
    if newest is None:
        return None
    return read(newest)


def report_at_look(experiment: Experiment, look: int) -> Report:
    """Return the report as it was at a look of this test; raises ``Http404`` where there is none that can be read."""
    report = read(get_object_or_404(experiment.snapshots.filter(is_look=True), pk=look))
    if report is None:
        raise Http404("This look was stored in a form that can no longer be read.")
    return report


def view_to_share(experiment: Experiment, choices: Choices) -> MetricView | None:
    """Return the metric that a reader with a link chose, kept as long as the report."""
    key = f"shared-metric:{get_language()}:{experiment.pk}:{choices.with_cuped}:{choices.metric}"
    # Only codes of the test's own metrics are kept, or a crafted address would fill the cache.
    kept: MetricView | None = cache.get(sha256(key.encode()).hexdigest())
    if kept is None:
        kept = view_to_show(experiment, choices)
        if kept is not None:
            cache.set(sha256(key.encode()).hexdigest(), kept, SHARED_SECONDS)
    return kept


def report_to_share(experiment: Experiment, *, with_cuped: bool) -> Report:
    """Return a report for whoever has a link."""
    # Kept for a minute: a link that thousands open computes the report as often as one that a single reader opens.
    # Each process keeps its own for each language: at worst a report is computed once a minute in each.
    key = f"shared-report:{get_language()}:{experiment.pk}:{with_cuped}"
    kept: Report | None = cache.get(key)
    if kept is None:
        kept = report_to_show(experiment, with_cuped=with_cuped)
        cache.set(key, kept, SHARED_SECONDS)
    return kept
