"""The mark of a test order."""

from uuid import uuid4

from checkout_widgets.trial_orders.marks import mark_of, read_mark


def test_mark_names_its_test_order_in_its_own_store_alone():
    trial_id = uuid4()
    mark = mark_of(7, trial_id)
    assert read_mark(7, mark) == trial_id
    assert read_mark(8, mark) is None


def test_mark_that_nobody_signed_is_none():
    trial_id = uuid4()
    signature = mark_of(7, uuid4()).partition(".")[2]
    for forged in ("", "yes", f"7:{trial_id}", f"7:{trial_id}.{signature}"):
        assert read_mark(7, forged) is None
