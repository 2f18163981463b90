"""Order, delivery and time give a stage; a contract's end goes before all."""

from datetime import timedelta

import pytest

from journeys.stages import Stage, StageThresholds, stage_at
from tests.factories import NOON

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


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
def test_stage_begins_on_its_day_after_delivery(age, stage):
    assert stage_at(NOON + age, delivered_at=NOON) == stage


def test_stage_without_a_delivery_is_waiting():
    assert stage_at(NOON, delivered_at=None) == Stage.WAITING


@pytest.mark.parametrize(
    ("before_end", "stage"), [(31 * DAY, Stage.CARE), (30 * DAY, Stage.RENEWAL), (0 * DAY, Stage.CARE)]
)
def test_stage_of_a_contract_is_renewal_in_its_last_days_however_old_the_product_is(before_end, stage):
    assert stage_at(NOON, delivered_at=NOON - 90 * DAY, contract_ends_at=NOON + before_end) == stage


def test_stage_follows_the_thresholds_of_a_category():
    coffee = StageThresholds.from_json({"usage": 1, "care": 10, "renewal": 20})
    ages = (0 * DAY, 1 * DAY, 10 * DAY, 20 * DAY)
    stages = [stage_at(NOON + age, delivered_at=NOON, thresholds=coffee) for age in ages]
    assert stages == [Stage.UNBOXING, Stage.USAGE, Stage.CARE, Stage.RENEWAL]


@pytest.mark.parametrize("given", [{"usage": 30, "care": 7}, {"usage": 0}, {"renewal_before_end": 0}])
def test_thresholds_out_of_order_are_refused(given):
    with pytest.raises(ValueError, match="must begin"):
        StageThresholds.from_json(given)
