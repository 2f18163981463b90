"""Sentences and parts of sentences about results, with numbers as ``formatting`` writes them."""

from collections.abc import Sequence

from experiments import formatting
from experiments.formatting import counted
from experiments.report import Guardrail, MetricResult, Range

__all__ = ["change", "counted", "days", "effect", "lift_with_range", "listed", "lower_first", "margin"]


def lower_first(text: str) -> str:
    """A sentence that goes on after a colon."""
    return text[:1].lower() + text[1:]


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def days(number: int) -> str:
    """``1 day``, ``3 days``."""
    return counted(number, "day")


def change(value: float, *, is_in_points: bool) -> str:
    """A lift, or a difference of shares."""
    if is_in_points:
        return formatting.points(value)
    return formatting.lift(value)


def margin(guardrail: Guardrail) -> str:
    """A guardrail's margin: ``+1 pt``, or 2% with a real minus."""
    if guardrail.is_in_points:
        return formatting.chosen_points(guardrail.margin)
    return formatting.chosen_percent(guardrail.margin)


def lift_with_range(lift: Range) -> str:
    """A lift with its interval: ``+7.4% (+2.6% to +12.4%)``."""
    return f"{formatting.lift(lift.estimate)} ({formatting.lift_range(lift)})"


def effect(name: str, result: MetricResult, currency: str) -> str:
    """A sentence on a treatment's clear effect on a metric: ``B earns €0.31 more per visitor (+7.4%).``

    ``name`` is ``It`` after a sentence that names the treatment.
    """
    size = 0.0
    if result.main.difference is not None:
        size = result.main.difference.estimate
    share = ""
    if result.main.lift is not None:
        share = f" ({formatting.lift(result.main.lift.estimate)})"
    if result.metric == "rpv":
        return f"{name} earns {more_or_less(size, currency)} per visitor{share}."
    moved = "higher" if size > 0 else "lower"
    if name == "It":
        return f"{result.label} is {moved}{share}."
    return f"{name}: {result.label.lower()} is {moved}{share}."


def more_or_less(size_minor: float, currency: str) -> str:
    """``€0.31 more``, ``€0.31 less``; without an amount where that would be zero."""
    word = "more" if size_minor > 0 else "less"
    if abs(size_minor) < 1:
        return word
    return f"{formatting.money(abs(size_minor), currency)} {word}"
