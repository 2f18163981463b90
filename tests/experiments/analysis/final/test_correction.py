"""Luck is taken out of the whole, and out of its parts alike."""

from dataclasses import replace

import pytest

from experiments.analysis.final.correction import corrected, part_corrected
from experiments.report import CorrectedEstimate, FinalEstimate, Range
from tests.dashboard.report.reports import make_result

WHOLE = make_result("rpv", lift=Range(0.32, 0.1, 0.5))
CORRECTED = replace(WHOLE, final=replace(FinalEstimate.of(WHOLE.main), lift=Range(0.2, 0.02, 0.35), is_corrected=True))


def part(lift: float) -> FinalEstimate:
    return FinalEstimate(
        control=50.0,
        treatment=50 * (1 + lift),
        difference=Range(50 * lift, -10.0, None),
        lift=Range(lift, -0.2, None),
    )


def test_part_is_corrected_by_the_ratio_of_the_whole():
    found = part_corrected(CORRECTED, part(0.65))
    assert found.lift is not None
    # 1.2 / 1.32 of 1.65, by hand
    assert found.lift.estimate == pytest.approx(0.5)
    assert found.lift.low == pytest.approx(0.8 * 1.2 / 1.32 - 1)
    assert found.lift.high is None
    assert found.treatment == pytest.approx(75.0)
    assert found.is_corrected


def test_part_of_a_whole_that_is_not_corrected_stays():
    assert part_corrected(WHOLE, part(0.65)) == part(0.65)


def test_part_that_lost_everything_stays():
    assert part_corrected(CORRECTED, part(-1.0)) == part(-1.0)


FOUND = CorrectedEstimate(
    control=100.0,
    treatment=120.0,
    lift=Range(0.2, 0.02, 0.35),
    difference=Range(20.0, 2.0, 35.0),
    past_tests=20,
    chance_of_more=0.4,
    is_contradicted=False,
)


def test_estimate_corrected_for_luck_is_the_one_that_was_found():
    final = corrected(replace(WHOLE, corrected=FOUND), FinalEstimate.of(WHOLE.main))
    assert (final.control, final.treatment, final.lift) == (100.0, 120.0, FOUND.lift)
    assert final.is_corrected


def test_estimate_that_is_not_the_tested_one_is_corrected_by_the_same_factor():
    final = corrected(replace(WHOLE, corrected=FOUND), part(0.65))
    assert final.lift is not None
    assert final.lift.estimate == pytest.approx(1.65 * 1.2 / 1.32 - 1)


def test_estimate_without_a_correction_stays():
    assert corrected(WHOLE, part(0.65)) == part(0.65)
