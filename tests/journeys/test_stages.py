"""Order, arrival, consumption and time give a stage; a contract's end goes before all."""

from datetime import timedelta

import pytest

from journeys.stages import (
    USUAL,
    BadThresholds,
    Purchase,
    Stage,
    StageDays,
    StageThresholds,
    days_for,
    read_rules,
    stage_times,
)
from tests.factories import NOON

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
USUAL_DAYS = USUAL.days_of(1)


@pytest.mark.parametrize(
    ("age", "stage"),
    [
        (-SECOND, Stage.WAITING),
        (0 * DAY, Stage.UNBOXING),
        (7 * DAY - SECOND, Stage.UNBOXING),
        (7 * DAY, Stage.USAGE),
        (30 * DAY - SECOND, Stage.USAGE),
        (30 * DAY, Stage.CARE),
        (60 * DAY - SECOND, Stage.CARE),
        (60 * DAY, Stage.RENEWAL),
    ],
)
def test_stage_begins_on_its_day_after_the_arrival(age, stage):
    assert stage_times(arrived_at=NOON, days=USUAL_DAYS).at(NOON + age) == stage


def test_stage_without_an_arrival_is_waiting():
    assert stage_times(arrived_at=None, days=USUAL_DAYS).at(NOON) == Stage.WAITING


@pytest.mark.parametrize(
    ("before_end", "stage"), [(31 * DAY, Stage.CARE), (30 * DAY, Stage.RENEWAL), (0 * DAY, Stage.CARE)]
)
def test_stage_of_a_contract_is_renewal_in_its_last_days_however_old_the_product_is(before_end, stage):
    times = stage_times(arrived_at=NOON - 90 * DAY, days=USUAL_DAYS, contract_ends_at=NOON + before_end)
    assert times.at(NOON) == stage


def test_contract_about_to_end_goes_before_a_parcel_that_is_under_way():
    times = stage_times(arrived_at=None, days=USUAL_DAYS, contract_ends_at=NOON + 5 * DAY, renewal_before_end=10)
    assert [times.at(NOON - 6 * DAY), times.at(NOON), times.at(NOON + 5 * DAY)] == ["waiting", "renewal", "waiting"]


@pytest.mark.parametrize(
    ("quantity", "days"),
    [(1, StageDays(7, 14, 14)), (2, StageDays(7, 14, 28)), (5, StageDays(7, 14, 70)), (100, StageDays(7, 14, 730))],
)
def test_what_is_used_up_is_renewed_with_the_last_unit_and_cared_for_from_the_first(quantity, days):
    assert StageThresholds(lasts=14).days_of(quantity) == days


def test_what_is_used_up_sooner_than_usage_begins_goes_from_unboxing_to_renewal():
    times = stage_times(arrived_at=NOON, days=StageThresholds(lasts=5).days_of(1))
    assert [times.at(NOON + age * DAY) for age in (4, 5)] == ["unboxing", "renewal"]


def test_first_product_of_an_order_to_come_to_a_stage_decides():
    rules = read_rules({"Coffee": {"lasts": 14}, "Machines": {"usage": 3, "care": 90, "renewal": 400}})
    both = [Purchase("Coffee", 2), Purchase("Machines", 1)]
    assert days_for(both, rules) == (3, 14, 28)
    assert days_for([Purchase("Cups", 9)], rules) == (7, 30, 60)
    assert days_for([], rules) == (7, 30, 60)


def test_category_has_the_days_of_all_others_where_it_has_none_of_its_own():
    rules = read_rules({"": {"usage": 5, "renewal_before_end": 20}, "Coffee": {"care": 9}})
    assert rules["Coffee"] == StageThresholds(usage=5, care=9, renewal_before_end=20)


@pytest.mark.parametrize(
    "given",
    [
        {"usage": 30, "care": 7},
        {"usage": 0},
        {"renewal_before_end": 0},
        {"lasts": 0},
        {"renewal": 731},
        {"usage": True},
        {"usage": "7"},
        {"other": 7},
    ],
)
def test_thresholds_out_of_order_or_bounds_are_refused(given):
    with pytest.raises(BadThresholds):
        read_rules({"": given})
