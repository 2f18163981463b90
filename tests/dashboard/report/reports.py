"""Reports made by hand; name what the test is about, the rest has defaults."""

from datetime import UTC, datetime

from experiments.report import (
    Adjustment,
    Belief,
    Estimate,
    Health,
    MetricResult,
    Range,
    Ratio,
    Report,
    SampleRatioCheck,
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


def make_result(metric: str, *, lift: Range | None, belief: tuple[float, float] | None = None) -> MetricResult:
    estimate = Estimate(
        control=100.0,
        treatment=110.0,
        difference=Range(10.0, 5.0, 15.0),
        lift=lift,
        p_value=0.01,
        method="welch",
        unavailable=None if lift else "control_is_zero",
    )
    return MetricResult(
        metric=metric,
        label=metric.upper(),
        unit="money",
        role="goal" if metric == "rpv" else "explains",
        variant="treatment",
        control=Ratio(10_000, 100, 100.0),
        treatment=Ratio(11_000, 100, 110.0),
        main=estimate,
        is_adjusted=False,
        variance_reduction=None,
        without_cuped=None,
        without_cap=None,
        corrected_p_value=None,
        sequential=None,
        belief=make_belief(*belief) if belief else None,
    )


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


def make_report(metrics: list[MetricResult]) -> Report:
    return Report(
        store="tea",
        experiment="cart",
        name="Cart",
        source="live",
        status="running",
        currency="EUR",
        goal_metric="rpv",
        alpha=0.05,
        taken_at=NOON,
        first_exposed_at=NOON,
        last_exposed_at=NOON,
        cap_minor=None,
        visitors=200,
        visitors_per_month=1000.0,
        verdict=Verdict(code="collecting", headline="Collecting.", next_step="Wait.", variant=None, rules=[]),
        variants=[make_variant("control", is_control=True), make_variant("treatment")],
        metrics=metrics,
        decompositions=[],
        segments=[],
        funnel=[],
        health=Health(
            sample_ratio=SampleRatioCheck(p_value=0.5, always_valid_p_value=1.0, is_alarming=False, unavailable=None),
            conflicting=0,
            conflicting_share=0.0,
            immature=0,
            immature_share=0.0,
            skipped_shares={},
            unmatched_order_share=None,
        ),
        adjustment=make_adjustment(is_used=False),
    )
