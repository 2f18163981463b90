"""What a report says of one variant."""

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

from experiments.report.document import Report
from experiments.report.estimates import FirstReport
from experiments.report.metrics import MetricResult

# Verdicts that leave nothing open. Of `needs_review` it depends on whether a treatment was found to win.
DECIDED = frozenset({"ship", "stop_harm", "no_material_difference"})


class OfVariant(Protocol):
    """A result of one variant."""

    @property
    def variant(self) -> str: ...


T = TypeVar("T", bound=OfVariant)


def of_variant(results: Iterable[T], variant: str) -> list[T]:
    """Return the variant's results, in their order."""
    return [result for result in results if result.variant == variant]


def first_of_variant(results: Iterable[T], variant: str) -> T | None:
    """Return the variant's first result; None where it has none."""
    for result in results:
        if result.variant == variant:
            return result
    return None


def first_lift(first_reports: Iterable[FirstReport], metric: str, variant: str) -> float | None:
    """Return the lift that was reported first of a metric and a treatment; None where no older report is kept."""
    for first in first_reports:
        if (first.metric, first.variant) == (metric, variant):
            return first.lift
    return None


def is_decided(report: Report, variant: str) -> bool:
    """Whether the test has found out what the treatment does to the goal."""
    verdict = report.verdict
    if verdict.code == "needs_review":
        return verdict.variant == variant
    # A verdict on one of several treatments leaves the others open.
    return verdict.code in DECIDED and verdict.variant in {None, variant}


def money_withheld(report: Report, variant: str) -> Literal["undecided", "depends"] | None:
    """Return why no money is shown of a treatment; None where it may be."""
    for result in of_variant(report.metrics, variant):
        # Money is of revenue per visitor, and the decision is by the goal: either may hang on the adjustment.
        if result.disagreement is not None and is_about_money(report, result):
            return "depends"
    if not is_decided(report, variant):
        return "undecided"
    return None


def is_about_money(report: Report, result: MetricResult) -> bool:
    """Whether a result is what an amount of money is computed from, or decides."""
    return result.metric in {"rpv", report.goal_metric}
