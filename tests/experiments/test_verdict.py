"""Verdicts are careful: each from the figures that lead to it and to nothing stronger."""

from dataclasses import replace

import pytest

from experiments.models import Experiment, Source, Store, Variant
from experiments.report import (
    Estimate,
    Health,
    MetricResult,
    Range,
    Ratio,
    SampleRatioCheck,
    SequentialResult,
    Verdict,
)
from experiments.verdict import Evidence, decide

STORE = Store(slug="shop", currency="EUR")
HEALTH = Health(
    sample_ratio=SampleRatioCheck(p_value=0.6, always_valid_p_value=1.0, is_alarming=False, unavailable=None),
    conflicting=0,
    conflicting_share=0.0,
    immature=0,
    immature_share=0.0,
    skipped_shares={},
    unmatched_order_share=0.0,
)
OPEN, WIN, LOSS = (-20.0, 50.0), (5.0, 60.0), (-60.0, -5.0)


def goal(
    variant: str = "b", difference: float = 31, sequential: tuple[float, float] | None = OPEN, p_value: float = 0.4
) -> MetricResult:
    """RPV of 4.21 against control, with this always-valid interval and corrected p-value."""
    lift = difference / 421
    return MetricResult(
        metric="rpv",
        label="Revenue per visitor",
        unit="money",
        role="goal",
        variant=variant,
        control=Ratio(421_000, 1000, 421.0),
        treatment=Ratio(421_000, 1000, 421.0 + difference),
        main=Estimate(
            control=421.0,
            treatment=421.0 + difference,
            difference=Range(difference, difference - 20, difference + 20),
            lift=Range(lift, lift - 0.05, lift + 0.05),
            p_value=p_value,
            method="score",
            unavailable=None,
        ),
        is_adjusted=False,
        variance_reduction=None,
        without_cuped=None,
        without_cap=None,
        corrected_p_value=p_value,
        sequential=sequential
        and SequentialResult(
            low=sequential[0],
            high=sequential[1],
            relative_low=None,
            relative_high=None,
            p_value=None,
            unavailable=None,
        ),
        belief=None,
    )


def conversion(low: float | None, high: float | None, variant: str = "b") -> MetricResult:
    result = goal(variant)
    return replace(
        result,
        metric="conversion",
        label="Conversion",
        unit="share",
        role="guardrail",
        main=replace(result.main, lift=Range(0.0, low, high)),
    )


def verdict(*metrics: MetricResult, experiment: dict[str, object] | None = None, **fields: object) -> Verdict:
    defaults: dict[str, object] = {
        "experiment": Experiment(store=STORE, key="cart", **experiment or {}),
        "variants": [
            Variant(key="a", name="A control", is_control=True),
            Variant(key="b", name="B reason"),
            Variant(key="c", name="C bundle"),
        ],
        "metrics": metrics,
        "health": HEALTH,
        "visitors": 40_000,
        "fewest_visitors": 20_000,
        "fewest_buyers": 1_200,
        "days": 16.0,
    }
    return decide(Evidence(**defaults | fields))  # type: ignore[arg-type]


def test_verdict_mismatched_split_is_invalid_whatever_the_goal_says():
    ratio = replace(HEALTH.sample_ratio, p_value=1e-5, is_alarming=True)
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, sample_ratio=ratio))
    assert found.code == "invalid"
    assert found.headline == ("Don't act on these results: visitors are not split as planned (p below 0.001).")


def test_verdict_many_conflicting_visitors_is_invalid():
    found = verdict(goal(sequential=WIN), health=replace(HEALTH, conflicting=500, conflicting_share=0.0125))
    assert found.code == "invalid"
    assert "too many visitors were seen in two variants" in found.headline


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"visitors": 0, "fewest_buyers": 0, "days": 0.0}, "No visitors yet."),
        ({"fewest_buyers": 99}, "Collecting: 99 of 100 buyers in the smallest variant."),
        ({"days": 2.5}, "Collecting: day 3 of at least 7."),
    ],
)
def test_verdict_too_early_is_collecting_even_with_a_clear_goal(fields, headline):
    found = verdict(goal(sequential=WIN), **fields)
    assert (found.code, found.headline, found.variant) == ("collecting", headline, None)


def test_verdict_goal_and_guardrail_clear_is_a_win():
    found = verdict(goal(sequential=WIN), conversion(-0.016, 0.009))
    assert (found.code, found.variant) == ("ship", "b")
    assert found.headline == "B reason earns €0.31 more per visitor (+7.4%). No guardrail is harmed."
    assert [rule.state for rule in found.rules if rule.code in {"goal", "guardrail"}] == ["pass", "pass"]


def test_verdict_win_with_guardrail_unknown_says_so():
    found = verdict(goal(sequential=WIN), conversion(-0.05, 0.03))
    assert found.code == "ship"
    assert found.headline.endswith("Whether conversion holds within its margin is not certain yet.")


def test_verdict_win_with_guardrail_broken_is_mixed():
    found = verdict(goal(sequential=WIN), conversion(-0.09, -0.03))
    assert (found.code, found.variant) == ("needs_review", "b")
    assert found.headline.endswith("But conversion fell further than allowed.")


def test_verdict_guardrail_without_interval_is_not_a_pass():
    assert "not certain yet" in verdict(goal(sequential=WIN), conversion(None, None)).headline


def test_verdict_goal_worse_is_a_loss():
    found = verdict(goal(difference=-31, sequential=LOSS))
    assert (found.code, found.variant) == ("stop_harm", "b")
    assert found.headline == "B reason earns €0.31 less per visitor (\N{MINUS SIGN}7.4%)."


@pytest.mark.parametrize("sequential", [OPEN, None])
def test_verdict_running_test_with_small_fixed_p_is_not_decided_early(sequential):
    found = verdict(goal(sequential=sequential, p_value=0.001))
    assert found.code == "collecting"
    assert found.headline.startswith(
        "No clear difference yet. B reason: +7.4% (+2.4% to +12.4%) in revenue per visitor"
    )


def test_verdict_planned_sample_reached_lets_the_corrected_p_decide():
    planned: dict[str, object] = {"planned_sample": 20_000}
    assert verdict(goal(p_value=0.001), experiment=planned).code == "ship"
    assert verdict(goal(p_value=0.051), experiment=planned).headline.startswith("No clear difference. B reason")
    assert verdict(goal(p_value=0.001), experiment={"planned_sample": 20_001}).code == "collecting"


def test_verdict_imported_test_is_read_at_its_end():
    imported: dict[str, object] = {"source": Source.IMPORTED}
    found = verdict(goal(p_value=0.001), experiment=imported, days=0.0, fewest_buyers=12)
    assert found.code == "ship"
    assert "days" not in {rule.code for rule in found.rules}
    few = verdict(goal(p_value=0.001), experiment=imported, days=0.0, fewest_buyers=9)
    assert few.headline == "Too few orders to tell: 9 of 10 buyers in the smallest variant."


def test_verdict_imported_test_with_an_uneven_split_is_a_warning():
    ratio = replace(HEALTH.sample_ratio, p_value=1e-9)
    found = verdict(
        goal(p_value=0.001), experiment={"source": Source.IMPORTED}, health=replace(HEALTH, sample_ratio=ratio)
    )
    assert found.code == "ship"
    assert (found.rules[0].state, found.rules[0].text[:33]) == ("warn", "visitors are not split evenly: re")


def test_verdict_several_treatments_names_the_best_winner():
    found = verdict(goal("b", 20, WIN), goal("c", 40, WIN), conversion(0.0, 0.1, "c"))
    assert (found.code, found.variant) == ("ship", "c")
    assert found.headline.startswith("C bundle earns €0.40 more")


def test_verdict_one_loses_one_open_is_no_clear_difference():
    found = verdict(goal("b", -31, LOSS), goal("c", 10, OPEN))
    assert found.code == "collecting"
    assert "C bundle" in found.headline


def test_verdict_all_lose_says_so():
    found = verdict(goal("b", -31, LOSS), goal("c", -50, LOSS))
    assert found.code == "stop_harm"
    assert found.headline.startswith("Every treatment does worse than control. At best: B reason earns €0.31 less")


def test_verdict_without_a_goal_has_nothing_to_compare():
    assert verdict(conversion(0.0, 0.1)).headline == "There is nothing to compare."
