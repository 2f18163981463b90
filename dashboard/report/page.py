"""Report -> what its page shows of the treatment that is looked at."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from django.utils.translation import gettext as _
from msgspec.json import Encoder

from dashboard.report.holdout_note import visitors_note
from dashboard.report.key_figures import KeyFigure, key_figures
from dashboard.report.long_term import LongTermRow, long_term_rows
from dashboard.report.message_revenue import MessageRevenue, message_revenue
from dashboard.report.metric_choice import MetricChoice
from dashboard.report.reading import ReportReading
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
from dashboard.report.stored_looks import deciding_look, looks_with_addresses
from dashboard.report.timeline import Happening, timeline
from dashboard.report.treatment_charts import TreatmentCharts
from dashboard.templatetags import wording
from experiments.models import Status
from experiments.report import (
    Look,
    MetricResult,
    OverlapResult,
    Rule,
    VariantSums,
)
from experiments.report.selection import money_withheld, of_variant
from experiments.running import guardrails
from experiments.statistics import Reason
from journeys.message_holdout import VisitorsKnown

SMALL_REDUCTION = 0.05  # of the variance: less of it shortens a test of two weeks by less than a day
FINGERPRINTED = Encoder(order="deterministic")  # a stored report's keys come back in another order
ENDED = frozenset({Status.CONCLUDED, Status.STOPPED, Status.ARCHIVED})


@dataclass(frozen=True)
class ReportPage(ReportReading):
    """A test's report as its page shows it; ``is_stored`` where it may be out of date."""

    is_stored: bool = False

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
        # Each analysis has its own time: with it, every poll would be news.
        timeless = replace(self.report, taken_at=datetime.min)
        return sha256(FINGERPRINTED.encode((timeless, self.view))).hexdigest()[:16]

    @property
    def news_trigger(self) -> str:
        """When to ask for news: at once where the report is stored, again and again while the test runs."""
        triggers = []
        # A look shows the past: nothing comes after it.
        if self.is_stored and not self.choices.look:
            triggers.append("load")
        if self.is_live and not self.choices.look:
            triggers.append("every 10s")
        return ", ".join(triggers)

    @property
    def news_query(self) -> str:
        """How to ask for what has changed since."""
        return self.choices.query_with(status=self.experiment.status, seen=self.fingerprint)

    @property
    def verdict_label(self) -> str:
        """What kind of statement the headline is."""
        plan = self.report.plan
        if self.experiment.status in ENDED:
            return _("Verdict")
        if not plan.looks_taken or not plan.planned_looks:
            return _("Verdict so far")
        return _("Verdict at look %(taken)s of %(planned)s") % {
            "taken": plan.looks_taken,
            "planned": plan.planned_looks,
        }

    @property
    def verdict_tone(self) -> str:
        """How the verdict is colored."""
        return wording.VERDICT_TONES[self.report.verdict.code]

    @property
    def rules(self) -> list[Rule]:
        """The rules of the test and of the treatment."""
        return [rule for rule in self.report.verdict.rules if rule.variant in {None, "", self.treatment_key}]

    @property
    def other_rules(self) -> list[Rule]:
        """Those of the other treatments."""
        return [rule for rule in self.report.verdict.rules if rule not in self.rules]

    @cached_property
    def key_figures(self) -> list[KeyFigure]:
        """The treatment's figures at the top."""
        if self.treatment is None or self.report.awaited_orders is not None:
            return []
        return key_figures(self.report, self.treatment_key)

    @cached_property
    def metrics(self) -> MetricTable:
        """The treatment's metrics, without those whose data nobody sent."""
        results = of_variant(self.report.metrics, self.treatment_key)
        recorded = [result for result in results if not is_unrecorded(result)]
        is_money_shown = money_withheld(self.report, self.treatment_key) != "depends"
        return metric_table(recorded, is_money_shown=is_money_shown, scale=self.scale)

    @property
    def unrecorded(self) -> list[str]:
        """The metrics whose data nobody sent, each once."""
        labels: dict[str, None] = {}  # a set would lose the order
        for result in self.report.metrics:
            if is_unrecorded(result):
                labels[result.label] = None
        return list(labels)

    @property
    def variant_rows(self) -> list[VariantRow]:
        """All variants side by side."""
        return variant_rows(self.report.variants, self.goals)

    @cached_property
    def segments(self) -> SegmentTable:
        """The treatment's segments."""
        return segment_table(self.report, self.looked_at, self.treatment_key)

    @property
    def metric_choices(self) -> list[MetricChoice]:
        """The metrics that the reader can look at by segment and by day; none of a stored look, which has the goal
        alone."""
        if self.choices.look:
            return []
        choices = []
        for row in self.metrics.rows:
            is_chosen = row.result.metric == self.looked_at.metric
            choices.append(MetricChoice(row.result.metric, row.result.label, is_chosen))
        return choices

    @property
    def funnel(self) -> list[FunnelStep]:
        """From exposure to order, a column per variant."""
        return funnel_steps(self.report, has_widget=not self.is_imported)

    @cached_property
    def charts(self) -> TreatmentCharts:
        """What is drawn of the treatment."""
        return TreatmentCharts(self.report, self.treatment_key, self.looked_at)

    @property
    def overlaps(self) -> list[OverlapResult]:
        """What the treatment and the store's other tests do to each other."""
        return of_variant(self.report.overlaps, self.treatment_key)

    @property
    def long_term(self) -> list[LongTermRow]:
        """What each variant came to in the year after; empty where that isn't kept."""
        return long_term_rows(self.report)

    @cached_property
    def why_paused(self) -> str:
        """What made a guardrail pause the test: it reads all visitors, the verdict only those old enough to count."""
        return guardrails.why_paused(self.experiment)

    @cached_property
    def message_revenue(self) -> MessageRevenue | None:
        """What the treatment's message brought, and what is attributed to it; None of anything but messages."""
        return message_revenue(self.experiment, self.report, self.treatment_key)

    @cached_property
    def visitors_known(self) -> VisitorsKnown | None:
        """Of how many customers no visitor is known, in the report of a holdout of messages."""
        return visitors_note(self.experiment, self.report.taken_at)

    @property
    def looks(self) -> list[tuple[Look, str]]:
        """The treatment's looks with their addresses; none beside a metric that the reader chose: looks are at the
        goal alone."""
        if self.view is not None:
            return []
        return looks_with_addresses(self.experiment, self.report, self.choices, self.treatment_key)

    @property
    def deciding_look(self) -> Look | None:
        """The look at which the treatment crossed its bound; None where it hasn't."""
        return deciding_look(self.report, self.treatment_key)

    @property
    def sums(self) -> list[VariantSums]:
        """The exact sums of control and the treatment."""
        wanted = {self.treatment_key}  # the page compares one treatment: the others' sums would drown it
        if self.control:
            wanted.add(self.control.key)
        return [sums for sums in self.report.sums if sums.variant in wanted]

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
