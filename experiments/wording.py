"""Numbers in the sentences of a report."""

from collections.abc import Sequence

from experiments import money
from experiments.report import Guardrail, MetricResult, Range

MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """A share: ``2.5%``, ``0.02%``; a negative one with a real minus."""
    digits = 1 if abs(share) >= 0.001 else 2
    return f"{100 * share:.{digits}f}%".replace("-", MINUS)


def whole_percent(share: float) -> str:
    """A share that somebody set: ``25%``, ``2.5%``."""
    return f"{100 * share:.4g}%".replace("-", MINUS)


def points(share: float) -> str:
    """A difference of shares: ``+0.1 pt``."""
    return f"{100 * share:+.1f} pt".replace("-", MINUS)


def signed(share: float) -> str:
    """A relative change: ``+7.4%``."""
    return f"{100 * share:+.1f}%".replace("-", MINUS)


def change(value: float, *, is_in_points: bool) -> str:
    """A lift, or a difference of shares."""
    return points(value) if is_in_points else signed(value)


def margin(guardrail: Guardrail) -> str:
    """A guardrail's margin: ``+1 pt``, or 2% with a real minus."""
    size = f"{100 * guardrail.margin:+.4g}" if guardrail.is_in_points else f"{100 * guardrail.margin:.4g}"
    return (f"{size} pt" if guardrail.is_in_points else f"{size}%").replace("-", MINUS)


def z(value: float) -> str:
    """A standardised statistic: ``3.09``."""
    return f"{value:.2f}".replace("-", MINUS)


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 order``, ``2 orders``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def days(number: int) -> str:
    """``1 day``, ``3 days``."""
    return counted(number, "day")


def lower_first(text: str) -> str:
    """A sentence that goes on after a colon."""
    return text[:1].lower() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``A``, ``A and B``, ``A, B and C``."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def bounds(lift: Range) -> str:
    """The interval of a lift: ``+2.6% to +12.4%``."""
    return ends(lift.low, lift.high)


def ends(low: float | None, high: float | None) -> str:
    """Both ends of a lift's interval, either of which may be missing."""
    from_ = "no lower bound" if low is None else signed(low)
    return f"{from_} to {'no upper bound' if high is None else signed(high)}"


def lift_range(lift: Range) -> str:
    """A lift with its interval: ``+7.4% (+2.6% to +12.4%)``."""
    return f"{signed(lift.estimate)} ({bounds(lift)})"


def p_value(value: float) -> str:
    """A p-value: ``0.023``, ``below 0.001``."""
    return "below 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def effect(name: str, result: MetricResult, currency: str) -> str:
    """A sentence on a treatment's clear effect on a metric: ``B earns €0.31 more per visitor (+7.4%).``

    ``name`` is ``It`` after a sentence that names the treatment.
    """
    difference, lift = result.main.difference, result.main.lift
    size = difference.estimate if difference else 0.0
    share = f" ({signed(lift.estimate)})" if lift else ""
    if result.metric == "rpv":
        amount = f"{money.text(abs(size), currency)} " if abs(size) >= 1 else ""
        return f"{name} earns {amount}{'more' if size > 0 else 'less'} per visitor{share}."
    moved = "higher" if size > 0 else "lower"
    return (
        f"{result.label} is {moved}{share}." if name == "It" else f"{name}: {result.label.lower()} is {moved}{share}."
    )
