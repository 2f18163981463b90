"""What an analysis says about an experiment: frozen, complete, and the same as Python and as JSON.

Money is in minor units, also where it is a mean (65.28 is 0.65 of a dollar). Lifts and shares are fractions. A number
that can't be told is ``None``, and a field beside it, ``unavailable``, has the reason code.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Self

import msgspec

Unit = Literal["money", "share", "number"]
Role = Literal["goal", "guardrail", "explains", "secondary"]
VerdictCode = Literal["collecting", "clear_win", "clear_loss", "mixed", "no_clear_difference", "invalid"]
State = Literal["pass", "warn", "fail", "info"]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with its interval; ``low`` or ``high`` is ``None`` where the interval has no end on that side."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric of one variant as observed: ``value`` is numerator / denominator, ``None`` where that is zero."""

    numerator: int
    denominator: int
    value: float | None


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
class Estimate:
    """Treatment against control, one way of estimating it. ``method`` names the test, ``unavailable`` the reason why a
    number is missing; the lift alone can be missing. ``control`` and ``treatment`` are the values compared: adjusted
    where the covariate is used, capped where a cap is."""

    control: float | None
    treatment: float | None
    difference: Range | None
    lift: Range | None
    p_value: float | None
    method: str
    unavailable: str | None
    monte_carlo_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialResult:
    """The always-valid interval of the difference (same unit as the metric) and its p-value. ``relative_low`` and
    ``relative_high`` are the same bounds as fractions of control's value, for drawing."""

    low: float | None
    high: float | None
    relative_low: float | None
    relative_high: float | None
    p_value: float | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The Bayesian reading. ``mean``, ``sd``, ``low``, ``high`` are of the effect on ``scale``; the expected losses
    are in the metric's unit per visitor (or order); the monthly one is money at full traffic, of RPV alone."""

    scale: Literal["lift", "difference"]
    chance_to_win: float | None
    expected_loss_ship: float | None
    expected_loss_keep: float | None
    expected_loss_monthly_minor: float | None
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricResult:
    """One metric of one treatment against control.

    ``main`` is the estimate to read; ``without_cuped`` and ``without_cap`` are there where they differ from it.
    ``corrected_p_value`` is Holm's over the treatments for the goal, Benjamini and Hochberg's over the other metrics.
    """

    metric: str
    label: str
    unit: Unit
    role: Role
    variant: str
    control: Ratio
    treatment: Ratio
    main: Estimate
    is_adjusted: bool
    variance_reduction: float | None
    without_cuped: Estimate | None
    without_cap: Estimate | None
    corrected_p_value: float | None
    sequential: SequentialResult | None
    belief: Belief | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Where a treatment's RPV lift comes from: (1 + orders per visitor) x (1 + AOV) = 1 + RPV. All are lifts."""

    variant: str
    rpv: Range | None
    orders_per_visitor: Range | None
    aov: Range | None
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentResult:
    """The goal metric within one value of a dimension, such as device = phone."""

    dimension: str
    value: str
    variant: str
    control: Ratio
    treatment: Ratio
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many visitors of a variant got how far, and how many events of each type came in."""

    variant: str
    exposed: int
    visitors: dict[str, int]
    events: dict[str, int]
    ordered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRatioCheck:
    """Whether the variants got the visitors that their weights promise."""

    p_value: float | None
    always_valid_p_value: float | None
    is_alarming: bool
    unavailable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDay:
    """The store's orders of a day, and those of them without a known visitor."""

    day: date
    orders: int
    unmatched: int

    @property
    def unmatched_share(self) -> float | None:
        """Share of the orders without a known visitor."""
        return self.unmatched / self.orders if self.orders else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the data can be trusted. Shares are ``None`` where there is nothing to take a share of.

    - ``conflicting_share``: visitors seen in more than one variant; they count in the one seen first.
    - ``immature_share``: visitors whose attribution window is still open.
    - ``skipped_shares``: per variant, visitors with a ``skipped`` event among those exposed or skipped.
    - ``unmatched_order_share``: orders during the test without a known visitor; ``order_days`` has them by day.
    - ``unknown_margin``: visitors who bought something whose cost is unknown.
    - ``automated``: visits of programs that drive a browser; left out of everything unless ``is_automation_counted``.
    """

    sample_ratio: SampleRatioCheck
    conflicting: int
    conflicting_share: float | None
    immature: int
    immature_share: float | None
    skipped_shares: dict[str, float]
    unmatched_order_share: float | None
    unknown_margin: int = 0
    automated: int = 0
    is_automation_counted: bool = False
    order_days: list[OrderDay] = field(default_factory=list)

    @property
    def last_order_days(self) -> list[OrderDay]:
        """The last week of ``order_days``."""
        return self.order_days[-7:]


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
    """One step of the way to the verdict, in words."""

    code: str
    state: State
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do, in words: ``headline`` is one sentence or two, ``next_step`` says what comes now."""

    code: VerdictCode
    headline: str
    next_step: str
    variant: str | None
    rules: list[Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is known about an experiment at ``taken_at``."""

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
        """The report that ``as_json`` gave; raises ``msgspec.ValidationError`` for anything else."""
        return msgspec.convert(data, cls)
