"""A report as files: CSV for spreadsheets, JSON as stored.

Money is in minor units of the currency, lifts and shares are fractions, as in the report.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from checkout_widgets.catalogue_files.cells import guarded
from dashboard.report.metric_choice import goal_view
from experiments.report import (
    Belief,
    Estimate,
    FinalEstimate,
    MetricResult,
    MetricView,
    Range,
    Ratio,
    Report,
    SegmentResult,
    SequentialResult,
)

Row = dict[str, Any]

FINAL_COLUMNS = (
    *("final_control", "final_treatment"),
    *("final_difference", "final_difference_low", "final_difference_high"),
    *("final_lift", "final_lift_low", "final_lift_high"),
    "final_is_corrected",
)


def cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        return guarded(value)
    return value


def csv_text(rows: Sequence[Row]) -> str:
    """Return rows as CSV with a header line; what is missing is empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    if rows:
        writer.writerow(rows[0])
    for row in rows:
        writer.writerow([cell(value) for value in row.values()])
    return file.getvalue()


def head(report: Report) -> Row:
    """Return what tells a row's report from another's."""
    return {"store": report.store, "experiment": report.experiment, "taken_at": report.taken_at.isoformat()}


def ends(name: str, interval: Range | None) -> Row:
    """Return an interval as three cells."""
    estimate = low = high = None
    if interval:
        estimate, low, high = interval.estimate, interval.low, interval.high
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}


def estimated(estimate: Estimate) -> Row:
    """Return a comparison's cells."""
    return {
        **ends("difference", estimate.difference),
        **ends("lift", estimate.lift),
        "p_value": estimate.p_value,
        "method": estimate.method,
        "unavailable": estimate.unavailable,
    }


def observed(result: MetricResult | SegmentResult) -> Row:
    """Return what was observed in both variants."""
    return observed_in("control", result.control) | observed_in("treatment", result.treatment)


def observed_in(side: str, ratio: Ratio) -> Row:
    """Return what was observed in one variant."""
    return {
        f"{side}_value": ratio.value,
        f"{side}_numerator": ratio.numerator,
        f"{side}_denominator": ratio.denominator,
    }


def always_valid(result: SequentialResult | None) -> Row:
    """Return the always-valid interval's cells; empty ones where there is none."""
    method = low = high = p_value = None
    if result:
        method, low, high, p_value = result.method, result.low, result.high, result.p_value
    return {
        "sequential_method": method,
        "sequential_low": low,
        "sequential_high": high,
        "sequential_p_value": p_value,
    }


def believed(belief: Belief | None) -> Row:
    """Return the Bayesian cells; empty ones where there is no such belief."""
    names = ("chance_to_win", "expected_loss_ship", "expected_loss_keep", "expected_loss_monthly_minor")
    return {name: getattr(belief, name, None) for name in names}


def final_cells(final: FinalEstimate | None) -> Row:
    """Return the one estimate's cells, whose values divide to its lift; empty ones in older reports."""
    if final is None:
        return dict.fromkeys(FINAL_COLUMNS)
    return {
        "final_control": final.control,
        "final_treatment": final.treatment,
        **ends("final_difference", final.difference),
        **ends("final_lift", final.lift),
        "final_is_corrected": final.is_corrected,
    }


def disagreement_cell(result: MetricResult) -> str | None:
    """Return the way of estimating that contradicts; None where none does."""
    if result.disagreement is None:
        return None
    return result.disagreement.way


def metric_rows(report: Report, view: MetricView) -> Iterator[Row]:
    """Yield a row per metric and treatment."""
    for result in report.metrics:
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
            **always_valid(result.sequential),
            **believed(result.belief),
            **final_cells(result.final),
            "disagreement": disagreement_cell(result),
            "method_version": report.method_version,
        }


def segment_rows(report: Report, view: MetricView) -> Iterator[Row]:
    """Yield a row per segment and treatment, on the metric that is looked at."""
    for segment in view.segments:
        yield {
            **head(report),
            "metric": view.metric,
            "dimension": segment.dimension,
            "value": segment.value,
            "variant": segment.variant,
            **observed(segment),
            **estimated(segment.estimate),
            "corrected_p_value": segment.corrected_p_value,
            **final_cells(segment.final),
            "method_version": report.method_version,
            **ends("pooled_lift", segment.pooled),
        }


def day_rows(report: Report, view: MetricView) -> Iterator[Row]:
    """Yield a row per day and treatment: the metric that is looked at, of all visitors up to that day and of that
    day's."""
    for point in view.series.points:
        yield {
            **head(report),
            "metric": view.metric,
            "day": point.day.isoformat(),
            "variant": point.variant,
            "visitors": point.visitors,
            "control": point.control,
            "treatment": point.treatment,
            **ends("lift", point.lift),
            **ends("sequential", point.sequential),
            "is_open": point.is_open,
            "method_version": report.method_version,
            **ends("difference", point.difference),
            **ends("sequential_difference", point.sequential_difference),
            "day_visitors": point.day_visitors,
            "day_control": point.day_control,
            "day_treatment": point.day_treatment,
        }


# The columns are what spreadsheets are built on: add at the end, never rename.
TABLES = {"metrics": metric_rows, "segments": segment_rows, "days": day_rows}


def table(report: Report, name: str, view: MetricView | None = None) -> str:
    """Return one of ``TABLES`` as CSV, segments and days of the metric in ``view``, the goal where there is none.

    Raises ``KeyError`` for another name.
    """
    rows = list(TABLES[name](report, view or goal_view(report)))
    for row in rows:
        # Columns keep their names, so this one says whom "visitors" counts: visitors, or customers.
        row["assignment_unit"] = report.unit
    return csv_text(rows)
