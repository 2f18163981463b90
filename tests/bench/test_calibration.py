"""The statistics against simulated truth: a fast cut of ``python -m bench.calibration``."""

from collections.abc import Sequence
from math import sqrt
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import norm

from bench import pages
from bench.bars import MONEY, Results, Size, misses
from bench.calibration import simulate
from bench.carts import CartShop, adjust
from bench.charts import ChartSeries, Panel, dots
from bench.procedures import PROCEDURES, Procedure, score_aov, score_rpv
from bench.studies import (
    ALWAYS,
    EVEN,
    EVERY_LOOK,
    HEAVY,
    LARGE_CONTROL,
    ONCE,
    PLANNED,
    REGULAR,
    Looks,
    StudyFinding,
    StudyScenario,
    examine,
    look_early,
)
from bench.traffic import DrawnTraffic, TrueEffect, draw
from experiments.statistics import Summary, compare_means, compare_ratios

REPLICATES = 6_000
SMALL = ((2_000, 2_000), (5_000, 5_000), (18_000, 2_000), (2_000, 18_000))
NULLS = [StudyScenario(sizes, shop) for shop in (REGULAR, HEAVY) for sizes in SMALL] + [
    StudyScenario((9_000, 9_000), REGULAR, TrueEffect(lift, "conversion")) for lift in (0.2, -0.2)
]
ALTERNATIVES = [
    StudyScenario(sizes, REGULAR, TrueEffect(0.1, mechanism))
    for sizes in ((9_000, 9_000), (18_000, 2_000))
    for mechanism in ("value", "conversion", "add_on")
]


def findings(
    scenarios: Sequence[StudyScenario], by_metric: Any = PROCEDURES, replicates: int = REPLICATES
) -> list[StudyFinding]:
    seeds = np.random.SeedSequence(11).spawn(len(scenarios))
    return [
        finding
        for scenario, seed in zip(scenarios, seeds, strict=True)
        for finding in examine(scenario, replicates, np.random.default_rng(seed), by_metric=by_metric)
        if finding.procedure == "score"
    ]


def complaints(found: Sequence[StudyFinding]) -> list[str]:
    """Where the errors are not what a calibrated test of 6,000 replicates shows, three standard errors granted."""
    room, tail_room = 3 * sqrt(0.05 * 0.95 / REPLICATES), 3 * sqrt(0.034 * 0.966 / REPLICATES)
    wrong = [
        f"{finding}"
        for finding in found
        if not 0.024 - room < finding.error < 0.058 + room or max(finding.low, finding.high) > 0.034 + tail_room
    ]
    mean = np.mean([finding.error for finding in found])
    return wrong if 0.043 < mean < 0.055 else [*wrong, f"mean error {mean}"]


def with_wrong_variance(factor: float) -> dict[str, dict[str, Procedure]]:
    def doctored(procedure: Procedure) -> Procedure:
        return lambda control, treatment, lift: procedure(control, treatment, lift) / sqrt(factor)

    return {metric: {"score": doctored(PROCEDURES[metric]["score"])} for metric in ("rpv", "aov")}


@pytest.mark.slow
def test_money_tests_without_an_effect_are_calibrated():
    assert complaints([f for f in findings(NULLS) if f.metric in MONEY]) == []


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.85, 1.15])
def test_bounds_of_this_cut_catch_a_variance_wrong_by_15_percent(factor):
    assert complaints(findings(NULLS, with_wrong_variance(factor)))


@pytest.mark.slow
def test_conversion_test_without_an_effect_is_calibrated():
    errors = [f.error for f in findings(NULLS[:8]) if f.metric == "conversion"]
    assert 0.045 < np.mean(errors) < 0.056
    assert max(errors) < 0.062


@pytest.mark.slow
def test_money_intervals_hold_a_true_rise():
    room = 3 * sqrt(0.05 * 0.95 / REPLICATES)
    for finding in findings(ALTERNATIVES):
        if finding.metric in MONEY:
            assert 0.94 - room < 1 - finding.error < 0.97 + room, finding


@pytest.mark.slow
def test_money_tests_find_as_much_as_welch_and_more_in_a_small_treatment_arm():
    even, small_treatment = (
        StudyScenario(sizes, REGULAR, TrueEffect(0.25)) for sizes in ((9_000, 9_000), (18_000, 2_000))
    )
    for scenario, margin in ((even, -0.01), (small_treatment, 0.0)):
        found = {(f.metric, f.procedure): f.power for f in examine(scenario, 4_000, np.random.default_rng(12))}
        for metric in MONEY:
            ours, theirs = found[metric, "score"], found[metric, "welch"]
            assert ours is not None
            assert theirs is not None
            assert ours > theirs + margin


@pytest.mark.slow
def test_twenty_looks_stay_below_the_error_rate_and_lose_little_power():
    tests = 3_000
    room = 3 * sqrt(0.05 * 0.95 / tests)
    for scenario in (StudyScenario((9_000, 9_000)), StudyScenario((18_000, 2_000), HEAVY)):
        for looks in look_early(scenario, tests, np.random.default_rng(13)):
            if looks.rule in (PLANNED, ALWAYS):
                assert looks.ever[-1] < 0.05 + room, looks
            elif looks.rule == EVERY_LOOK:
                assert looks.ever[-1] > 0.12
    shares = {
        (looks.metric, looks.rule): looks.ever[-1]
        for looks in look_early(
            StudyScenario((9_000, 9_000), REGULAR, TrueEffect(0.35)), tests, np.random.default_rng(14)
        )
    }
    for metric in MONEY:
        assert shares[metric, PLANNED] > 0.95 * shares[metric, ONCE] - 0.01


@pytest.mark.slow
def test_cart_value_sharpens_the_test_where_many_buy():
    rpv = adjust(CartShop(0.5, 0.8), 2_000, lift=0.15, replicates=1_000, random=np.random.default_rng(15))[0]
    assert 0.03 < rpv.error < 0.071
    assert 1.2 < rpv.multiple < 1.5
    assert rpv.power > rpv.plain_power + 0.04


def test_simulated_scores_are_those_of_the_public_functions():
    random = np.random.default_rng(16)
    before, after = draw(3_000, 2, random), draw(3_000, 2, random, effect=TrueEffect(0.3, "add_on"))
    control, treatment = summary_of(before), summary_of(after)
    by_mean = compare_means(control, treatment, "revenue", method="score")
    by_ratio = compare_ratios(control, treatment, "revenue", "orders", method="score")
    for score, comparison in ((score_rpv, by_mean), (score_aov, by_ratio)):
        assert comparison.p_value == pytest.approx(2 * norm.sf(abs(score(before, after, 0.0)[0])), rel=1e-6)
        assert comparison.lift is not None
        for end in (comparison.lift.low, comparison.lift.high):
            assert end is not None
            assert abs(score(before, after, end)[0]) == pytest.approx(1.959964, abs=1e-5)


def summary_of(arm: DrawnTraffic) -> Summary:
    """The first replicate's sums, as the database would hand them over."""
    sums = {name: float(np.ravel(values)[0]) for name, values in arm.orders._asdict().items()}
    return Summary.from_sums(
        int(sums["n"]),
        {"revenue": sums["y"], "orders": sums["d"]},
        {("revenue", "revenue"): sums["yy"], ("revenue", "orders"): sums["yd"], ("orders", "orders"): sums["dd"]},
        {
            ("revenue", "revenue", "revenue"): sums["yyy"],
            ("revenue", "revenue", "orders"): sums["yyd"],
            ("revenue", "orders", "orders"): sums["ydd"],
            ("orders", "orders", "orders"): sums["ddd"],
        },
        buyers=int(arm.buyers[0]),
    )


@pytest.mark.parametrize("mechanism", ["value", "conversion", "takers", "doublers", "add_on"])
def test_effects_have_the_lift_that_they_promise(mechanism):
    random = np.random.default_rng(17)
    before, after = (draw(100_000, 60, random, effect=effect) for effect in (TrueEffect(), TrueEffect(0.5, mechanism)))
    assert np.mean(after.orders.y) / np.mean(before.orders.y) == pytest.approx(1.5, abs=0.03)
    aov = [np.sum(arm.orders.y) / np.sum(arm.orders.d) for arm in (before, after)]
    assert aov[1] / aov[0] == pytest.approx(1 + TrueEffect(0.5, mechanism).aov_lift, abs=0.03)


def finding(
    low: float, high: float, scenario: StudyScenario, power: float | None = None, by: str = "score"
) -> StudyFinding:
    return StudyFinding(scenario, "rpv", by, low, high, power)


def with_aov(found: list[StudyFinding]) -> list[StudyFinding]:
    """The same findings for AOV, but with nothing to complain about."""
    calm = [StudyFinding(f.scenario, "aov", f.procedure, 0.025, 0.025, None) for f in found]
    return [*found, *calm]


def test_misses_name_every_bar_that_is_not_met():
    size = Size(20_000, 10_000, 10_000, 4_000)
    even, unequal, up, small = (
        StudyScenario(EVEN),
        StudyScenario(LARGE_CONTROL),
        StudyScenario(EVEN, REGULAR, TrueEffect(0.1)),
        StudyScenario(LARGE_CONTROL, REGULAR, TrueEffect(0.1)),
    )
    nulls = [finding(*tails, even) for tails in ((0.025, 0.025), (0.03, 0.03), (0.036, 0.01))]
    nulls.append(finding(0.01, 0.01, unequal))
    rises = with_aov([finding(0.05, 0.02, up, 0.295), finding(0.03, 0.03, up, 0.3, "welch")])
    rises += with_aov([finding(0.01, 0.01, small, 0.295), finding(0.03, 0.03, small, 0.3, "welch")])
    looks = [
        Looks(even, "rpv", PLANNED, (0.01, 0.06)),
        Looks(even, "rpv", EVERY_LOOK, (0.1, 0.3)),
        Looks(up, "rpv", ONCE, (0.0, 0.8)),
        Looks(up, "rpv", PLANNED, (0.1, 0.75)),
        Looks(up, "aov", ONCE, (0.0, 0.8)),
        Looks(up, "aov", PLANNED, (0.1, 0.77)),
    ]
    assert misses(Results(nulls, rises, looks, []), size) == [
        "20k : 20k, regular, RPV: error 6.0% (3.0 low, 3.0 high).",
        "20k : 20k, regular, RPV: error 4.6% (3.6 low, 1.0 high).",
        "90k : 10k, regular, RPV: error 2.0% (1.0 low, 1.0 high).",
        "20k : 20k, regular, every order +10%, RPV: the interval holds the truth in 93.0%.",
        "90k : 10k, regular, every order +10%, RPV: the interval holds the truth in 98.0%.",
        "90k : 10k, regular, every order +10%, RPV: found in 29.5%, by Welch in 30.0%, whose interval holds the truth "
        "in 94.0%.",
        "20k : 20k, regular, RPV, group-sequential: 6.0% ever.",
        "20k : 20k, regular, every order +10%, RPV, group-sequential: finds 75.0%, a single look 80.0%.",
    ]


def test_page_is_written_between_its_markers(tmp_path):
    document = tmp_path / "statistics.md"
    document.write_text(f"before\n{pages.BEGIN}\nold\n{pages.END}\nafter\n")
    pages.write(tmp_path, "new", {"a.svg": "<svg/>"})
    assert document.read_text() == f"before\n{pages.BEGIN}\n\nnew\n\n{pages.END}\nafter\n"
    assert (tmp_path / "images" / "a.svg").read_text() == "<svg/>"


def test_chart_is_wellformed_and_draws_every_value():
    series = [
        ChartSeries("ours & theirs", "#2563eb", "circle", [5.0, 4.0]),
        ChartSeries("other", "#d97706", "square", [7.0, 30.0]),
    ]
    root = ElementTree.fromstring(dots("title", ["one", "two"], [Panel("RPV", series)], highest=18, band=(2.4, 5.8)))
    circles = root.findall("{http://www.w3.org/2000/svg}circle")[1:]
    assert [float(circle.get("cx", "0")) for circle in circles] == pytest.approx([273.3, 256.7], abs=0.06)


@pytest.mark.slow
def test_whole_page_comes_from_a_run():
    size = Size(40, 40, 10, 4)
    results = simulate(size, 1, Console(quiet=True))
    page = pages.markdown(results, size, 1)
    assert page.count("| 20k : 20k") >= 10
    assert set(pages.pictures(results)) == {"calibration-errors.svg", "calibration-looks.svg"}
    assert {"error_score_max", "coverage_min", "ever_group-sequential"} <= set(pages.headline(results))
