"""Numbers in the sentences of a report."""

from experiments import money
from experiments.report import MetricResult, Range

MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """A share: ``2.5%``, ``0.02%``; a negative one with a real minus."""
    digits = 1 if abs(share) >= 0.001 else 2
    return f"{100 * share:.{digits}f}%".replace("-", MINUS)


def signed(share: float) -> str:
    """A relative change: ``+7.4%``."""
    return f"{100 * share:+.1f}%".replace("-", MINUS)


def bounds(lift: Range) -> str:
    """The interval of a lift: ``+2.6% to +12.4%``."""
    low = "no lower bound" if lift.low is None else signed(lift.low)
    high = "no upper bound" if lift.high is None else signed(lift.high)
    return f"{low} to {high}"


def lift_range(lift: Range) -> str:
    """A lift with its interval: ``+7.4% (+2.6% to +12.4%)``."""
    return f"{signed(lift.estimate)} ({bounds(lift)})"


def p_value(value: float) -> str:
    """A p-value: ``0.023``, ``below 0.001``."""
    return "below 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def effect(name: str, result: MetricResult, currency: str) -> str:
    """A sentence on a treatment's clear effect on a metric: ``B earns €0.31 more per visitor (+7.4%).``"""
    difference, lift = result.main.difference, result.main.lift
    size = difference.estimate if difference else 0.0
    share = f" ({signed(lift.estimate)})" if lift else ""
    if result.metric == "rpv":
        amount = f"{money.text(abs(size), currency)} " if abs(size) >= 1 else ""
        return f"{name} earns {amount}{'more' if size > 0 else 'less'} per visitor{share}."
    return f"{name}: {result.label.lower()} is {'higher' if size > 0 else 'lower'}{share}."
