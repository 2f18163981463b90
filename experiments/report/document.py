"""The report itself, and the verdict in it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from experiments.report.health import Health
from experiments.report.metrics import (
    Decomposition,
    Density,
    Effect,
    Guardrail,
    Heterogeneity,
    MetricResult,
    MonthlyEffect,
    SegmentResult,
    VariantSums,
)
from experiments.report.plan import Plan, Progress, Series

VerdictCode = Literal["collecting", "ship", "stop_harm", "no_material_difference", "needs_review", "invalid"]
State = Literal["pass", "warn", "fail", "info"]

# What verdicts were called in snapshots of version 0.1.
FORMER_CODES = {
    "clear_win": "ship",
    "clear_loss": "stop_harm",
    "mixed": "needs_review",
    "no_clear_difference": "collecting",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantCounts:
    """What a variant gathered; ``revenue_minor`` is net of refunds and uncapped, ``share`` is of all visitors."""

    key: str
    name: str
    is_control: bool
    weight: int
    visitors: int
    share: float | None
    expected_share: float
    buyers: int
    orders: int
    items: int
    revenue_minor: int
    refunded_minor: int
    upsell_minor: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many visitors of a variant got how far, and how many events of each type came in."""

    variant: str
    exposed: int
    visitors: dict[str, int]
    events: dict[str, int]
    ordered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """CUPED by the cart's value at exposure. ``coverage`` is the share of exposures that carry one;
    ``variance_reduction`` and ``visitors_multiple`` ("as if you had N times the visitors") are the goal's."""

    is_used: bool
    coverage: float | None
    variance_reduction: float | None
    visitors_multiple: float | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One step of the way to the verdict. ``text`` and ``detail`` say it in words: ``Goal crossed its bound``, ``z 3.09
    above 2.37 at look 3``. ``figure`` is what was compared with ``threshold``; ``variant`` whom it is about."""

    code: str
    state: State
    text: str
    detail: str = ""
    figure: float | None = None
    threshold: float | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do, in words: ``headline`` is one sentence or two, ``next_step`` says what comes now."""

    code: VerdictCode
    headline: str
    next_step: str
    variant: str | None
    rules: list[Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedOrders:
    """How many of the store's first orders are there, and how many it takes to fix the cap on order values."""

    orders: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is known about an experiment at ``taken_at``.

    ``goal_note`` says what the goal leaves out, where it leaves something out. ``curves`` are the goal's posteriors,
    ``sums`` the exact sums that everything was computed from. While there are ``awaited_orders``, there are no results:
    variants have visitors alone, and every list of results is empty.
    """

    store: str
    experiment: str
    name: str
    source: str
    status: str
    currency: str
    goal_metric: str
    alpha: float
    taken_at: datetime
    first_exposed_at: datetime | None
    last_exposed_at: datetime | None
    cap_minor: int | None
    visitors: int
    visitors_per_month: float | None
    verdict: Verdict
    variants: list[VariantCounts]
    metrics: list[MetricResult]
    decompositions: list[Decomposition]
    segments: list[SegmentResult]
    funnel: list[FunnelRow]
    health: Health
    adjustment: Adjustment
    moment: str = ""
    goal_note: str = ""
    plan: Plan = field(default_factory=lambda: Plan(design="always_valid"))
    progress: Progress | None = None
    series: Series = field(default_factory=Series)
    monthly: list[MonthlyEffect] = field(default_factory=list)
    guardrails: list[Guardrail] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    curves: list[Density] = field(default_factory=list)
    heterogeneity: list[Heterogeneity] = field(default_factory=list)
    sums: list[VariantSums] = field(default_factory=list)
    awaited_orders: AwaitedOrders | None = None

    def metric(self, metric: str, variant: str) -> MetricResult:
        """One metric of one treatment; ``KeyError`` where the report doesn't have it."""
        for result in self.metrics:
            if (result.metric, result.variant) == (metric, variant):
                return result
        raise KeyError(f"{metric} of {variant}")

    def as_json(self) -> dict[str, Any]:
        """The report as JSON types, for a snapshot or an export."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The report that ``as_json`` gave, also in an earlier version; raises ``msgspec.ValidationError`` for anything
        else."""
        return msgspec.convert(up_to_date(data), cls)


def up_to_date(data: dict[str, Any]) -> dict[str, Any]:
    """A stored report with the verdict's code as it is called now."""
    verdict = data.get("verdict")
    if not isinstance(verdict, dict) or verdict.get("code") not in FORMER_CODES:
        return data
    return data | {"verdict": verdict | {"code": FORMER_CODES[verdict["code"]]}}
