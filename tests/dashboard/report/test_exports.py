"""Reports as files."""

import csv
import io
from dataclasses import replace

import pytest

from dashboard.report import exports
from experiments.report import Range, Series
from tests.dashboard.report.reports import make_point, make_report, make_result


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_cell_of_text_never_begins_a_formula(text):
    assert exports.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["plain", "a=b", "", -0.25, None])
def test_cell_leaves_everything_else(value):
    assert exports.cell(value) == value


def test_metrics_table_has_names_guarded_and_numbers_in_full():
    report = make_report([make_result("rpv", lift=Range(-0.1, -0.15, None), label="=cmd()", variant="+b")])
    (row,) = rows_of(exports.table(report, "metrics"))
    assert (row["label"], row["variant"]) == ("'=cmd()", "'+b")
    assert (row["lift"], row["lift_low"], row["lift_high"]) == ("-0.1", "-0.15", "")
    assert (row["control_numerator"], row["control_denominator"], row["currency"]) == ("10000", "100", "EUR")


def test_days_table_has_a_row_per_day():
    series = Series(points=[make_point(1, None), make_point(2, Range(0.1, 0.0, 0.2))])
    first, second = rows_of(exports.table(make_report([], series=series), "days"))
    assert (first["day"], first["lift"]) == ("2026-11-01", "")
    assert (second["visitors"], second["lift_high"]) == ("200", "0.2")


def test_last_column_says_whom_the_column_of_visitors_counts():
    series = Series(points=[make_point(1, None)])
    (row,) = rows_of(exports.table(replace(make_report([], series=series), unit="customer"), "days"))
    assert (list(row)[-1], row["assignment_unit"], row["visitors"]) == ("assignment_unit", "customer", "100")


def test_table_without_rows_is_empty():
    assert exports.table(make_report([]), "segments") == ""


def test_table_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        exports.table(make_report([]), "secrets")
