"""What somebody should know who ends a test: the verdict, and what is lost by ending before the plan is reached."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.report.steps import SUGGESTIONS, LifecycleStep
from experiments import formatting
from experiments.models import Experiment, Status
from experiments.report import Verdict

ENDINGS = frozenset({Status.STOPPED, Status.CONCLUDED})
GOING = frozenset({Status.RUNNING, Status.PAUSED})


def warning(step: LifecycleStep, experiment: Experiment, verdict: Verdict) -> str:
    """Say what is lost by ending the test now; empty where the verdict is clear, or the planned days are over."""
    if step.target not in ENDINGS or experiment.status not in GOING or verdict.code in SUGGESTIONS:
        return ""
    day = experiment.day_at(timezone.now())
    if day is None or day > experiment.planned_days:
        return ""
    planned = ngettext("%(days)s planned day", "%(days)s planned days", experiment.planned_days)
    words = {"day": formatting.count(day), "planned": planned % {"days": formatting.count(experiment.planned_days)}}
    return (
        _(
            "You end this test early: it is on day %(day)s of %(planned)s, and the verdict isn't clear yet. "
            "What you read now may be chance."
        )
        % words
    )


def verdict_shown(step: LifecycleStep, verdict: Verdict) -> str:
    """Return the verdict beside a decision; empty beside any other step."""
    if step.target != Status.CONCLUDED:
        return ""
    return verdict.headline
