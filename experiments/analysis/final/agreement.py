"""Whether a metric's answer hangs on how it was estimated: with or without the cap, and the cart's value."""

from collections.abc import Iterator
from typing import NamedTuple

from experiments.report import Disagreement, Estimate, MetricResult, OtherWay, Range


class OtherEstimate(NamedTuple):
    """What another way of estimating gives."""

    way: OtherWay
    estimate: Estimate | None


def disagreement_of(result: MetricResult, plain: Estimate | None) -> Disagreement | None:
    """Return the way of estimating that contradicts the one that was planned, the farthest; ``None`` without any.

    ``plain``: with neither cap nor adjustment. A way contradicts by its sign, or by more than half the width of the
    planned one's interval.
    """
    planned = effect_of_estimate(result, result.main)
    if planned is None:
        return None
    found: list[Disagreement] = []
    for way, estimate in other_estimates(result, plain):
        other = effect_of_estimate(result, estimate)
        if other is None:
            continue
        if other.estimate * planned.estimate < 0:
            found.append(Disagreement(way=way, kind="sign", lift=other.estimate))
        elif is_far(planned, other.estimate):
            found.append(Disagreement(way=way, kind="size", lift=other.estimate))
    return max(found, key=lambda one: abs(one.lift - planned.estimate), default=None)


def other_estimates(result: MetricResult, plain: Estimate | None) -> Iterator[OtherEstimate]:
    """Yield the other ways."""
    yield OtherEstimate("without_cuped", result.without_cuped)
    yield OtherEstimate("without_cap", result.without_cap)
    yield OtherEstimate("without_both", plain)


def effect_of_estimate(result: MetricResult, estimate: Estimate | None) -> Range | None:
    """Return an estimate's effect as the metric is read: as a lift, or as a difference."""
    if estimate is None:
        return None
    if result.is_in_points:
        return estimate.difference
    return estimate.lift


def is_far(planned: Range, other: float) -> bool:
    """Whether another estimate is off by more than half the interval's width; never of one without ends."""
    if planned.low is None or planned.high is None:
        return False
    return abs(other - planned.estimate) > (planned.high - planned.low) / 2
