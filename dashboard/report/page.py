"""Report -> what its page shows of it, seen from one treatment."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Protocol, Self, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.drawings import charts
from dashboard.drawings.waterfall import Waterfall, waterfall
from dashboard.report.key_figures import KeyFigure, key_figures
from dashboard.report.rows import (
    FunnelStep,
    MetricTable,
    SegmentTable,
    VariantRow,
    funnel_steps,
    metric_table,
    segment_table,
    variant_rows,
)
from dashboard.report.settings import settings_of
from dashboard.report.timeline import Happening, timeline
from dashboard.templatetags import wording
from experiments.models import Experiment, Source, Status
from experiments.report import Decomposition, Look, MetricResult, Report, Rule, VariantCounts, VariantSums
from experiments.statistics import Reason

SMALL_REDUCTION = 0.05


class OfVariant(Protocol):
    """A result of one treatment."""

    @property
    def variant(self) -> str:
        """The treatment's key."""


T = TypeVar("T", bound=OfVariant)


@dataclass(frozen=True)
class Choices:
    """What the reader asked for: the treatment to look at (by key, empty for the page's pick), whether adjusted, and
    the stored look (by its number in the database, None for what is known now)."""

    variant: str = ""
    with_cuped: bool = True
    look: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """What an address asks for."""
        look = query.get("look", "")
        return cls(
            variant=query.get("variant", ""),
            with_cuped=query.get("cuped") != "off",
            look=int(look) if look.isdecimal() and len(look) < 19 else None,
        )

    @property
    def query(self) -> str:
        """The choices as an address's query, ``?`` where there are none."""
        return self.query_with()

    def query_with(self, **more: str) -> str:
        """The same with more in it."""
        chosen = {"variant": self.variant, "cuped": "" if self.with_cuped else "off", "look": self.look, **more}
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True)
class ChoiceLink:
    """A choice that the reader can make."""

    id: str
    text: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class ReportPage:
    """A test's report as its page shows it; ``is_stored`` where it may be out of date."""

    experiment: Experiment
    report: Report
    choices: Choices
    is_stored: bool = False

    @property
    def is_imported(self) -> bool:
        """Whether the figures come from a file, which knows no widget and no plan."""
        return self.report.source == Source.IMPORTED

    @property
    def is_split_planned(self) -> bool:
        """Whether the weights of the variants are what was planned, and not only a guess."""
        return not self.is_imported or self.report.health.sample_ratio.is_plan_known

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
    def news_trigger(self) -> str:
        """When to ask for news: at once where the report is stored, again and again while the test runs."""
        if self.choices.look:
            return ""
        return ", ".join(["load"] * self.is_stored + ["every 10s"] * self.is_live)

    @property
    def news_query(self) -> str:
        """How to ask for what has changed since."""
        return self.choices.query_with(status=self.experiment.status, seen=self.fingerprint)

    @property
    def verdict_label(self) -> str:
        """What kind of statement the headline is."""
        if self.experiment.status in {Status.CONCLUDED, Status.STOPPED, Status.ARCHIVED}:
            return "Verdict"
        taken, planned = self.report.plan.looks_taken, self.report.plan.planned_looks
        return f"Verdict at look {taken} of {planned}" if taken and planned else "Verdict so far"

    @property
    def verdict_tone(self) -> str:
        """How the verdict is coloured."""
        return wording.VERDICT_TONES[self.report.verdict.code]

    @cached_property
    def control(self) -> VariantCounts | None:
        """The control's counts."""
        return next((variant for variant in self.report.variants if variant.is_control), None)

    @cached_property
    def treatments(self) -> list[VariantCounts]:
        """The treatments, in the experiment's order."""
        return [variant for variant in self.report.variants if not variant.is_control]

    @cached_property
    def treatment(self) -> VariantCounts | None:
        """The treatment that the page is about: the one asked for, else the verdict's, else the best so far."""
        by_key = {variant.key: variant for variant in self.treatments}
        best = max(self.goals, key=lambda goal: goal.main.lift.estimate if goal.main.lift else -1, default=None)
        wanted = (self.choices.variant, self.report.verdict.variant, best.variant if best else "")
        return next((by_key[key] for key in wanted if key in by_key), next(iter(self.treatments), None))

    @property
    def rules(self) -> list[Rule]:
        """The rules of the test and of the treatment."""
        return [rule for rule in self.report.verdict.rules if rule.variant in {None, "", self.treatment_key}]

    @property
    def other_rules(self) -> list[Rule]:
        """Those of the other treatments."""
        return [rule for rule in self.report.verdict.rules if rule not in self.rules]

    @property
    def treatment_key(self) -> str:
        """The treatment's key; empty where there is none."""
        return self.treatment.key if self.treatment else ""

    @property
    def treatment_links(self) -> list[ChoiceLink]:
        """A choice for each treatment; none where there is nothing to choose from."""
        if len(self.treatments) < 2:
            return []
        return [
            ChoiceLink(
                id=f"see-{variant.key}",
                text=variant.name,
                address=replace(self.choices, variant=variant.key).query,
                is_chosen=variant.key == self.treatment_key,
            )
            for variant in self.treatments
        ]

    @property
    def cuped_links(self) -> list[ChoiceLink]:
        """With and without the adjustment; none where there is none."""
        if self.choices.look or (not self.report.adjustment.is_used and self.choices.with_cuped):
            return []
        options = (("cuped-on", "With CUPED", True), ("cuped-off", "Without", False))
        return [
            ChoiceLink(name, text, replace(self.choices, with_cuped=value).query, self.choices.with_cuped == value)
            for name, text, value in options
        ]

    def of_treatment(self, results: Iterable[T]) -> T | None:
        """The treatment's of several results; None where it has none."""
        return next((one for one in results if one.variant == self.treatment_key), None)

    @cached_property
    def key_figures(self) -> list[KeyFigure]:
        """The treatment's figures above the fold."""
        if self.treatment is None or self.report.awaited_orders is not None:
            return []
        return key_figures(self.report, self.treatment_key)

    @cached_property
    def split(self) -> Decomposition | None:
        """The treatment's lift in its parts."""
        return self.of_treatment(self.report.decompositions)

    @cached_property
    def waterfall(self) -> Waterfall | None:
        """The drawing of it."""
        return waterfall(self.split)

    @cached_property
    def metrics(self) -> MetricTable:
        """The treatment's metrics, without those whose data nobody sent."""
        mine = [one for one in self.report.metrics if one.variant == self.treatment_key and not is_unrecorded(one)]
        return metric_table(mine)

    @property
    def unrecorded(self) -> list[str]:
        """The metrics whose data nobody sent."""
        return list(dict.fromkeys(result.label for result in self.report.metrics if is_unrecorded(result)))

    @property
    def variant_rows(self) -> list[VariantRow]:
        """All variants side by side."""
        return variant_rows(self.report.variants, self.goals)

    @cached_property
    def segments(self) -> SegmentTable:
        """The treatment's segments."""
        return segment_table(self.report, self.treatment_key)

    @property
    def funnel(self) -> list[FunnelStep]:
        """From exposure to order, a column per variant."""
        return funnel_steps(self.report, has_widget=not self.is_imported)

    @cached_property
    def belief_chart(self) -> charts.Figure | None:
        """How likely which effect on the goal is."""
        return charts.belief_chart(self.report, self.treatment_key)

    @cached_property
    def series_chart(self) -> charts.Figure | None:
        """The treatment's lift day by day."""
        return charts.series_chart(self.report, self.treatment_key)

    @property
    def looks(self) -> list[tuple[Look, str]]:
        """The treatment's looks, each with the address of the report as it was then."""
        taken = dict(self.experiment.snapshots.filter(is_look=True).values_list("taken_at", "pk"))
        return [
            (look, replace(self.choices, look=taken[look.taken_at]).query if look.taken_at in taken else "")
            for look in self.report.plan.looks
            if look.variant == self.treatment_key
        ]

    @property
    def goals(self) -> list[MetricResult]:
        """The goal metric of every treatment."""
        return [result for result in self.report.metrics if result.metric == self.report.goal_metric]

    @property
    def goal(self) -> MetricResult | None:
        """The goal metric of the treatment."""
        return self.of_treatment(self.goals)

    @property
    def goal_unit(self) -> str:
        """The unit of the goal metric."""
        return self.goals[0].unit if self.goals else "number"

    @property
    def sums(self) -> list[VariantSums]:
        """The exact sums of control and the treatment."""
        wanted = {self.control.key if self.control else "", self.treatment_key}
        return [one for one in self.report.sums if one.variant in wanted]

    @cached_property
    def timeline(self) -> list[Happening]:
        """What was done to the test, the newest first."""
        return timeline(self.experiment)

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What the test was set up with."""
        return settings_of(self.experiment)

    @property
    def is_adjustment_small(self) -> bool:
        """Whether the cart's value explains too little of the goal to matter."""
        reduction = self.report.adjustment.variance_reduction
        return reduction is not None and reduction < SMALL_REDUCTION


def is_unrecorded(result: MetricResult) -> bool:
    """Whether nobody sent the metric's data."""
    return result.main.unavailable == Reason.MISSING_SUMS
