"""What the page of a part of a test's visitors shows: the choice, and every metric of who was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard.report.metric_days import MetricDayRow, metric_day_rows
from dashboard.report.part.finding import UNLIKELY_SPLIT, Finding, finding_of
from dashboard.report.rows import FunnelStep, MetricTable, funnel_steps, metric_table
from dashboard.report.stored import report_at_once
from dashboard.templatetags import wording
from experiments import formatting
from experiments.models import Experiment, Source
from experiments.reading.part_funnel import MOST_COUNTED
from experiments.reading.parts import TooManyToReadError
from experiments.report import MetricResult, MetricView, Report, Series, VariantCounts
from experiments.report.part import PartReport
from experiments.report.selection import of_variant
from experiments.snapshots import report_to_show
from experiments.snapshots.part_reports import PartChoices, PartQuery, PartView, part_view
from experiments.statistics import Reason

BETWEEN = ":"  # a dimension and its value, as in ``segment=device:phone&and=channel:email``


@dataclass(frozen=True, slots=True)
class SegmentOption:
    """A value to choose, as the address names it."""

    code: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """The values of a dimension."""

    name: str
    options: list[SegmentOption]


@dataclass(frozen=True, slots=True)
class PartAsked:
    """What an address asks for; what can't be read counts as not asked for."""

    segments: tuple[str, str]
    first: date | None
    last: date | None
    variant: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "PartAsked":
        """Read an address."""
        return cls(
            segments=(query.get("segment", ""), query.get("and", "")),
            first=day_of(query.get("from", "")),
            last=day_of(query.get("to", "")),
            variant=query.get("variant", ""),
        )

    @property
    def query(self) -> str:
        """How an address asks for the same."""
        asked = {"segment": self.segments[0], "and": self.segments[1], "from": self.first, "to": self.last}
        given = {name: value for name, value in asked.items() if value}
        return "?" + urlencode(given)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The dimensions and values."""
        pairs = []
        for code in self.segments:
            dimension, between, value = code.partition(BETWEEN)
            if between:
                pairs.append((dimension, value))
        return tuple(pairs)


@dataclass(frozen=True)
class PartPage:
    """A part of a test's visitors; ``too_many`` is how many would have to be read for it, where they are too many."""

    experiment: Experiment
    asked: PartAsked
    view: PartView
    too_many: int = 0

    @classmethod
    def of(cls, experiment: Experiment, query: Mapping[str, str], now: datetime) -> "PartPage":
        """Return the page that an address asks for."""
        asked = PartAsked.of(query)
        try:
            return cls(experiment, asked, part_view(experiment, PartQuery(asked.pairs, asked.first, asked.last), now))
        except TooManyToReadError as error:
            choices = part_view(experiment, PartQuery(), now)
            return cls(experiment, asked, choices, error.visitors)

    @property
    def choices(self) -> PartChoices | None:
        """What can be chosen; None before anybody counts."""
        return self.view.choices

    @property
    def report(self) -> PartReport | None:
        """What is known of who was chosen; None where nobody was."""
        return self.view.report

    def options(self, number: int) -> list[SegmentOptions]:
        """Return the values to choose as the first or the second segment."""
        if self.choices is None:
            return []
        groups = []
        for dimension, values in self.choices.values.items():
            options = []
            for value in sorted(values, key=lambda value: wording.place_of(value, dimension)):
                code = f"{dimension}{BETWEEN}{value}"
                options.append(SegmentOption(code, self.name_of(dimension, value), code == self.asked.segments[number]))
            groups.append(SegmentOptions(wording.dimension(dimension), options))
        return groups

    @property
    def first_options(self) -> list[SegmentOptions]:
        """The values of the first segment."""
        return self.options(0)

    @property
    def second_options(self) -> list[SegmentOptions]:
        """The values of the second segment."""
        return self.options(1)

    def name_of(self, dimension: str, value: str) -> str:
        """Return a value in words."""
        if dimension == "cart_band":
            return wording.cart_band(value, self.experiment.store.currency)
        return wording.segment(value, dimension) or _("Unknown")

    @property
    def title(self) -> str:
        """Who was chosen, in words: ``Device: Phone, Channel: Email``."""
        if self.report is None:
            return _("A part of the visitors")
        parts = []
        for dimension, value in self.report.segments:
            words = {"dimension": wording.dimension(dimension), "value": self.name_of(dimension, value)}
            parts.append(_("%(dimension)s: %(value)s") % words)
        return ", ".join(parts) or _("All visitors of these days")

    @property
    def treatments(self) -> list[VariantCounts]:
        """The variants that are compared with control."""
        if self.report is None:
            return []
        treatments = list(self.report.variants)
        if self.control is not None:
            treatments.remove(self.control)
        return treatments

    @property
    def treatment(self) -> VariantCounts | None:
        """The treatment that is looked at: as asked, else the first."""
        for variant in self.treatments:
            if variant.key == self.asked.variant:
                return variant
        return next(iter(self.treatments), None)

    @property
    def control(self) -> VariantCounts | None:
        """The variant that all others are compared with."""
        if self.report is not None:
            for variant in self.report.variants:
                if variant.is_control:
                    return variant
        return None

    @property
    def control_name(self) -> str:
        """What the control is called."""
        if self.control is None:
            return _("Control")
        return self.control.name

    @property
    def metrics(self) -> MetricTable:
        """Every metric of the treatment that has data."""
        return metric_table(self.results)

    @property
    def results(self) -> list[MetricResult]:
        """The results of the treatment, without metrics that nobody sends data for."""
        if self.report is None or self.treatment is None:
            return []
        found = of_variant(self.report.metrics, self.treatment.key)
        return [result for result in found if result.main.unavailable != Reason.MISSING_SUMS]

    @property
    def goal(self) -> MetricResult | None:
        """The goal of the treatment."""
        for result in self.results:
            if result.role == "goal":
                return result
        return None

    @property
    def days(self) -> list[MetricDayRow]:
        """The goal's effect of all exposed up to each day."""
        goal = self.goal
        if goal is None or self.report is None or self.treatment is None:
            return []
        view = MetricView(
            metric=goal.metric,
            label=goal.label,
            unit=goal.unit,
            is_lower_better=goal.is_lower_better,
            is_in_points=goal.is_in_points,
            series=Series(points=list(self.report.points)),
        )
        return metric_day_rows(view, self.treatment.key)

    @property
    def finding(self) -> Finding | None:
        """What the goal shows here, in words."""
        if self.goal is None or self.report is None:
            return None
        return finding_of(self.goal, alpha=self.experiment.alpha, split_p_value=self.report.split_p_value)

    @property
    def is_split_unlikely(self) -> bool:
        """Whether the part is split so unevenly that its figures can't be trusted."""
        return self.report is not None and (self.report.split_p_value or 1.0) < UNLIKELY_SPLIT

    @cached_property
    def whole(self) -> Report:
        """The report of all visitors, whose verdict stands."""
        return report_at_once(self.experiment) or report_to_show(self.experiment)

    @property
    def whole_tone(self) -> str:
        """How the whole's verdict is colored."""
        return wording.VERDICT_TONES[self.whole.verdict.code]

    @property
    def funnel(self) -> list[FunnelStep]:
        """From exposure to order, a column per variant; empty where that wasn't counted."""
        if self.report is None or not self.report.funnel:
            return []
        return funnel_steps(self.report, has_widget=self.experiment.source != Source.IMPORTED)

    @property
    def most_counted(self) -> int:
        """For how many exposed visitors steps are counted at most."""
        return MOST_COUNTED

    @property
    def query(self) -> str:
        """The address's question, for the files of the same part."""
        return self.asked.query

    @property
    def source_note(self) -> str:
        """Say what the figures come from."""
        if self.report is None:
            return ""
        if not self.report.read:
            return _("Computed from the daily sums, like the report.")
        read = formatting.count(self.report.read)
        return _("The daily sums don't hold two segments at once, so this is computed from %(read)s exposures.") % {
            "read": read
        }

    @property
    def correction_note(self) -> str:
        """Say what p-values are corrected for."""
        if self.report is None:
            return ""
        number = formatting.count(self.report.choices)
        return ngettext(
            "P-values are corrected for the number of metrics.",
            "P-values are corrected for the number of metrics, and for the %(number)s parts to choose from.",
            self.report.choices,
        ) % {"number": number}


def day_of(text: str) -> date | None:
    """Return a day as an address names it; None where it doesn't."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
