"""Report -> what its page shows: the key figures, the table's rows, the notes on what is missing."""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby

from dashboard import charts
from dashboard.experiment_list import days_of
from dashboard.templatetags import figures, wording
from experiments.models import Experiment, Metric, Source, Status
from experiments.report import FunnelRow, MetricResult, Range, Report, SegmentResult, VariantCounts
from experiments.statistics import Reason

MONTHLY = "A month at 100% traffic"
SMALL_REDUCTION = 0.05
FUNNEL_STEPS = (("impression", "Saw it"), ("click", "Clicked"), ("accept", "Accepted"))


@dataclass(frozen=True)
class KeyFigure:
    """A figure above the fold. ``tone`` is ``good``, ``bad`` or empty; ``note`` says why a number is missing."""

    label: str
    text: str
    tone: str
    details: list[str]
    note: str = ""


@dataclass(frozen=True)
class Treatment:
    """A treatment with its key figures and the figure of where its lift comes from."""

    variant: VariantCounts
    name: str
    figures: list[KeyFigure]
    chart: charts.Figure | None
    chart_id: str
    split_note: str


@dataclass(frozen=True)
class FunnelStep:
    """How many visitors of each variant reached a step; ``share`` is of those exposed, None where not counted."""

    label: str
    cells: list[tuple[int | None, float | None]]


@dataclass(frozen=True)
class ReportPage:
    """A test's report as its page shows it; ``with_cuped`` is the reader's choice."""

    experiment: Experiment
    report: Report
    with_cuped: bool

    @property
    def is_imported(self) -> bool:
        """Whether the figures come from a file, which knows no widget and no plan."""
        return self.report.source == Source.IMPORTED

    @property
    def is_live(self) -> bool:
        """Whether the figures can still move."""
        return self.experiment.status == Status.RUNNING

    @cached_property
    def fingerprint(self) -> str:
        """The same for two reports that say the same."""
        data = self.report.as_json()
        del data["taken_at"]
        return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def days(self) -> int | None:
        """Begun days since the start."""
        return days_of(self.experiment, self.report.taken_at)

    @property
    def verdict_label(self) -> str:
        """What kind of statement the headline is."""
        return "Verdict" if self.experiment.status in {Status.CONCLUDED, Status.STOPPED} else "Verdict so far"

    @property
    def verdict_tone(self) -> str:
        """How the verdict is coloured."""
        return wording.VERDICT_TONES[self.report.verdict.code]

    @cached_property
    def control(self) -> VariantCounts | None:
        """The control's counts."""
        return next((variant for variant in self.report.variants if variant.is_control), None)

    @cached_property
    def treatments(self) -> list[Treatment]:
        """The treatments, in the experiment's order."""
        variants = [variant for variant in self.report.variants if not variant.is_control]
        return [treatment(self.report, variant, index) for index, variant in enumerate(variants)]

    @property
    def metric_groups(self) -> list[list[MetricResult]]:
        """The table's rows, those of one metric together."""
        rows = charts.sorted_by_metric(self.report)
        groups = [list(group) for _, group in groupby(rows, key=lambda result: result.metric)]
        return [group for group in groups if not is_unrecorded(group)]

    @property
    def unrecorded(self) -> list[str]:
        """The metrics whose data nobody sent."""
        labels = dict.fromkeys(result.label for result in self.report.metrics)
        return [label for label in labels if is_unrecorded([one for one in self.report.metrics if one.label == label])]

    @property
    def segment_groups(self) -> list[tuple[str, list[SegmentResult]]]:
        """The segments' rows by dimension."""
        groups = groupby(self.report.segments, key=lambda segment: segment.dimension)
        return [(wording.dimension(name), list(group)) for name, group in groups]

    @property
    def funnel(self) -> list[FunnelStep]:
        """From exposure to order, a column per variant."""
        rows = self.report.funnel
        steps = () if self.is_imported else FUNNEL_STEPS
        return [
            FunnelStep("Exposed", [(row.exposed, 1.0 if row.exposed else None) for row in rows]),
            *(FunnelStep(label, [self.reached(row, code) for row in rows]) for code, label in steps),
            FunnelStep("Ordered", [with_share(row.ordered, row.exposed) for row in rows]),
        ]

    def reached(self, row: FunnelRow, step: str) -> tuple[int | None, float | None]:
        """How many visitors of a variant reached a widget's step; control has no widget."""
        is_control = self.control is not None and row.variant == self.control.key
        return (None, None) if is_control else with_share(row.visitors.get(step, 0), row.exposed)

    @property
    def lift_chart(self) -> charts.Figure | None:
        """Every metric's lift with its intervals."""
        return charts.lift_chart(self.report)

    @property
    def belief_chart(self) -> charts.Figure | None:
        """How likely which lift of the goal is."""
        return charts.belief_chart(self.report)

    @property
    def goals(self) -> list[MetricResult]:
        """The goal metric of every treatment."""
        return [result for result in self.report.metrics if result.metric == self.report.goal_metric]

    @property
    def goal_unit(self) -> str:
        """The unit of the goal metric."""
        return self.goals[0].unit if self.goals else "number"

    @property
    def is_adjustment_small(self) -> bool:
        """Whether the cart's value explains too little of the goal to matter."""
        reduction = self.report.adjustment.variance_reduction
        return reduction is not None and reduction < SMALL_REDUCTION

    @property
    def notes(self) -> list[str]:
        """Why numbers beside the lift are missing, once per reason: ``Always-valid interval of AOV: ...``."""
        found: dict[str, list[str]] = {}
        for result in self.report.metrics:
            for what, part in (("always-valid interval", result.sequential), ("chance to win", result.belief)):
                if part and part.unavailable and not result.main.unavailable:
                    found.setdefault(f"{what}: {wording.reason(part.unavailable)}", []).append(result.label)
        return [f"{', '.join(dict.fromkeys(labels))}, {sentence}" for sentence, labels in found.items()]


def is_unrecorded(results: list[MetricResult]) -> bool:
    """Whether nobody sent the data of these results."""
    return all(result.main.unavailable == Reason.MISSING_SUMS for result in results)


def with_share(visitors: int | None, exposed: int) -> tuple[int | None, float | None]:
    """A count with its share of those exposed."""
    return visitors, visitors / exposed if visitors is not None and exposed else None


def treatment(report: Report, variant: VariantCounts, index: int) -> Treatment:
    """One treatment's part of the page."""
    split = next((part for part in report.decompositions if part.variant == variant.key), None)
    return Treatment(
        variant=variant,
        name=variant.name or variant.key,
        figures=[*metric_figures(report, variant.key), monthly_figure(report, variant.key)],
        chart=charts.decomposition_chart(split) if split else None,
        chart_id=f"split-{index}",
        split_note=wording.reason(split.unavailable) if split else "",
    )


def metric_figures(report: Report, variant: str) -> list[KeyFigure]:
    """The lifts of RPV, AOV and conversion."""
    wanted = (Metric.RPV, Metric.AOV, Metric.CONVERSION)
    found = {result.metric: result for result in report.metrics if result.variant == variant}
    return [metric_figure(found[metric], report.currency) for metric in wanted if metric in found]


def metric_figure(result: MetricResult, currency: str) -> KeyFigure:
    """A metric's lift with the values it compares."""
    like = figures.scale(result)
    values = [
        figures.measured(ratio.value, result.unit, currency, like) for ratio in (result.control, result.treatment)
    ]
    lift = result.main.lift
    return KeyFigure(
        label=result.label,
        text=figures.lift(lift.estimate if lift else None),
        tone=figures.tone(lift),
        details=[" → ".join(values), *([figures.lift_range(lift)] if lift else [])],
        note=wording.reason(result.main.unavailable) if lift is None else "",
    )


def monthly_figure(report: Report, variant: str) -> KeyFigure:
    """What the treatment would earn a month if every visitor got it: RPV's difference times the monthly visitors."""
    result = next((r for r in report.metrics if (r.metric, r.variant) == (Metric.RPV, variant)), None)
    difference, visitors = (result.main.difference if result else None), report.visitors_per_month
    if difference is None or visitors is None:
        return KeyFigure(
            MONTHLY, figures.MISSING, "", [], "Needs revenue in every variant and a day of traffic to scale by."
        )
    monthly = times(difference, visitors)
    loss = result.belief.expected_loss_monthly_minor if result and result.belief else None
    details = [figures.money_range(monthly, report.currency)]
    if loss is not None:
        details.append(f"expected loss {figures.money(loss, report.currency)}")
    amount = figures.signed_money(monthly.estimate, report.currency)
    return KeyFigure(MONTHLY, amount, figures.tone(monthly), details)


def times(interval: Range, factor: float) -> Range:
    """An interval in another unit."""
    low, high = (None if end is None else end * factor for end in (interval.low, interval.high))
    return Range(interval.estimate * factor, low, high)
