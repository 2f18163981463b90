"""The Online Retail file: what is read, what is dropped, and why."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.retail_data.online_retail import (
    ADJUSTMENT,
    FREE,
    POSTAGE,
    UNREADABLE,
    NotOnlineRetail,
    read,
)

HEADER = ",InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_read_a_line_gives_pence_and_utc(tmp_path):
    file = read(write(tmp_path / "f.csv", "1,536365,84406b, RED   CUP ,6,7/1/2011 8:26,2.55,17850,United Kingdom"))
    (line,) = file.lines
    assert (line.invoice, line.sku, line.description, line.quantity) == ("536365", "84406B", "RED CUP", 6)
    assert (line.price_minor, line.customer_id, line.is_cancellation) == (255, "17850", False)
    assert line.invoiced_at == datetime(2011, 7, 1, 7, 26, tzinfo=UTC)  # British summer time is an hour ahead


def test_read_a_cancellation_has_a_positive_quantity(tmp_path):
    file = read(write(tmp_path / "f.csv", "1,C536365,22423,CAKESTAND,-2,1/5/2011 8:26,12.75,17850,UK"))
    assert [(line.is_cancellation, line.quantity) for line in file.lines] == [(True, 2)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,1,M,Manual,1,1/5/2011 8:26,376.5,1,UK", ADJUSTMENT),
        ("1,C1,D,Discount,-1,1/5/2011 8:26,3,1,UK", ADJUSTMENT),
        ("1,1,BANK CHARGES,Bank Charges,1,1/5/2011 8:26,15,1,UK", ADJUSTMENT),
        ("1,C1,POST,POSTAGE,-1,1/5/2011 8:26,18,1,UK", ADJUSTMENT),
        ("1,1,22841,ROUND CAKE TIN,1,1/5/2011 8:26,0,1,UK", FREE),
        ("1,1,22841,ROUND CAKE TIN,many,1/5/2011 8:26,1,1,UK", UNREADABLE),
        ("1,1,22841,ROUND CAKE TIN,1,2011-05-01,1,1,UK", UNREADABLE),
        ("1,1,22841,ROUND CAKE TIN,1,1/5/2011 8:26,NaN,1,UK", UNREADABLE),
        ("1,1,22841,ROUND CAKE TIN,-1,1/5/2011 8:26,1,1,UK", UNREADABLE),
        ("1,1,22841,,1,1/5/2011 8:26,1,1,UK", UNREADABLE),
        ("1,1,22841", UNREADABLE),
    ],
)
def test_read_a_row_that_is_no_sale_is_dropped_and_counted(tmp_path, row, reason):
    good = "2,2,22423,CAKESTAND,1,1/5/2011 8:26,12.75,1,UK"
    file = read(write(tmp_path / "f.csv", row, good))
    assert file.tally == {reason: 1}
    assert [line.sku for line in file.lines] == ["22423"]


def test_read_postage_becomes_the_invoices_shipping(tmp_path):
    rows = ("1,7,POST,POSTAGE,2,1/5/2011 8:26,18,1,France", "2,7,C2,CARRIAGE,1,1/5/2011 8:26,5.5,1,France")
    file = read(write(tmp_path / "f.csv", *rows))
    assert file.postage_minor == {"7": 4150}
    assert file.tally == {POSTAGE: 2}


def test_read_gzip_like_plain(tmp_path):
    plain = write(tmp_path / "f.csv", "1,1,22423,CAKESTAND,1,1/5/2011 8:26,12.75,1,UK")
    packed = tmp_path / "f.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed) == read(plain)


def test_read_another_table_names_the_missing_columns(tmp_path):
    with pytest.raises(NotOnlineRetail, match="is missing the columns CustomerID"):
        read(write(tmp_path / "f.csv", header=HEADER.replace("CustomerID", "Client")))


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz", "missing.csv"])
def test_read_something_else_says_that_it_cannot(tmp_path, name):
    if name != "missing.csv":
        (tmp_path / name).write_bytes(b"\xff\xfe\x00nonsense")
    with pytest.raises(NotOnlineRetail):
        read(tmp_path / name)
