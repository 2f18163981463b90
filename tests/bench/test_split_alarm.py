"""The alarm about an uneven split: a fast cut of ``python -m bench.split_alarm``."""

from math import sqrt

import numpy as np
import pytest

from bench.split_alarm import (
    BROKEN,
    LEAST_TOLD,
    MOST_FALSE,
    OURS,
    RULES,
    SOUND,
    Alarms,
    SimulatedSplit,
    missed,
    simulate,
)
from experiments.statistics import sample_ratio_mismatch
from experiments.statistics.sample_ratio import MIXED_CONCENTRATIONS

TESTS = 2_000
TODAYS = "chi-square at every reading"


def test_simulated_rules_alarm_where_the_public_function_does():
    first, both = SimulatedSplit(20_000, 0.52).draw(20, np.random.default_rng(1))
    told = RULES["mixture of 10 to 100,000"](first, both)
    for test, reading in ((0, 100), (3, 400), (7, 500), (19, 671)):
        visitors = [int(first[test, reading]), int(both[reading] - first[test, reading])]
        p_value = sample_ratio_mismatch(visitors, [1, 1], concentration=MIXED_CONCENTRATIONS).always_valid_p_value
        assert told[test, reading] == (p_value < 0.001)  # type: ignore[operator]
    assert told.any()


@pytest.mark.slow
def test_split_alarm_of_sound_tests_is_rare_and_of_broken_ones_likely():
    rules = {OURS: RULES[OURS], TODAYS: RULES[TODAYS]}
    sound = simulate(SOUND[0], TESTS, seed=2026, rules=rules)
    assert sound[OURS].share <= MOST_FALSE + 3 * sound[OURS].error(MOST_FALSE)
    # what was read every hour before: one sound test in forty
    assert sound[TODAYS].share > 0.01
    broken = simulate(BROKEN[0], 500, seed=2026, rules=rules)
    assert broken[OURS].share >= LEAST_TOLD + 0.05


def test_missed_names_the_bars_that_are_not_met():
    results = {split: {OURS: Alarms(10_000, 60, 100.0)} for split in SOUND}
    results |= {split: {OURS: Alarms(1_000, 700, 100.0)} for split in BROKEN}
    assert missed(results) == [
        "- 20,000 visitors: 0.60% false alarms, at most 0.15%.",
        "- 200,000 visitors: 0.60% false alarms, at most 0.15%.",
        "- 52/48 on 20,000 visitors: told in 70.0%, at least 80%.",
    ]
    assert Alarms(10_000, 60, None).error(0.006) == pytest.approx(sqrt(0.006 * 0.994 / 10_000))
