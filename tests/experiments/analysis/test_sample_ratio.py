"""When a split counts as broken: at any reading, and once at the planned end."""

from datetime import timedelta
from typing import Any

import pytest

from experiments.analysis.sample_ratio import check_sample_ratio, ratio_checks
from experiments.models import Source, Status
from experiments.report import SampleRatioCheck
from tests.experiments.analysis.samples import NOW, arm, sample

TODAY = NOW.date()
# chi-square 14.4, p 0.00015: uneven for a test that is read once, and not for one that is read every hour
UNEVEN = {"a": 5_000, "b": 4_620}


def check(counts: dict[str, int], by_day: dict[int, dict[str, int]] | None = None, **fields: Any) -> SampleRatioCheck:
    """The check of a test; ``by_day``: how many had been exposed so many days ago."""
    daily = {}
    for days_ago, visitors in (by_day or {}).items():
        daily[TODAY - timedelta(days=days_ago)] = {key: arm(count) for key, count in visitors.items()}
    return check_sample_ratio(
        sample({key: arm(count) for key, count in counts.items()}, weights=None, **fields), daily, NOW
    )


def test_check_running_test_goes_by_the_always_valid_p_value():
    found = check(UNEVEN, planned_sample=20_000)
    assert found.p_value == pytest.approx(1.07e-4, rel=0.01)
    assert found.always_valid_p_value is not None
    assert found.corrected_p_value == pytest.approx(2 * found.always_valid_p_value)
    assert not found.is_alarming


def test_check_split_that_is_broken_at_any_reading_alarms():
    found = check({"a": 10_400, "b": 9_600}, planned_sample=20_000)
    assert found.is_alarming
    assert found.corrected_p_value is not None
    assert found.corrected_p_value < 0.001


def test_check_planned_end_is_read_once_by_chi_square():
    whole = {"a": 5_000, "b": 4_620}
    at_end = check(whole, {2: {"a": 2_500, "b": 2_310}, 1: whole}, planned_sample=4_600)
    assert at_end.corrected_p_value == pytest.approx(2 * 1.07e-4, rel=0.01)
    assert at_end.is_alarming
    # the days after the planned end change nothing, neither for the worse nor for the better
    later = check({"a": 6_000, "b": 5_990}, {1: whole, 0: {"a": 6_000, "b": 5_990}}, planned_sample=4_600)
    assert later.corrected_p_value == at_end.corrected_p_value
    assert later.is_alarming


def test_check_day_that_still_gets_visitors_is_no_end():
    assert not check(UNEVEN, {0: UNEVEN}, planned_sample=4_600).is_alarming


def test_check_test_that_is_over_is_read_by_chi_square_too():
    assert check(UNEVEN, {1: UNEVEN}, status=Status.STOPPED, planned_sample=20_000).is_alarming


def test_check_file_is_read_once_by_all_of_the_error():
    found = check(UNEVEN, source=Source.IMPORTED, has_told_weights=True)
    assert found.corrected_p_value == found.p_value


def test_check_without_visitors_has_no_p_value():
    found = check({"a": 0, "b": 0})
    assert (found.corrected_p_value, found.is_alarming) == (None, False)


def test_checks_of_segments_alarm_by_the_always_valid_p_value_until_the_test_is_over():
    arms = {key: arm(count) for key, count in UNEVEN.items()}
    within = {("device", "phone"): arms}
    (running,) = ratio_checks(sample(arms), within)
    (over,) = ratio_checks(sample(arms, status=Status.STOPPED), within)
    assert (running.is_alarming, over.is_alarming) == (False, True)
    assert over.corrected_p_value == pytest.approx(2 * 1.07e-4, rel=0.01)
