"""Order value as revenue per visitor over orders per visitor, so that the three always multiply."""

from math import exp

from experiments.analysis.estimates import scale_interval
from experiments.report import FinalEstimate, Range


def quotient(rpv: FinalEstimate, orders: FinalEstimate, log_error: float | None, *, z: float) -> FinalEstimate | None:
    """Return the order value of two final estimates; ``None`` where one of them has no positive value in an arm.

    The interval reaches ``z`` times ``log_error``, the standard error of the log lift, to both sides on the log scale;
    it has no ends where that isn't known.
    """
    if not (is_positive(rpv) and is_positive(orders)):
        return None
    control = ratio_of(rpv.control, orders.control)
    treatment = ratio_of(rpv.treatment, orders.treatment)
    lift = treatment / control - 1
    low = high = None
    if log_error is not None:
        low, high = (1 + lift) * exp(-z * log_error) - 1, (1 + lift) * exp(z * log_error) - 1
    interval = Range(lift, low, high)
    return FinalEstimate(
        control=control,
        treatment=treatment,
        difference=scale_interval(interval, control),
        lift=interval,
        is_corrected=rpv.is_corrected,
        is_quotient=True,
    )


def is_positive(estimate: FinalEstimate) -> bool:
    """Whether both arms have a value above zero, and their lift is known."""
    if estimate.lift is None or estimate.control is None or estimate.treatment is None:
        return False
    return min(estimate.control, estimate.treatment) > 0


def ratio_of(above: float | None, below: float | None) -> float:
    """Return one value over the other, of estimates that are positive."""
    return (above or 0.0) / (below or 1.0)
