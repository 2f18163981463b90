"""Tables as spreadsheets and shops write them, and what is wrong with which row."""

import codecs
import csv
import io
from contextlib import suppress
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from experiments.tables import CSV, JSON, UPLOAD, XML, BadFile, BadRow, Row, Table, cells, open_table

NEEDED = ("sku", "price")


def table(raw: str | bytes, **options) -> Table:
    content = raw.encode() if isinstance(raw, str) else raw
    return open_table(io.BytesIO(content), known=NEEDED, limits=UPLOAD, **options)


def good(raw: str | bytes, **options) -> list[tuple[str, str]]:
    return [(row["sku"], row["price"]) for row in table(raw, **options).rows if row.fault is None]


def faults(raw: str | bytes) -> list[str]:
    return [f"{row.where}: {row.fault}" for row in table(raw).rows if row.fault is not None]


@pytest.mark.parametrize(
    "raw",
    [
        "sku,price\n1,2\n",
        "sku;price\n1;2\n",
        "sku\tprice\r\n1\t2\r\n",
        "sku|price\n1|2\n",
        "sep=;\nsku;price\n1;2\n",
        '"sep=;"\r\nsku;price\r\n1;2\r\n',
        "sep=\t\nsku\tprice\n1\t2\n",
        "\ufeffsku,price\n1,2\n",
        "\n\nsku,price\n\n , \n1,2\n,\n",
        "SKU, Price \n1,2\n",
        "sku,price,\n1,2,\n",
        "sku,price\n1,2,,\n",
        ",sku,price\n0,1,2\n",
        "sku,price\r1,2\r",
        'sku,"price"\n"1","2"\n',
        "sku;price;title, long\n1;2;a, b\n",
    ],
)
def test_table_is_read_whatever_its_separator_and_header(raw):
    assert good(raw) == [("1", "2")]


@pytest.mark.parametrize(
    ("encoding", "mark", "note"),
    [
        ("utf-8", b"", None),
        ("utf-8", codecs.BOM_UTF8, None),
        ("utf-16", b"", "The file was read as UTF-16."),
        ("utf-16-le", b"", "The file was read as UTF-16."),
        ("utf-16-be", codecs.BOM_UTF16_BE, "The file was read as UTF-16."),
        ("cp1252", b"", "The file was read as Windows-1252 because it isn't UTF-8. Check accented letters."),
    ],
)
def test_encoding_is_recognized_and_said(encoding, mark, note):
    read = table(mark + "sku,price\nCrème «É» 5 €,2\n".encode(encoding))
    assert [row["sku"] for row in read.rows] == ["Crème «É» 5 €"]
    assert read.notes == ([note] if note else [])


@pytest.mark.parametrize(
    "raw",
    [
        "sku,price\nCrème brûlée à la façon,2\nThé,3\n".encode() + b"caf\xe9,1\n",
        b"sku,price\n\x81,1\n",
        codecs.BOM_UTF32_LE + "sku,price\n1,2\n".encode("utf-32-le"),
        codecs.BOM_UTF16_LE + "sku,price\n1,2\n".encode("utf-16-le") + b"\x00",
    ],
    ids=["damaged UTF-8", "no encoding", "UTF-32", "half UTF-16"],
)
def test_encoding_that_cannot_be_told_is_refused(raw):
    with pytest.raises(BadFile, match="save it as"):
        good(raw)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("sku,price,price", "The column 'price' appears twice in the header: remove"),
        ("sku,Price,price", "The column 'price' appears twice in the header, also as 'Price'"),
        ("sku,price,other,other", "The column 'other' appears twice"),
        ("Unit price;sku;unit_price", "The column 'unit_price' appears twice in the header, also as 'Unit price'"),
    ],
)
def test_header_that_stands_twice_is_refused_by_name(header, words):
    with pytest.raises(BadFile, match=words):
        good(f"{header}\n1,2,3,4\n")


def test_bad_rows_are_named_with_their_line_and_cost_no_others():
    raw = 'sku,price\n1,2\n\n2\n3,4,5\n"a "quoted" word",5\n6,"7\n8,9\n'
    assert good(raw) == [("1", "2"), ("8", "9")]
    assert [fault[:30] for fault in faults(raw)] == [
        "row 2 (line 4): has 1 values, ",
        "row 3 (line 5): has 3 values, ",
        "row 4 (line 6): has a quotatio",
        "row 5 (line 7): has a quotatio",
    ]


def test_line_breaks_within_quotation_marks_belong_to_the_value():
    assert good('sku,price\n"a\r\nb",2\nc,3\n') == [("a\r\nb", "2"), ("c", "3")]


def test_empty_files_have_no_header():
    for raw in ("", "\n\n", "sep=;\n"):
        with pytest.raises(BadFile, match="The file is empty"):
            table(raw)


NUMBERS = [
    ("9.90", ".", Decimal("9.90")),
    ("9.9000", ".", Decimal("9.9")),
    ("-3", ".", Decimal(-3)),
    ("+3.", ".", Decimal(3)),
    (".5", ".", Decimal("0.5")),
    ("9,90", ",", Decimal("9.90")),
    ("9", ",", Decimal(9)),
    ("9.90", ",", "set the decimal sign to a point"),
    ("9,90", ".", "set the decimal sign to a comma"),
    ("1_000", ".", "is not a number: write it like 1234.50"),
    ("1 000", ".", "is not a number"),
    ("1.234,50", ",", "is not a number: write it like 1234,50"),
    ("1,234.50", ".", "is not a number"),
    ("1.000.000", ",", "is not a number"),
    ("€9", ".", "is not a number"),
    ("(5)", ".", "is not a number"),
    ("NaN", ".", "is not a number"),
    ("Infinity", ".", "is not a number"),
    ("٣", ".", "is not a number"),
    ("1E+3", ".", "spreadsheet rounded"),
    ("1,2E5", ",", "spreadsheet rounded"),
    ("9" * 41, ".", "is not a number"),
    ("", ".", "is empty: fill in a number"),
]


@pytest.mark.parametrize(("read", "decimal", "expected"), NUMBERS)
def test_number_is_exact_or_refused_with_what_to_do(read, decimal, expected):
    row = Row(1, values={"price": read}, labels={"price": "Unit Price"}, decimal=decimal)
    if isinstance(expected, Decimal):
        assert cells.number(row, "price") == expected
        return
    with pytest.raises(BadRow, match=r"^Unit Price ") as raised:
        cells.number(row, "price")
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    ("raw", "decimal", "expected"),
    [
        ("sku,price\n1,2\n", None, "."),
        ("sku;price\n1;2\n", None, ","),
        ("sep=;\nsku;price\n1;2\n", None, ","),
        ("sku\tprice\n1\t2\n", None, "."),
        ("sku;price\n1;2\n", ".", "."),
        ("sku\tprice\n1\t2\n", ",", ","),
    ],
)
def test_decimal_sign_follows_the_separator_unless_it_is_said(raw, decimal, expected):
    read = table(raw, decimal=decimal)
    assert read.decimal == expected
    assert [row.decimal for row in read.rows] == [expected]


@pytest.mark.parametrize("read", ["5.01E+12", "5,01E+12", "5.5011e+12", "5501234567.0"])
def test_id_that_a_spreadsheet_changed_is_refused(read):
    with pytest.raises(BadRow, match="export it again"):
        cells.identifier(Row(1, values={"sku": read}), "sku")


@pytest.mark.parametrize("read", ["1E5", "12e", "A5.01E+12", "1.0", "007"])
def test_id_that_only_looks_like_a_number_is_kept(read):
    assert cells.identifier(Row(1, values={"sku": read}), "sku") == read


@pytest.mark.parametrize(
    "read", ["2026-11-02 13:00:00 +0100", "2026-11-02T12:00Z", "2026-11-02 12:00:00 UTC", "2026-11-02 14:00+02:00"]
)
def test_time_is_in_utc(read):
    at = cells.time(Row(1, values={"at": read}), "at", ZoneInfo("Europe/Berlin"))
    assert at.isoformat() == "2026-11-02T12:00:00+00:00"


@pytest.mark.parametrize(
    "read", ["02.11.2026", "11/02/2026 12:00", "45384.34", "2026-13-01", "2026-11-02T00:00+25:00", "9999-12-31"]
)
def test_time_that_is_none_is_refused(read):
    with pytest.raises(BadRow, match=r"^at "):
        cells.time(Row(1, values={"at": read}), "at", ZoneInfo("Europe/Berlin"))


def test_what_pythons_own_writer_writes_is_read_back():
    rows = [["1", 'a "b"'], ["2", "c\nd"], ["3", "e;f,g\th"], ["4", " x"]]
    for dialect in ("excel", "excel-tab", "unix"):
        text = io.StringIO()
        csv.writer(text, dialect).writerows([["sku", "price"], *rows])
        read = [[row["sku"], row.values["price"]] for row in table(text.getvalue()).rows]
        assert read == rows, dialect


@given(st.binary(max_size=300))
@example(b'sku,price\n"')
@example(b'[{"sku": "\\ud800"}]')
@example(b"<rss><channel><item/></channel></rss>")
def test_any_bytes_are_a_table_or_refused(raw):
    read_all(raw)


@given(st.text(alphabet='sku,price;"\n\r\t|{}[]:<>/\\=0123456789.E+- \x00é', max_size=200))
@example('{"sku": 1}\n{"sku"')
@example('{"products": [{"sku": 1}, [1')
@example('[{"a":1,"a":2}]')
@example('[1e999, {"sku": NaN}]')
def test_any_text_is_a_table_or_refused(text):
    read_all(("sku,price\n" + text).encode())
    read_all(text.encode())


def read_all(raw: bytes) -> None:
    """Every way of reading a cell gives a value or the typed refusal, never another error."""
    try:
        rows = list(open_table(io.BytesIO(raw), known=NEEDED, takes=(CSV, JSON, XML), limits=UPLOAD).rows)
    except BadFile:
        return
    for row in rows:
        for column in ("sku", "price", *row.values):
            for read in (cells.number, cells.identifier):
                with suppress(BadRow):
                    read(row, column)
            with suppress(BadRow):
                cells.time(row, column, ZoneInfo("Asia/Tokyo"))
            with suppress(BadRow):
                cells.minor(row, column, "EUR", low=0, high=100)
