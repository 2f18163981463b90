"""Send points of a day are found by digests, once for each, whatever else the store has."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_widgets import packed_shoppers
from checkout_widgets.packed_shoppers import key_of, pack
from checkout_widgets.send_points_today import SendPointsToday
from checkout_widgets.silenced_shoppers import customer_digest, visitor_digest
from tests.examples import examples

END = datetime(2026, 11, 23, tzinfo=UTC)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
@examples(100)
def test_each_key_is_found_as_often_as_it_was_given(keys):
    today = SendPointsToday.unpacked(END, pack(keys))
    for key in [*keys, 5]:
        assert today.of(f"{key:016x}" + 16 * "0") == keys.count(key)


def test_visitor_and_customer_of_one_id_and_stores_are_told_apart():
    today = SendPointsToday.unpacked(END, pack([key_of(visitor_digest(1, "7"))]))
    digests = [visitor_digest(1, "7"), customer_digest(1, "7"), visitor_digest(2, "7")]
    assert [today.of(digest) for digest in digests] == [1, 0, 0]


def test_entry_takes_eight_bytes_and_a_store_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(packed_shoppers, "MOST_ENTRIES", 3)
    assert pack([9, 2, 7, 5]) == b"".join(key.to_bytes(8, "little") for key in (2, 5, 7))


def test_bytes_of_another_length_are_refused():
    with pytest.raises(ValueError, match="multiple"):
        SendPointsToday.unpacked(END, b"123")
