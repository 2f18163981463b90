"""The report itself, and the verdict in it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

import msgspec

from experiments.report.days import DayEffect, WithoutDays
from experiments.report.estimates import FirstReport
from experiments.report.health import Health
from experiments.report.long_term import LongTermResult
from experiments.report.metrics import (
    CustomMetricMeaning,
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
from experiments.report.overlaps import OverlapResult
from experiments.report.plan import MaturityReport, Outlook, Plan, Progress, Series

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
    """What a variant gathered. Money is in minor units of the store's currency, before any cap on order values."""

    key: str  # names the variant in the API and in every other part of the report
    name: str  # as pages show it
    is_control: bool  # whether all others are compared with it
    weight: int  # its part of the split, in the unit of the other variants' weights
    visitors: int  # exposed, each once
    share: float | None  # of all visitors, as it turned out; None without any
    expected_share: float  # of all visitors, as its weight promises
    buyers: int  # visitors with at least one order that counts
    orders: int  # that count: placed in the attribution window, and not cancelled
    items: int  # pieces in these orders
    revenue_minor: int  # of these orders, net of refunds
    refunded_minor: int  # what was paid back of them
    upsell_minor: int  # the part of revenue that accepted offers brought
    accepted: int  # visitors who accepted the offer


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many visitors of a variant got how far, and how many events of each type came in."""

    variant: str  # key of the variant
    exposed: int  # visitors: the first step, of which the others are a part
    visitors: dict[str, int]  # by event type, visitors with at least one
    events: dict[str, int]  # by event type, all of them
    ordered: int  # visitors with an order that counts
    bought: int | None = None  # visitors whose order has the accepted offer; None in older reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """CUPED: what is known of visitors at exposure explains of the goal, and so takes out of its intervals."""

    is_used: bool  # whether any treatment's goal was adjusted
    coverage: float | None  # share of exposures that carry a cart value; None without exposures
    variance_reduction: float | None  # share of the goal's variance that is explained, of the treatment with the most
    visitors_multiple: float | None  # "as if you had N times the visitors": 1 / (1 - variance_reduction)
    unavailable: str | None  # why it isn't used: turned_off, not_by_this_test, too_few_cart_values, too_few_visitors
    covariates: list[str] = field(default_factory=list)  # by which, as chosen for the test; none in older reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One step of the way to the verdict."""

    code: str  # names the rule; never translated
    state: State  # whether the rule is met, needs a look, stands in the way, or only tells
    text: str  # in words: ``The goal crossed its bound``
    detail: str = ""  # with figures: ``z 3.09 above 2.37 at look 3``
    figure: float | None = None  # what was compared with the threshold, in the unit of both
    threshold: float | None = None  # what decides; None where nothing is compared
    variant: str | None = None  # key of the treatment that it is about; None of the whole test


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do."""

    code: VerdictCode  # what pages, hooks and decisions go by
    headline: str  # one sentence or two, with the figures
    next_step: str  # what to do now
    variant: str | None  # key of the treatment to roll out or to stop; None where it is about none
    rules: list[Rule]  # the way to the verdict, in the order in which they were asked


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedOrders:
    """The store's first orders, which fix the cap on order values; until then, figures would still change."""

    orders: int  # that are there
    needed: int  # that it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is known about an experiment at ``taken_at``.

    While there are ``awaited_orders``, there are no results: variants have visitors alone, and every list of results is
    empty.
    """

    store: str  # the store's slug
    experiment: str  # the experiment's key
    name: str  # as pages show it
    source: str  # where its data come from: live, imported, holdout
    status: str  # of its life, such as running
    currency: str  # ISO 4217, of all money in the report
    goal_metric: str  # the metric that decides
    alpha: float  # error rate of the whole test, such as 0.05
    taken_at: datetime  # the time of everything that is open: windows, silent days, looks
    first_exposed_at: datetime | None  # None before the first visitor
    last_exposed_at: datetime | None  # None before the first visitor
    cap_minor: int | None  # what an order counts at most, in minor units; None without a cap
    visitors: int  # exposed, of all variants
    visitors_per_month: float | None  # that full traffic would bring, by the last week's; None below a day of data
    verdict: Verdict  # what to do
    variants: list[VariantCounts]  # control first
    metrics: list[MetricResult]  # of every treatment; the goal first
    decompositions: list[Decomposition]  # where each treatment's RPV lift comes from
    segments: list[SegmentResult]  # the goal by device, country, kind of customer and imported dimension
    funnel: list[FunnelRow]  # one row per variant
    health: Health  # whether the data can be trusted
    adjustment: Adjustment  # what the cart's value gave
    moment: str = ""  # where the offer appears; empty in reports of before it was kept
    goal_note: str = ""  # what the goal leaves out; empty where it leaves out nothing
    plan: Plan = field(default_factory=lambda: Plan(design="always_valid"))  # how the test is read, and its looks
    progress: Progress | None = None  # None of a test that was run elsewhere
    series: Series = field(default_factory=Series)  # the goal's lift day by day
    monthly: list[MonthlyEffect] = field(default_factory=list)  # money a month of each treatment
    guardrails: list[Guardrail] = field(default_factory=list)  # of every treatment
    effects: list[Effect] = field(default_factory=list)  # as programmes add them up over tests
    curves: list[Density] = field(default_factory=list)  # posteriors of the goal
    heterogeneity: list[Heterogeneity] = field(default_factory=list)  # whether the effect differs within a dimension
    sums: list[VariantSums] = field(default_factory=list)  # what everything was computed from, exact
    awaited_orders: AwaitedOrders | None = None  # None once the cap is fixed, or without one
    outlooks: list[Outlook] = field(default_factory=list)  # of every treatment while the test runs
    maturity: MaturityReport | None = None  # None where everybody counts, as by plans of before it was looked at
    by_day: list[DayEffect] = field(default_factory=list)  # whether each treatment's effect depends on the day
    without_days: list[WithoutDays] = field(default_factory=list)  # the goal without days that are annotated so
    overlaps: list[OverlapResult] = field(default_factory=list)  # of each treatment and each other test of its time
    first_reported: list[FirstReport] = field(default_factory=list)  # what older reports of its end said
    custom_metrics: list[CustomMetricMeaning] = field(default_factory=list)  # what the store's own metrics meant
    unit: str = "visitor"  # who is assigned and counted wherever a field says visitors: visitor, customer
    long_term: list[LongTermResult] = field(default_factory=list)  # of tests on customers and of holdouts
    day_zone: str = "UTC"  # the time zone of its days: the store's when the test began; of older reports UTC
    method_version: int = 1  # how it was made, see ``METHOD_VERSION``; reports of before versions had names are 1

    def metric(self, metric: str, variant: str) -> MetricResult:
        """Return one metric of one treatment. Raises ``KeyError`` where the report doesn't have it."""
        for result in self.metrics:
            if (result.metric, result.variant) == (metric, variant):
                return result
        raise KeyError(f"{metric} of {variant}")

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON types, for a snapshot or an export."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the report that ``as_json`` gave, also in an earlier version.

        Raises ``msgspec.ValidationError`` for anything else.
        """
        return msgspec.convert(up_to_date(data), cls)


def up_to_date(data: dict[str, Any]) -> dict[str, Any]:
    """Return a stored report with the verdict's code as it is called now."""
    verdict = data.get("verdict")
    if not isinstance(verdict, dict) or verdict.get("code") not in FORMER_CODES:
        return data
    return data | {"verdict": verdict | {"code": FORMER_CODES[verdict["code"]]}}
