"""A report as files: CSV for spreadsheets, JSON as stored.

Money is in minor units of the currency, lifts and shares are fractions, as in the report.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from checkout_widgets.catalogue_files.cells import guarded
from experiments.report import Estimate, MetricResult, Range, Report, SegmentResult, SeriesPoint

Row = dict[str, Any]


def cell(value: Any) -> Any:
    """A value as a cell that no spreadsheet takes for a formula."""
    return guarded(value) if isinstance(value, str) else value


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as CSV with a header line; what is missing is empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    if rows:
        writer.writerow(rows[0])
    writer.writerows([cell(value) for value in row.values()] for row in rows)
    return file.getvalue()


def head(report: Report) -> Row:
    """What tells a row's report from another's."""
    return {"store": report.store, "experiment": report.experiment, "taken_at": report.taken_at.isoformat()}


def ends(name: str, interval: Range | None) -> Row:
    """An interval as three cells."""
    parts = (interval.estimate, interval.low, interval.high) if interval else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), parts, strict=True))


def estimated(estimate: Estimate) -> Row:
    """A comparison's cells."""
    return {
        **ends("difference", estimate.difference),
        **ends("lift", estimate.lift),
        "p_value": estimate.p_value,
        "method": estimate.method,
        "unavailable": estimate.unavailable,
    }


def observed(result: MetricResult | SegmentResult) -> Row:
    """What was observed in both variants."""
    return {
        f"{side}_{part}": getattr(ratio, part)
        for side, ratio in (("control", result.control), ("treatment", result.treatment))
        for part in ("value", "numerator", "denominator")
    }


def metric_rows(report: Report) -> Iterator[Row]:
    """A row per metric and treatment."""
    for result in report.metrics:
        early, belief = result.sequential, result.belief
        yield {
            **head(report),
            "currency": report.currency,
            "variant": result.variant,
            "metric": result.metric,
            "label": result.label,
            "role": result.role,
            "unit": result.unit,
            **observed(result),
            **estimated(result.main),
            "corrected_p_value": result.corrected_p_value,
            "is_adjusted": result.is_adjusted,
            "variance_reduction": result.variance_reduction,
            "sequential_method": early.method if early else None,
            "sequential_low": early.low if early else None,
            "sequential_high": early.high if early else None,
            "sequential_p_value": early.p_value if early else None,
            "chance_to_win": belief.chance_to_win if belief else None,
            "expected_loss_ship": belief.expected_loss_ship if belief else None,
            "expected_loss_keep": belief.expected_loss_keep if belief else None,
            "expected_loss_monthly_minor": belief.expected_loss_monthly_minor if belief else None,
        }


def segment_rows(report: Report) -> Iterator[Row]:
    """A row per segment and treatment, on the goal."""
    for segment in report.segments:
        yield {
            **head(report),
            "metric": report.goal_metric,
            "dimension": segment.dimension,
            "value": segment.value,
            "variant": segment.variant,
            **observed(segment),
            **estimated(segment.estimate),
            "corrected_p_value": segment.corrected_p_value,
        }


def day_rows(report: Report) -> Iterator[Row]:
    """A row per day and treatment: the goal of all visitors up to that day."""
    return (day_row(report, point) for point in report.series.points)


def day_row(report: Report, point: SeriesPoint) -> Row:
    """One day."""
    return {
        **head(report),
        "metric": report.goal_metric,
        "day": point.day.isoformat(),
        "variant": point.variant,
        "visitors": point.visitors,
        "control": point.control,
        "treatment": point.treatment,
        **ends("lift", point.lift),
        **ends("sequential", point.sequential),
        "is_open": point.is_open,
    }


TABLES = {"metrics": metric_rows, "segments": segment_rows, "days": day_rows}


def table(report: Report, name: str) -> str:
    """One of ``TABLES`` as CSV; ``KeyError`` for another name."""
    rows: Iterable[Row] = TABLES[name](report)
    return csv_text(list(rows))
