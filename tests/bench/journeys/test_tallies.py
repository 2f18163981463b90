"""Whole stores through planning, accounting and reading: a fast cut of ``python -m bench.journeys``.

Sixty tests without an effect, of bounds three standard errors wide, take a minute. In ``make check`` are the faults
that a single small store shows: two of the wrong ways of counting.
"""

from collections import Counter
from dataclasses import replace
from math import sqrt

import pytest

from bench.journeys.cases import AA, CAPPED_BY_MESSAGES, LIFT, OFTEN
from bench.journeys.readings import SingleReading
from bench.journeys.shops import Shop
from bench.journeys.table import JOINT, MOST_SPLIT, of_read, of_tests
from bench.journeys.tables import count_rows
from bench.journeys.tallies import LIFTED, StoreTally, counted, tally_store
from bench.journeys.wrong_ways import WrongReading

STORES = 15  # four tests each
SMALL = Shop(customers=240, days=35, rounds=6)
LARGE = Shop(customers=1_500, rounds=6)
SEED = 2026
WRONG_ARMS = ("recipients first", "recipients later", "recipients beside")


def most(share: float, tests: int) -> float:
    """What a share may come to in so few tests."""
    return share + 3 * sqrt(share * (1 - share) / tests)


@pytest.mark.long
@pytest.mark.django_db
def test_sixty_tests_of_mail_and_cart_without_an_effect_find_one_no_more_often_than_by_chance():
    case = replace(AA, shop=SMALL)
    total = tally_store(case, 0, SEED)
    count_rows()
    for number in range(1, STORES):
        total += tally_store(case, number, SEED)
    joint, decided = of_read(total, JOINT, "significant"), of_read(total, JOINT, "decided")
    # In a third of the stores so few reach the later step that nothing is read.
    assert 2 * STORES < joint.tests <= 4 * STORES
    assert joint.share <= most(0.05, joint.tests)
    assert decided.share <= most(0.05, decided.tests)
    # Of three of a thousand, not even one.
    assert of_tests(total, JOINT, "split").share == 0


@pytest.mark.long
@pytest.mark.django_db
def test_recipients_against_all_who_were_held_out_differ_where_nothing_does():
    tally = tally_store(replace(AA, shop=LARGE), 0, SEED)
    # By chance one of twenty, and two of three in seven of a thousand.
    assert of_tests(tally, WRONG_ARMS, "significant").share > 0.5


@pytest.mark.slow
@pytest.mark.django_db
def test_caps_that_count_messages_break_the_split():
    tally = tally_store(CAPPED_BY_MESSAGES, 0, SEED)
    # Of three of a thousand, both.
    assert of_tests(tally, ("later", "beside"), "split").share == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_row_for_each_send_point_is_beyond_the_bounds_that_a_row_for_each_customer_keeps():
    tally = tally_store(replace(OFTEN, shop=replace(OFTEN.shop, customers=150)), 0, SEED)
    right = of_tests(tally, ("redrawn customers",), "significant")
    wrong = of_tests(tally, ("redrawn re-entries",), "significant")
    assert right.share <= most(0.05, right.tests)
    assert wrong.share > most(0.05, wrong.tests)
    assert of_tests(tally, ("redrawn re-entries",), "split").share > MOST_SPLIT


READING = SingleReading(
    is_decided=True, p_value=0.04, low=0.01, high=0.2, estimate=0.1, is_split_alarming=False, units=200
)


def test_counts_of_a_lifted_store_hold_its_interval_and_what_wrong_ways_say():
    unread = replace(READING, p_value=None, estimate=None, is_decided=False, units=9)
    wrong = WrongReading(estimate=-0.5, is_significant=True, is_split_alarming=True)
    tally = counted(LIFT, {LIFTED: READING, "later": unread}, [("recipients first", wrong)])
    assert tally.counts["covered"] == tally.counts["estimate"] == 1
    assert (tally.counts["first: read"], tally.counts["first: significant"], tally.counts["first: units"]) == (
        1,
        1,
        200,
    )
    assert (tally.counts["later: tests"], tally.counts["later: read"]) == (1, 0)
    assert tally.counts["recipients first: split"] == 1
    assert tally.sums["recipients first: estimate squared"] == 0.25


def test_interval_that_ends_below_the_truth_does_not_hold_it():
    below = replace(READING, high=0.079)
    assert counted(LIFT, {LIFTED: below}, []).counts["covered"] == 0
    endless = replace(READING, high=None)
    assert counted(LIFT, {LIFTED: endless}, []).counts["covered"] == 1


def test_tallies_add_up_with_negative_sums_and_give_mean_and_errors():
    one = StoreTally(1, counts_of(a=4, found=1), sums_of(a=-0.4, squared=0.08))
    two = StoreTally(2, counts_of(a=6, found=2), sums_of(a=-0.6, squared=0.12))
    total = one + two
    assert total.stores == 3
    assert total.mean("a") == pytest.approx(-0.1)
    # Ten values whose mean square is 0.02: a variance of 0.01.
    assert total.mean_error("a") == pytest.approx(sqrt(0.01 / 10))
    assert total.share("found", "a") == pytest.approx(0.3)
    assert total.error("found", "a") == pytest.approx(sqrt(0.3 * 0.7 / 10))


def counts_of(*, a: int, found: int) -> Counter[str]:
    return Counter({"a": a, "found": found})


def sums_of(*, a: float, squared: float) -> Counter[str]:
    return Counter({"a": a, "a squared": squared})
