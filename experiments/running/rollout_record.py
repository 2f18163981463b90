"""What a roll-out was decided on: the goal's lift by the newest stored report, for the audit trail."""

from math import expm1

import msgspec

from experiments.models import Experiment, Variant
from experiments.report import Effect


def lifts_of(experiment: Experiment, variant: Variant) -> dict[str, float]:
    """Return the goal's lift corrected for luck and as it was measured; empty where no report has one.

    As fractions. What is written down stays, whatever later reports say.
    """
    newest = experiment.snapshots.order_by("-taken_at")
    stored = newest.values_list("report__effects", flat=True).first()
    for effect in msgspec.convert(stored or [], list[Effect]):
        if (effect.metric, effect.variant) == (experiment.goal_metric, variant.key):
            return lifts_from(effect)
    return {}


def lifts_from(effect: Effect) -> dict[str, float]:
    """Return the lifts that an effect has."""
    lifts = {}
    if effect.corrected_lift is not None:
        lifts["corrected_lift"] = effect.corrected_lift.estimate
    if effect.log_lift is not None:
        lifts["measured_lift"] = expm1(effect.log_lift)
    return lifts
