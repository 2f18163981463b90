"""Reports made by hand; name what the test is about, the rest has defaults."""

import math
from datetime import UTC, date, datetime
from typing import Any

from experiments.report import (
    Adjustment,
    Belief,
    Density,
    Estimate,
    Health,
    Look,
    MetricResult,
    Range,
    Ratio,
    Report,
    SampleRatioCheck,
    SeriesPoint,
    VariantCounts,
    Verdict,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_belief(mean: float, sd: float) -> Belief:
    return Belief(
        scale="lift",
        chance_to_win=0.9,
        expected_loss_ship=0.1,
        expected_loss_keep=1.0,
        expected_loss_monthly_minor=None,
        mean=mean,
        sd=sd,
        low=mean - 2 * sd,
        high=mean + 2 * sd,
        unavailable=None,
    )


def make_result(
    metric: str, *, lift: Range | None, belief: tuple[float, float] | None = None, **fields: Any
) -> MetricResult:
    estimate = Estimate(
        control=100.0,
        treatment=110.0,
        difference=Range(10.0, 5.0, 15.0),
        lift=lift,
        p_value=0.01,
        method="welch",
        unavailable=None if lift else "control_is_zero",
    )
    defaults: dict[str, Any] = {
        "metric": metric,
        "label": metric.upper(),
        "unit": "money",
        "role": "goal" if metric == "rpv" else "explains",
        "variant": "treatment",
        "control": Ratio(10_000, 100, 100.0),
        "treatment": Ratio(11_000, 100, 110.0),
        "main": estimate,
        "is_adjusted": False,
        "variance_reduction": None,
        "without_cuped": None,
        "without_cap": None,
        "corrected_p_value": None,
        "sequential": None,
        "belief": make_belief(*belief) if belief else None,
    }
    return MetricResult(**defaults | fields)


def make_variant(key: str, *, is_control: bool = False) -> VariantCounts:
    return VariantCounts(
        key=key,
        name=key.title(),
        is_control=is_control,
        weight=1,
        visitors=100,
        share=0.5,
        expected_share=0.5,
        buyers=10,
        orders=10,
        items=10,
        revenue_minor=10_000,
        refunded_minor=0,
        upsell_minor=0,
        accepted=0,
    )


def make_adjustment(*, is_used: bool) -> Adjustment:
    return Adjustment(
        is_used=is_used,
        coverage=1.0,
        variance_reduction=0.4 if is_used else None,
        visitors_multiple=1 / 0.6 if is_used else None,
        unavailable=None if is_used else "turned_off",
    )


def make_curve(variant: str = "treatment", mean: float = 0.1, sd: float = 0.05) -> Density:
    effect = [mean + sd * (i - 10) / 2.5 for i in range(21)]
    density = [math.exp(-0.5 * ((x - mean) / sd) ** 2) for x in effect]
    return Density(variant=variant, metric="rpv", scale="lift", effect=effect, density=density, chance_to_win=0.977)


def make_point(day: int, lift: Range | None, variant: str = "treatment") -> SeriesPoint:
    return SeriesPoint(
        day=date(2026, 11, day),
        variant=variant,
        visitors=100 * day,
        control=100.0,
        treatment=110.0,
        lift=lift,
        sequential=None,
        is_open=day > 2,
    )


def make_look(number: int, *, has_crossed: bool = False) -> Look:
    return Look(
        number=number,
        taken_at=datetime(2026, 11, number, 0, 5, tzinfo=UTC),
        variant="treatment",
        visitors=100 * number,
        information_fraction=0.1 * number,
        spent=0.001 * number,
        z=1.5,
        bound=3.0,
        has_crossed=has_crossed,
        lift=Range(0.1, -0.05, 0.25),
        ship_above=0.2,
        stop_below=-0.2,
    )


def make_report(metrics: list[MetricResult], **fields: Any) -> Report:
    defaults: dict[str, Any] = default_fields() | {"metrics": metrics}
    return Report(**defaults | fields)


def default_fields() -> dict[str, Any]:
    return {
        "store": "tea",
        "experiment": "cart",
        "name": "Cart",
        "source": "live",
        "status": "running",
        "currency": "EUR",
        "goal_metric": "rpv",
        "alpha": 0.05,
        "taken_at": NOON,
        "first_exposed_at": NOON,
        "last_exposed_at": NOON,
        "cap_minor": None,
        "visitors": 200,
        "visitors_per_month": 1000.0,
        "verdict": Verdict(code="collecting", headline="Collecting.", next_step="Wait.", variant=None, rules=[]),
        "variants": [make_variant("control", is_control=True), make_variant("treatment")],
        "decompositions": [],
        "segments": [],
        "funnel": [],
        "health": Health(
            sample_ratio=SampleRatioCheck(
                p_value=0.5, always_valid_p_value=1.0, corrected_p_value=0.5, is_alarming=False, unavailable=None
            ),
            conflicting=0,
            conflicting_share=0.0,
            immature=0,
            immature_share=0.0,
            skipped_shares={},
            unmatched_order_share=None,
        ),
        "adjustment": make_adjustment(is_used=False),
    }
