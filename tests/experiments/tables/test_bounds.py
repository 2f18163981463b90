"""What a reader of files takes at most: the last that is read, and the first that isn't."""

import gzip
import io
from decimal import Decimal
from typing import Any

import pytest

from experiments.tables import COMMAND, UPLOAD, XML, BadFile, Limits, open_table
from experiments.tables.cells import number
from experiments.tables.faults import BadRow, RowErrors, shown
from experiments.tables.limits import unpacked
from experiments.tables.row import Row

WIDE = Limits(unpacked_bytes=10**9, rows=10**6)


def rows(raw: bytes, **options: Any) -> list[Row]:
    return list(open_table(io.BytesIO(raw), limits=WIDE, **options).rows)


def test_limits_of_uploads_and_commands():
    """These are what docs and messages promise; none of them is worth a file of a gigabyte in a test."""
    assert (UPLOAD.unpacked_bytes, UPLOAD.rows) == (100_000_000, 200_000)
    assert (COMMAND.unpacked_bytes, COMMAND.rows) == (2_000_000_000, 5_000_000)
    assert (UPLOAD.columns, UPLOAD.cell, UPLOAD.record) == (2_000, 131_072, 1_000_000)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "is_read"), [(20_000_000, True), (20_000_001, False)])
def test_small_gzip_unpacks_to_20_mb_and_no_more(size, is_read):
    assert is_unpacked(gzip.compress(b"\0" * size), size) is is_read


@pytest.mark.slow
@pytest.mark.parametrize(("ratio", "is_read"), [(100, True), (101, False)])
def test_larger_gzip_unpacks_to_a_hundredfold_and_no_more(ratio, is_read):
    filler = 250_000  # bytes that a gzip reader skips, so that the file has a known size
    size = ratio * filler
    packed = gzip.compress(b"\0" * size)
    assert is_unpacked(packed + b"\0" * (filler - len(packed)), size) is is_read


def is_unpacked(raw: bytes, size: int) -> bool:
    try:
        return len(unpacked(io.BytesIO(raw), COMMAND).read()) == size
    except BadFile:
        return False


def feed(item: str) -> bytes:
    return f"<rss><channel><item>{item}</item></channel></rss>".encode()


def test_xml_is_read_50_levels_deep_and_no_deeper():
    """Three of the levels are the feed's own."""
    assert len(rows(feed("<a>" * 47 + "</a>" * 47), takes=(XML,))) == 1
    with pytest.raises(BadFile, match="nested too deeply"):
        rows(feed("<a>" * 48 + "</a>" * 48), takes=(XML,))


def test_item_of_a_feed_has_2000_parts_and_no_more():
    assert len(rows(feed("<a/>" * 2_000), takes=(XML,))) == 1
    with pytest.raises(BadFile, match="too many parts"):
        rows(feed("<a/>" * 2_001), takes=(XML,))


@pytest.mark.parametrize(("blank", "columns"), [(19, ["a", "b"]), (20, ["a;b"])])
def test_separator_is_told_by_a_header_within_20_lines_and_not_below(blank, columns):
    table = open_table(io.BytesIO(b"\n" * blank + b"a;b\n1;2\n"), limits=WIDE)
    assert list(table.headers or {}) == columns


def test_1000_rows_with_unmatched_quotation_marks_are_bad_rows_and_one_more_is_no_csv():
    broken = b'1,"2"x\n'
    assert len(rows(b"a,b\n" + broken * 1_000)) == 1_000
    with pytest.raises(BadFile, match="More than 1,000 rows can't be read"):
        rows(b"a,b\n" + broken * 1_001)


def test_number_has_40_characters_at_most():
    (longest, longer) = rows(b"a\n%s\n%s\n" % (b"1" * 40, b"1" * 41))
    assert number(longest, "a") == Decimal("1" * 40)
    with pytest.raises(BadRow, match="is not a number"):
        number(longer, "a")


def test_20_bad_rows_are_told_and_the_others_counted():
    errors = RowErrors()
    for line in range(20):
        errors.add_error(f"line {line}", BadRow("is bad"))
    assert errors.error_text().count("\n") == 19
    errors.add_error("line 20", BadRow("is bad"))
    assert errors.error_text().endswith("line 19: is bad\n  and 1 more")


def test_value_is_shown_whole_up_to_40_characters():
    assert shown("x" * 40) == repr("x" * 40)
    assert shown("x" * 41) == repr("x" * 37 + "...")
