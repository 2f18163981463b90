"""The step that takes luck out of an estimate: winners look bigger than they are."""

from math import expm1, log1p

from experiments.analysis.estimates import scale_interval
from experiments.report import FinalEstimate, MetricResult, Range


def corrected(result: MetricResult, adjusted: FinalEstimate) -> FinalEstimate:
    """Return a metric's estimate corrected for luck; as it is where luck isn't known, as of metrics in points.

    ``adjusted``: what the test compared, or for orders per visitor perhaps the same without the adjustment.
    """
    found = result.corrected
    if found is None:
        return adjusted
    if adjusted != FinalEstimate.of(result.main):
        return moved_estimate(adjusted, luck_between(result.main.lift, found.lift))
    return FinalEstimate(
        control=found.control,
        treatment=found.treatment,
        difference=found.difference,
        lift=found.lift,
        unavailable=adjusted.unavailable,
        is_corrected=True,
    )


def part_corrected(whole: MetricResult, part: FinalEstimate) -> FinalEstimate:
    """Return the estimate of a part of the visitors, such as a segment, with the luck of the whole taken out.

    On the log scale by as much as the whole's: the parts average to what is shown of all. As it is where the whole is,
    and where one of the lifts has no logarithm.
    """
    if not whole.shown.is_corrected:
        return part
    return moved_estimate(part, luck_between(whole.main.lift, whole.shown.lift))


def pooled_corrected(whole: MetricResult, lift: Range | None) -> Range | None:
    """Return a segment's pooled lift with the luck of the whole taken out, as `part_corrected` does."""
    luck = luck_between(whole.main.lift, whole.shown.lift)
    if lift is None or luck is None or not whole.shown.is_corrected or lift.estimate <= -1:
        return lift
    return Range(expm1(log1p(lift.estimate) + luck), moved(lift.low, luck), moved(lift.high, luck))


def moved_estimate(estimate: FinalEstimate, luck: float | None) -> FinalEstimate:
    """Return an estimate whose lift is moved by ``luck`` on the log scale; as it is where that isn't possible."""
    if luck is None or estimate.lift is None or estimate.lift.estimate <= -1 or (estimate.control or 0.0) <= 0:
        return estimate
    control = estimate.control or 0.0
    lift = Range(
        expm1(log1p(estimate.lift.estimate) + luck), moved(estimate.lift.low, luck), moved(estimate.lift.high, luck)
    )
    return FinalEstimate(
        control=control,
        treatment=control * (1 + lift.estimate),
        difference=scale_interval(lift, control),
        lift=lift,
        unavailable=estimate.unavailable,
        is_corrected=True,
    )


def luck_between(measured: Range | None, final: Range | None) -> float | None:
    """Return by how much the log of 1 + lift is corrected; ``None`` where a lift has no logarithm."""
    if measured is None or final is None or min(measured.estimate, final.estimate) <= -1:
        return None
    return log1p(final.estimate) - log1p(measured.estimate)


def moved(lift: float | None, luck: float) -> float | None:
    """Return a lift moved on the log scale; ``None`` where there is none, and -1 stays what it is."""
    if lift is None or lift <= -1:
        return lift
    return expm1(log1p(lift) + luck)
