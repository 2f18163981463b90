"""A part of a test's visitors -> what its goal shows, in words: exploratory, and only after the correction."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from experiments.report import MetricResult

UNLIKELY_SPLIT = 0.001  # as of the whole test


@dataclass(frozen=True, slots=True)
class Finding:
    """What a part shows, and how it is colored: ``good``, ``bad``, ``warn`` or ``waiting``."""

    text: str
    tone: str


def finding_of(goal: MetricResult, *, alpha: float, split_p_value: float | None) -> Finding:
    """Return what the goal shows in a part, by its p-value corrected for all that could have been chosen."""
    # What the offer itself moves into a part can't be compared within it.
    if split_p_value is not None and split_p_value < UNLIKELY_SPLIT:
        return Finding(_("This part can't be compared: it isn't split as planned."), "bad")
    metric = {"metric": goal.label}
    if goal.corrected_p_value is None:
        return Finding(_("%(metric)s: too little data in this part to compare.") % metric, "waiting")
    if goal.corrected_p_value >= alpha:
        return Finding(_("%(metric)s: no difference shown in this part.") % metric, "waiting")
    if is_better(goal):
        return Finding(_("%(metric)s: better than control in this part. Test it there to be sure.") % metric, "good")
    return Finding(_("%(metric)s: worse than control in this part. Test it there to be sure.") % metric, "bad")


def is_better(goal: MetricResult) -> bool:
    """Whether the goal's difference is in the direction that is wanted."""
    if goal.main.difference is None:
        return False
    if goal.is_lower_better:
        return goal.main.difference.estimate < 0
    return goal.main.difference.estimate > 0
