"""JSON in its three forms becomes rows, one object after the other."""

import io
import json

import pytest

from experiments.tables import JSON, UPLOAD, BadFile, open_table
from experiments.tables.limits import Limits

ROWS = [{"SKU": "1", "price": 2.50}, {"sku": 2, "price": None}, {"sku": "ü", "in stock": True}]
EXPECTED = [{"sku": "1", "price": "2.5"}, {"sku": "2", "price": ""}, {"sku": "ü", "in_stock": "yes"}]


def rows(content: str | bytes, limits: Limits = UPLOAD):
    raw = content.encode() if isinstance(content, str) else content
    return list(open_table(io.BytesIO(raw), takes=(JSON,), limits=limits).rows)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"products": ROWS}),
        json.dumps({"version": {"of": 1}, "note": "a [", "products": ROWS, "next": None}, indent=1),
        "\n".join(map(json.dumps, ROWS)),
        "\r\n\r\n".join(map(json.dumps, ROWS)) + "\r\n",
        "\ufeff" + json.dumps(ROWS, ensure_ascii=False),
        json.dumps(ROWS, ensure_ascii=False).encode("utf-16"),
    ],
)
def test_objects_become_rows(content):
    assert [row.values for row in rows(content)] == EXPECTED


def test_numbers_keep_their_digits():
    (row,) = rows('[{"sku": 12345678901234567890, "price": 9.9000}]')
    assert (row["sku"], row["price"]) == ("12345678901234567890", "9.9000")


def test_long_lists_are_read_in_pieces():
    content = json.dumps({"products": [{"sku": str(number), "text": "x" * 500} for number in range(3_000)]})
    assert [row["sku"] for row in rows(content)] == [str(number) for number in range(3_000)]


def test_bad_line_costs_no_other_line():
    found = rows('{"sku": "1"}\n{"sku": "2"\n{"sku": "3"}\n7\n{"sku": "4", "sku": "5"}\n{"SKU": "6", "sku": "7"}\n')
    assert [row["sku"] for row in found if row.fault is None] == ["1", "3"]
    assert [f"{row.where}: {row.fault}"[:40] for row in found if row.fault is not None] == [
        "row 2: is not JSON: Expecting ',' delimi"[:40],
        "row 4: is not an object with names and v",
        "row 5: 'sku' appears twice: remove one o",
        "row 6: The column 'sku' appears twice in",
    ]


def test_bad_first_line_costs_no_other_line():
    assert [row["sku"] for row in rows('{"sku": \n{"sku": "2"}\n') if row.fault is None] == ["2"]


def test_object_that_says_a_name_twice_costs_no_other_object():
    found = rows('[{"sku": "1", "sku": "2"}, {"sku": "3"}, 4]')
    assert [(row["sku"], row.fault is None) for row in found] == [("", False), ("3", True), ("", False)]


@pytest.mark.parametrize(
    "content",
    ['[{"sku": "1"}', '{"items": 1,\n"sku": "1"}', "[" * 30_000, "[" + '{"a":' * 30_000, '{"list": 5\n}', "[1 2", "{"],
)
def test_what_holds_no_list_is_refused(content):
    with pytest.raises(BadFile):
        rows(content)


def test_object_longer_than_a_row_may_be_is_refused():
    limits = Limits(unpacked_bytes=10**7, rows=10, record=1_000)
    with pytest.raises(BadFile):
        rows('[{"sku": "' + "x" * 200_000 + '"}]', limits)
