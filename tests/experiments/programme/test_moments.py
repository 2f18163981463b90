"""The playbook that templates, the planner and the moments map read."""

from experiments.models import Moment
from experiments.programme.moments import expected_lift, playbook_moments, rows_of


def test_playbook_moments_has_every_moment_along_the_checkout():
    moments = [row.moment for row in playbook_moments()]
    assert list(dict.fromkeys(moments)) == list(Moment)
    assert len(moments) == 20


def test_playbook_moments_rows_are_plausible_and_told_apart():
    rows = playbook_moments()
    assert len({row.key for row in rows}) == len(rows)
    assert all(0 < row.lift_low < row.lift_middle < row.lift_high < 0.5 and row.window_days >= 7 for row in rows)
    assert {row.channel for row in rows if row.moment != Moment.FOLLOW_UP} == {"widget"}


def test_playbook_moments_first_row_reads_as_written():
    first = playbook_moments()[0]
    assert (first.key, first.name, first.signal) == (
        "cart-after-add-to-cart",
        "After add-to-cart",
        "an item in the cart",
    )
    assert (first.lift_low, first.lift_high, first.window_days) == (0.06, 0.15, 14)


def test_expected_lift_spans_the_rows_of_a_moment():
    assert expected_lift(Moment.CART) == (0.03, 0.20)
    assert len(rows_of(Moment.CONFIRMATION)) == 3


def test_offer_is_in_the_name_where_the_name_has_all_of_its_words():
    named = {row.name: row.is_offer_in_name for row in playbook_moments()}
    assert [named["Premium warranty"], named["Complementary bundle"], named["One-click accessory"]] == [True] * 3
    assert [named["After add-to-cart"], named["Delivery insurance"]] == [False] * 2
