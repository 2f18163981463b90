"""A part of a test's visitors as files: CSV for spreadsheets, and JSON as the read API has it.

Money is in minor units, lifts and shares are fractions, as in the report.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from dashboard.report.exports import Row, csv_text, estimated, final_cells, observed
from experiments.models import Experiment
from experiments.report.part import PartReport


def part_as_json(experiment: Experiment, report: PartReport, now: datetime) -> dict[str, Any]:
    """Return the part as JSON, headed by what tells it from another's."""
    return head(experiment, now) | {"currency": experiment.store.currency, **msgspec.to_builtins(report)}


def part_as_csv(experiment: Experiment, report: PartReport, now: datetime) -> str:
    """Return a row per metric and treatment of the part."""
    return csv_text(list(rows(experiment, report, now)))


def rows(experiment: Experiment, report: PartReport, now: datetime) -> Iterator[Row]:
    """Yield a row per metric and treatment; columns are added at the end, never renamed."""
    names = [f"{dimension}:{value}" for dimension, value in report.segments]
    visitors = {variant.key: variant.visitors for variant in report.variants}
    for result in report.metrics:
        yield {
            **head(experiment, now),
            "segments": " ".join(names),
            "first_day": report.first.isoformat(),
            "last_day": report.last.isoformat(),
            "currency": experiment.store.currency,
            "variant": result.variant,
            "visitors": visitors.get(result.variant, 0),
            "metric": result.metric,
            "label": result.label,
            "role": result.role,
            "unit": result.unit,
            **observed(result),
            **estimated(result.main),
            "corrected_p_value": result.corrected_p_value,
            "corrected_for": report.choices,
            "split_p_value": report.split_p_value,
            **final_cells(result.final),
            "assignment_unit": experiment.unit,
        }


def head(experiment: Experiment, now: datetime) -> Row:
    """Return what tells a row's part from another's."""
    return {"store": experiment.store.slug, "experiment": experiment.key, "taken_at": now.isoformat()}
