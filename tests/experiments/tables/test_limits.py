"""No file takes more memory or time than its reader allows."""

import gzip
import io
import time
import tracemalloc

import pytest

from experiments.tables import COMMAND, UPLOAD, BadFile, Limits, open_table

SMALL = Limits(unpacked_bytes=10_000, rows=3, columns=4, cell=50, record=200)


def read(raw: bytes, limits: Limits = SMALL, **options):
    return list(open_table(io.BytesIO(raw), limits=limits, **options).rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [b"sku,price\n", b"a", b'"', b"\n", b"a,"], ids=["rows", "cell", "quote", "blank", "cells"]
)
def test_gzip_bomb_is_refused_quickly_and_with_little_memory(unit):
    bomb = gzip.compress(unit * (10_000_000 // len(unit))) * 30  # members of one file
    assert len(bomb) < 1_000_000
    with pytest.raises(BadFile):
        read(bomb, COMMAND)
    began = time.monotonic()
    tracemalloc.start()
    with pytest.raises(BadFile, match=r"unpacks to more than \d+ MB|more than [\d,]+ characters"):
        read(bomb, UPLOAD)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert time.monotonic() - began < 10


def test_rows_are_counted_up_to_the_limit_and_not_beyond():
    assert len(read(b"a,b\n" + b"1,2\n" * 3)) == 3
    with pytest.raises(BadFile, match="more than 3 rows"):
        read(b"a,b\n" + b"1,2\n" * 4)


def test_columns_are_counted_up_to_the_limit_and_not_beyond():
    assert read(b"a,b,c,d\n1,2,3,4\n")[0]["d"] == "4"
    with pytest.raises(BadFile, match="The file has 5 columns; the limit is 4"):
        read(b"a,b,c,d,e\n1,2,3,4,5\n")


def test_long_cell_is_a_bad_row_and_the_others_are_read():
    first, second, third = read(b"a,b\n1,%s\n2,%s\n3,x\n" % (b"x" * 50, b"x" * 51))
    assert (first.fault, third.fault) == (None, None)
    assert str(second.fault) == "has a cell of more than 50 characters: shorten it"


def test_row_of_many_lines_that_is_too_long_costs_no_other():
    limits = Limits(unpacked_bytes=10_000, rows=1_000, columns=4, cell=50, record=200)
    rows = read(b'a,b\n1,"%s"\n2,y\n' % (b"x\n" * 150), limits)
    assert "is too long" in str(rows[0].fault)
    assert rows[-1]["b"] == "y"


def test_line_that_is_too_long_is_refused():
    with pytest.raises(BadFile, match="Line 2 has more than 200 characters"):
        read(b"a,b\n" + b"x" * 201 + b"\n")


def test_unpacked_bytes_are_counted_up_to_the_limit_and_not_beyond():
    limits = Limits(unpacked_bytes=12, rows=10)
    assert len(read(b"a,b\n1,2\n3,4\n", limits)) == 2
    with pytest.raises(BadFile, match="unpacks to more than"):
        read(b"a,b\n1,2\n3,4\n\n", limits)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04rest", "a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "is damaged|names the columns|The header"),
        (b"\x1f\x8bnot really", "can't be unpacked"),
        (gzip.compress(b"a,b\n" * 99)[:-9], "can't be unpacked"),
        (gzip.compress(b"a,b\n" * 99)[:12] + b"\xff" * 40, "can't be unpacked"),
    ],
    ids=["zip", "xls", "pdf", "gzip in gzip", "no gzip", "cut off", "damaged"],
)
def test_archive_is_refused_with_what_to_do(raw, words):
    with pytest.raises(BadFile, match=words):
        read(raw)
