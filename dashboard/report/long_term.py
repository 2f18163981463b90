"""The year after, as the page shows it."""

from dataclasses import dataclass

from experiments.report import LongTermResult, Report


@dataclass(frozen=True, slots=True)
class LongTermRow:
    """A variant's results within one horizon; ``name`` as pages show the variant."""

    name: str
    result: LongTermResult


def long_term_rows(report: Report) -> list[LongTermRow]:
    """Return the rows, by horizon and with the control first."""
    names = {variant.key: variant.name for variant in report.variants}
    rows = []
    for result in report.long_term:
        rows.append(LongTermRow(names.get(result.variant, result.variant), result))
    return rows
