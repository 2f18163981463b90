"""Rows of a CSV become units, or say what is wrong with them."""

import gzip
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from experiments.imports.units import Columns, Unit, UnitReader
from experiments.tables import BadFile, BadRow
from tests.factories import NOON

COLUMNS = Columns(
    variant="arm",
    revenue="spend",
    orders="orders",
    unit="id",
    covariate="before",
    exposed_at="at",
    segments=("channel", "city"),
)
HEADER = "id,arm,spend,orders,before,at,channel,city\n"
GOOD = "u1,Big Offer,12.34,1,50.5,2026-11-02T10:00:00Z,Web,\n"


def read(text: str, columns: Columns = COLUMNS, currency: str = "USD", zone: str = "UTC") -> list[Any]:
    reader = UnitReader(columns, currency, NOON, ZoneInfo(zone))
    return [(row.number, unit) for row, unit in reader.read(io.BytesIO(text.encode()))]


def only(text: str, **options) -> Unit:
    [(row, unit)] = read(text, **options)
    assert row == 1
    assert isinstance(unit, Unit), unit
    return unit


def test_unit_reader_good_row_is_a_unit():
    assert only(HEADER + GOOD) == Unit(
        visitor_id="u1",
        variant="Big Offer",
        variant_key="big-offer",
        exposed_at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        cart_value_minor=5050,
        segments='{"channel": "Web"}',
        orders=1,
        revenue_minor=1234,
    )


def test_unit_reader_without_optional_columns_numbers_rows_and_uses_one_time():
    units = read("arm,spend,orders\nA,0,0\nB,1,1\n", Columns(variant="arm", revenue="spend", orders="orders"))
    assert [(row, unit.visitor_id, unit.exposed_at, unit.cart_value_minor) for row, unit in units] == [
        (1, "1", NOON, None),
        (2, "2", NOON, None),
    ]


@pytest.mark.parametrize(("currency", "minor"), [("USD", 1234), ("JPY", 12), ("KWD", 12340)])
def test_unit_reader_amounts_follow_the_currency(currency, minor):
    assert only(HEADER + GOOD, currency=currency).revenue_minor == minor


def test_unit_reader_time_without_offset_is_the_stores():
    unit = only(HEADER + GOOD.replace("2026-11-02T10:00:00Z", "2026-11-02 10:00"), zone="Asia/Tokyo")
    assert unit.exposed_at == datetime(2026, 11, 2, 10, tzinfo=timezone(timedelta(hours=9)))


def test_unit_reader_negative_revenue_is_kept():
    assert only(HEADER + GOOD.replace("12.34", "-5")).revenue_minor == -500


@pytest.mark.parametrize(
    "raw", [gzip.compress((HEADER + GOOD).encode()), b"\xef\xbb\xbf" + (HEADER + GOOD).encode()], ids=["gzip", "BOM"]
)
def test_unit_reader_gzip_and_byte_order_mark_are_read(raw):
    [(_, unit)] = UnitReader(COLUMNS, "USD", NOON, ZoneInfo("UTC")).read(io.BytesIO(raw))
    assert isinstance(unit, Unit)
    assert unit.visitor_id == "u1"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (GOOD.replace("12.34", "twelve"), "spend 'twelve' is not a number"),
        (GOOD.replace("12.34", "NaN"), "spend 'NaN' is not a number"),
        (GOOD.replace("12.34", "1" + "0" * 20), "spend '100000000000000000000' is too large"),
        (GOOD.replace("12.34", "1e999999"), "spend '1e999999' is a number that a spreadsheet rounded"),
        (GOOD.replace("12.34", ""), "spend is empty: fill in a number"),
        (GOOD.replace(",1,", ",1.5,"), "orders '1.5' is not a whole number from 0 to 1000000"),
        (GOOD.replace(",1,", ",-1,"), "orders '-1' is not a whole number"),
        (GOOD.replace("Big Offer", " "), "arm is empty"),
        (GOOD.replace("Big Offer", "!!!"), "arm '!!!' has no letter or digit"),
        (GOOD.replace("u1", ""), "id is empty"),
        (GOOD.replace("u1", "u" * 65), "longer than 64 characters"),
        (GOOD.replace("2026-11-02T10:00:00Z", "yesterday"), "at 'yesterday' is not an ISO 8601 time"),
        (GOOD.replace("50.5", "x"), "before 'x' is not a number"),
        (GOOD.replace("Web", "w" * 101), "is longer than 100 characters"),
        (GOOD.replace(",Web", ""), "has 7 values, the header has 8"),
        (GOOD.replace("u1", "u1\0"), "has a NUL"),
    ],
)
def test_unit_reader_bad_row_says_which_column_and_good_rows_go_on(bad, message):
    (first, error), (second, unit) = read(HEADER + bad + GOOD.replace("u1", "u2"))
    assert (first, second) == (1, 2)
    assert isinstance(error, BadRow)
    assert message in str(error)
    assert isinstance(unit, Unit)


def test_unit_reader_unit_twice_is_bad():
    (_, first), (_, second) = read(HEADER + GOOD + GOOD)
    assert isinstance(first, Unit)
    assert str(second) == "id 'u1' is in row 1 already: keep one of the two"


def test_unit_reader_two_values_with_one_key_are_bad():
    _, (_, second) = read(HEADER + GOOD + GOOD.replace("u1", "u2").replace("Big Offer", "big offer"))
    assert str(second) == "arm 'big offer' makes the same key as 'Big Offer': big-offer"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"id,arm\n", "no column 'spend'; its columns are id, arm"),
        (b"", "The file is empty"),
        (HEADER.encode() + b"\xff\x81\n", "not in UTF-8, UTF-16 or Windows-1252, or is damaged"),
        (gzip.compress(HEADER.encode() * 50)[:-20], "can't be unpacked"),
        (b"\x1f\x8bnot really", "can't be unpacked"),
    ],
    ids=["missing column", "empty", "no encoding", "cut gzip", "not gzip"],
)
def test_unit_reader_bad_file_is_refused(raw, message):
    with pytest.raises(BadFile, match=message):
        list(UnitReader(COLUMNS, "USD", NOON, ZoneInfo("UTC")).read(io.BytesIO(raw)))
