"""The figures of a test, as a verdict is made from them."""

from datetime import date
from typing import Any

from experiments.models import Experiment, Store, Variant
from experiments.report import (
    Adjustment,
    ArmDelay,
    Crossing,
    Estimate,
    Guardrail,
    Health,
    Look,
    MaturityReport,
    MetricResult,
    Plan,
    Range,
    Ratio,
    SampleRatioCheck,
    SequentialResult,
    Verdict,
)
from experiments.verdict.evidence import Evidence
from experiments.verdict.ruling import decide
from tests.factories import NOON

STORE = Store(slug="shop", currency="EUR")
HEALTH = Health(
    sample_ratio=SampleRatioCheck(
        p_value=0.6, always_valid_p_value=1.0, corrected_p_value=1.0, is_alarming=False, unavailable=None
    ),
    conflicting=0,
    conflicting_share=0.0,
    immature=0,
    immature_share=0.0,
    skipped_shares={},
    unmatched_order_share=0.0,
)
MATURE = MaturityReport(
    hours=48,
    is_known=True,
    last_day=date(2026, 3, 9),
    days=14,
    visitors=30_000,
    share=0.75,
    orders=4_000,
    arms=[ArmDelay(variant="a", hours=96), ArmDelay(variant="b", hours=5)],
    p_value=0.4,
    is_refund_known=True,
)
OPEN, WIN, LOSS = (-20.0, 50.0), (5.0, 60.0), (-60.0, -5.0)
ANYTIME, FIXED = Plan(design="always_valid"), Plan(design="fixed", has_ended=True)
MINUS = "\N{MINUS SIGN}"


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
            relative_low=sequential[0] / 421,
            relative_high=sequential[1] / 421,
            p_value=None,
            unavailable=None,
        ),
        belief=None,
    )


def conversion(low: float | None, high: float | None, variant: str = "b", **fields: Any) -> Guardrail:
    states = {(True, True): "holds", (False, False): "harmed"}
    sides = (low is not None and low >= -0.02, high is None or high >= -0.02)
    return Guardrail(
        variant=variant,
        metric="conversion",
        label="Conversion",
        margin=-0.02,
        is_in_points=False,
        effect=None if low is high is None else Range(0.0, low, high),
        state=states.get(sides, "unproven"),  # type: ignore[arg-type]
        known=Range(0.0, low, high),
        is_worse=high is not None and high < 0,
        **fields,
    )


def plan(*crossings: Crossing, z: float = 1.2, has_ended: bool = False) -> Plan:
    """A plan after its third look, at which treatment ``b`` had this z."""
    look = Look(
        number=3,
        taken_at=NOON,
        variant="b",
        visitors=15_000,
        information=900,
        information_fraction=0.75,
        spent=0.02,
        z=z,
        bound=2.37,
        has_crossed=False,
        lift=None,
        ship_above=0.06,
        stop_below=-0.06,
    )
    options = {"planned_sample": 20_000, "looks": [look], "crossings": list(crossings), "has_ended": has_ended}
    return Plan(design="group_sequential", **options)  # type: ignore[arg-type]


def crossing(z: float = 3.09, variant: str = "b", z_now: float | None = None) -> Crossing:
    return Crossing(variant=variant, number=3, taken_at=NOON, z=z, bound=2.37, z_now=z if z_now is None else z_now)


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
        "plan": ANYTIME,
        "visitors": 40_000,
        "fewest_buyers": 1_200,
        "days": 16.0,
        "adjustment": Adjustment(
            is_used=False, coverage=1.0, variance_reduction=None, visitors_multiple=None, unavailable=None
        ),
    }
    return decide(Evidence(**defaults | fields))  # type: ignore[arg-type]


def rules(found: Verdict) -> dict[str, str]:
    return {rule.code: rule.state for rule in found.rules}
