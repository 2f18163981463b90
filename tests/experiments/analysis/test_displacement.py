"""What a treatment takes from the store's other tests in a month, worked out by hand."""

from math import hypot
from typing import Any

import pytest

from experiments.analysis.displacement import GainThere, with_money
from experiments.report import OverlapResult, Range
from tests.experiments.overlapping import overlap


def displaced(**fields: Any) -> OverlapResult:
    """Ten points fewer of the treatment's visitors see the other test, of the 60% who hadn't seen it before."""
    return overlap(**{"is_displacing": True, "open_share": 0.6} | fields)


def money(result: OverlapResult, gain: GainThere | None, visitors: float | None = 100_000.0) -> OverlapResult:
    (found,) = with_money([result], {} if gain is None else {"exit": gain}, visitors)
    return found


def test_visitors_of_a_month_are_those_who_had_not_seen_the_other_test():
    # 100,000 a month, 60,000 of whom are new to the other test; a tenth of them don't get there
    assert money(displaced(), None).displaced_per_month == pytest.approx(6_000)


def test_money_is_visitors_times_what_each_gains_there_with_both_errors():
    # 6,000 visitors (4,800 to 7,200) times 25 minor units (15 to 35)
    found = money(displaced(), GainThere(Range(25.0, 15.0, 35.0), is_decided=True))
    room = hypot(1_200 * 25, 10 * 6_000)
    assert found.displaced_money is not None
    assert found.displaced_money.estimate == pytest.approx(150_000)
    assert (found.displaced_money.low, found.displaced_money.high) == pytest.approx((150_000 - room, 150_000 + room))
    assert found.is_money_decided
    assert found.lost_money is not None
    assert found.lost_money.estimate == pytest.approx(-150_000)


def test_treatment_that_brings_the_other_test_visitors_earns_it_money():
    more = displaced(difference=Range(0.1, 0.08, 0.12))
    found = money(more, GainThere(Range(25.0, 15.0, 35.0), is_decided=False))
    assert found.gained_per_month == pytest.approx(6_000)
    assert found.displaced_money is not None
    assert found.displaced_money.estimate == pytest.approx(-150_000)
    assert not found.is_money_decided


def test_loss_there_is_saved():
    found = money(displaced(), GainThere(Range(-25.0, -35.0, -15.0), is_decided=True))
    assert found.displaced_money is not None
    assert found.displaced_money.estimate == pytest.approx(-150_000)


@pytest.mark.parametrize(
    ("result", "visitors"),
    [
        (displaced(is_displacing=False), 100_000.0),
        (displaced(), None),
        (displaced(open_share=None), 100_000.0),
        (displaced(difference=None), 100_000.0),
    ],
    ids=["no displacement", "unknown traffic", "older report", "no shares"],
)
def test_nothing_is_said_of_money_where_it_is_not_known(result, visitors):
    found = money(result, GainThere(Range(25.0, 15.0, 35.0), is_decided=True), visitors)
    assert (found.displaced_per_month, found.displaced_money) == (None, None)


def test_gain_without_ends_gives_money_without_ends():
    found = money(displaced(), GainThere(Range(25.0, None, None), is_decided=False))
    money_taken = found.displaced_money
    assert money_taken is not None
    assert money_taken.estimate == pytest.approx(150_000)
    assert (money_taken.low, money_taken.high) == (None, None)
