"""What somebody should know who ends a test: the verdict, and what is lost by ending before the plan is reached."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.report.steps import SUGGESTIONS, LifecycleStep
from experiments import formatting
from experiments.models import Experiment, Status
from experiments.report import Report, Verdict

ENDINGS = frozenset({Status.STOPPED, Status.CONCLUDED})
GOING = frozenset({Status.RUNNING, Status.PAUSED})


def warning(step: LifecycleStep, experiment: Experiment, report: Report) -> str:
    """Say what is lost by ending the test now; empty where the verdict is clear, or the planned days are over."""
    if step.target not in ENDINGS or experiment.status not in GOING or report.verdict.code in SUGGESTIONS:
        return ""
    progress = report.progress
    if progress is None or progress.days >= progress.days_needed:
        return ""
    needed = ngettext("%(days)s planned day", "%(days)s planned days", progress.days_needed)
    planned = needed % {"days": formatting.count(progress.days_needed)}
    # the day as the report has it, above the dialog
    words = {"day": formatting.count(progress.days), "planned": planned}
    text = _(
        "You are ending this test early: it is on day %(day)s of %(planned)s, and the verdict isn't clear yet. "
        "What you see now may be chance."
    )
    return text % words


def verdict_shown(step: LifecycleStep, verdict: Verdict) -> str:
    """Return the verdict beside a decision; empty beside any other step."""
    if step.target != Status.CONCLUDED:
        return ""
    return verdict.headline
