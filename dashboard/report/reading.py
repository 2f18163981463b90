"""A report as its reader chose to see it: of which treatment, by which metric and scale, with links to the others."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from dashboard.report.choices import ChoiceLink, Choices
from dashboard.report.metric_choice import goal_view
from dashboard.report.scales import SCALES, EffectScale
from experiments.models import Experiment, Source
from experiments.report import MetricResult, MetricView, Report, VariantCounts
from experiments.report.selection import first_of_variant

WORST_LIFT = -1.0  # a treatment without a lift is never the best one
PER_ORDER = frozenset({"aov", "items_per_order"})


@dataclass(frozen=True)
class ReportReading:
    """A test's report as somebody reads it; ``view`` where another metric than the goal is looked at."""

    experiment: Experiment
    report: Report
    choices: Choices
    view: MetricView | None = None

    @property
    def is_imported(self) -> bool:
        """Whether the figures come from a file, which knows no widget and no plan."""
        return self.report.source == Source.IMPORTED

    @cached_property
    def control(self) -> VariantCounts | None:
        """The variant without an offer; None where a report has none."""
        for variant in self.report.variants:
            if variant.is_control:
                return variant
        return None

    @property
    def control_name(self) -> str:
        """The control's name, for column heads."""
        if self.control and self.control.name:
            return self.control.name
        return _("Control")

    @cached_property
    def treatments(self) -> list[VariantCounts]:
        """The treatments, in the experiment's order."""
        return [variant for variant in self.report.variants if not variant.is_control]

    @cached_property
    def treatment(self) -> VariantCounts | None:
        """The treatment that the page is about: the one asked for, else the verdict's, else the best so far."""
        for key in (self.choices.variant, self.report.verdict.variant, self.best_treatment):
            for treatment in self.treatments:
                if treatment.key == key:
                    return treatment
        return next(iter(self.treatments), None)

    @property
    def best_treatment(self) -> str | None:
        """The key of the treatment with the highest lift of the goal; None without results."""
        best, best_lift = None, -math.inf
        for goal in self.goals:
            lift = WORST_LIFT
            if goal.shown.lift:
                lift = goal.shown.lift.estimate
            if lift > best_lift:
                best, best_lift = goal.variant, lift
        return best

    @property
    def treatment_key(self) -> str:
        """The treatment's key; empty where there is none."""
        if self.treatment is None:
            return ""
        return self.treatment.key

    @property
    def treatment_links(self) -> list[ChoiceLink]:
        """A choice for each treatment; none where there is nothing to choose from."""
        if len(self.treatments) < 2:
            return []
        links = []
        for variant in self.treatments:
            address = replace(self.choices, variant=variant.key).query
            is_chosen = variant.key == self.treatment_key
            links.append(ChoiceLink(f"see-{variant.key}", variant.name, address, is_chosen))
        return links

    @property
    def adjusted_address(self) -> str:
        """The address of the report with the adjustment, for who came by one without it."""
        return replace(self.choices, with_cuped=True).query or "?"

    @property
    def scale(self) -> EffectScale | None:
        """How effects are told; None for lifts."""
        if not self.choices.scale:
            return None
        return EffectScale(self.choices.scale, self.report.currency, self.report.visitors_per_month)

    @property
    def scale_links(self) -> list[ChoiceLink]:
        """A choice for each way to tell effects."""
        links = []
        for key, name in SCALES.items():
            address = replace(self.choices, scale=key).query
            links.append(ChoiceLink(f"effects-{key or 'relative'}", str(name), address, key == self.choices.scale))
        return links

    @cached_property
    def looked_at(self) -> MetricView:
        """The metric that segments and days are of: the one that the reader chose, else the goal."""
        return self.view or goal_view(self.report)

    @property
    def is_per_order(self) -> bool:
        """Whether the metric that is looked at is divided by orders, not by visitors."""
        return self.looked_at.metric in PER_ORDER

    @property
    def kept_choices(self) -> list[tuple[str, str]]:
        """What the reader chose beside the metric, for the form that chooses it."""
        return parse_qsl(replace(self.choices, metric="").query.removeprefix("?"))

    @property
    def goals(self) -> list[MetricResult]:
        """The goal metric of every treatment."""
        return [result for result in self.report.metrics if result.metric == self.report.goal_metric]

    @property
    def goal(self) -> MetricResult | None:
        """The goal metric of the treatment."""
        return first_of_variant(self.goals, self.treatment_key)

    @property
    def goal_unit(self) -> str:
        """The unit of the goal metric."""
        if not self.goals:
            return "number"
        return self.goals[0].unit
