"""A store's programme at a glance: what runs, what it has won, what is due, and what to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboard.drawings.stacked_bars import BarValues, StackedBar, stacked_bars
from dashboard.experiment_list import share_of_plan
from dashboard.overview.alerts import Alert, alerts_of
from dashboard.overview.offers import OffersInBrief
from dashboard.overview.recent import RecentChange, recent_changes
from dashboard.stored_results import newest_reports
from experiments.models import Experiment, Status, Store
from experiments.programme.overview import DueDecision, MonthOfTests, Programme, programme
from experiments.reading.facts import count_visitors
from experiments.reading.replica import read_late
from experiments.report import Range, Report
from journeys.life.spans import JourneySpan, journey_spans

ON = (Status.RUNNING, Status.PAUSED)
# A year: shops sell by the season, and the bars of two seasons can be compared.
MONTHS = 12


@dataclass(frozen=True)
class RunningTestCard:
    """A test that runs or is paused: its day, how much of its plan has come, and its newest stored report."""

    experiment: Experiment
    day: int | None
    visitors: int
    share: float | None
    report: Report | None

    @property
    def days_left(self) -> int | None:
        """How many days it still needs at its present traffic; None where that can't be told."""
        if self.report is None or self.report.progress is None:
            return None
        return self.report.progress.days_left


@dataclass(frozen=True)
class OverviewPage:
    """The overview of one store."""

    store: Store
    now: datetime

    @cached_property
    def programme(self) -> Programme:
        """The numbers of all tests together."""
        return programme(self.store, now=self.now, months=MONTHS)

    @cached_property
    def reports(self) -> dict[int, Report]:
        """The newest stored reports of the tests that are on."""
        return newest_reports(self.experiments)

    @cached_property
    def experiments(self) -> list[Experiment]:
        """The tests that are on, those running first, the oldest first."""
        on = Experiment.objects.filter(store=self.store, status__in=ON).select_related("store")
        return list(on.prefetch_related("variants").order_by("-status", "started_at", "pk"))

    @cached_property
    def tests(self) -> list[RunningTestCard]:
        """The same with their progress."""
        # of all tests at once: a query for each card would slow down the home page with every test
        visitors = read_late(partial(count_visitors, self.experiments))
        cards = []
        for test in self.experiments:
            cards.append(self.on_test(test, visitors[test.pk]))
        return cards

    def on_test(self, test: Experiment, visitors: int) -> RunningTestCard:
        """A test with its progress."""
        report, counted = self.reports.get(test.pk), None
        if report is not None:
            counted = report.plan.information_fraction
        return RunningTestCard(
            test,
            day=test.day_at(self.now),
            visitors=visitors,
            share=share_of_plan(test, visitors, counted),
            report=report,
        )

    @cached_property
    def alerts(self) -> list[Alert]:
        """What to look at first."""
        return alerts_of(self.store, self.experiments, self.reports, self.now)

    @cached_property
    def offers(self) -> OffersInBrief:
        """What offers sold lately, and which need somebody."""
        return OffersInBrief(self.store, self.now)

    @cached_property
    def journeys(self) -> Sequence[JourneySpan]:
        """The journeys that are on, with their last seven days."""
        return journey_spans(self.store, self.now - timedelta(days=7), self.now)

    @cached_property
    def changes(self) -> list[RecentChange]:
        """What was done since yesterday."""
        return recent_changes(self.store, self.now)

    @property
    def running(self) -> int:
        """How many tests show shoppers something now."""
        return self.count(Status.RUNNING)

    @property
    def paused(self) -> int:
        """How many are paused: they show nothing until somebody resumes them."""
        return self.count(Status.PAUSED)

    def count(self, status: Status) -> int:
        """Count the tests that are on by their status."""
        number = 0
        for test in self.experiments:
            number += test.status == status
        return number

    @property
    def decisions_now(self) -> list[DueDecision]:
        """The tests that can be decided already."""
        return [due for due in self.programme.due if due.is_now]

    @property
    def is_new(self) -> bool:
        """Whether the store has never had a test."""
        return not Experiment.objects.filter(store=self.store).exists()

    @property
    def money(self) -> Range | None:
        """What the offers earn a month: by the holdout where there is one, else the shipped effects added up."""
        numbers = self.programme
        # the holdout is measured, the sum is estimated: each effect was chosen because it looked good
        if numbers.holdout or numbers.money is None:
            return numbers.holdout
        return numbers.money.shrunk

    @property
    def due_now(self) -> int:
        """How many tests can be decided already."""
        number = 0
        for due in self.programme.due:
            number += due.is_now
        return number

    @property
    def months(self) -> list[StackedBar]:
        """A bar per month: the tests that were decided."""
        bars = []
        for month in self.programme.months:
            bars.append(bar_of(month))
        return stacked_bars(bars)


def bar_of(month: MonthOfTests) -> BarValues:
    """Return a month's tests as a bar."""
    words = {
        "month": date_format(month.month, "YEAR_MONTH_FORMAT"),
        "started": month.started,
        "decided": month.decided,
    }
    text = _("%(month)s: %(started)s started, %(decided)s decided") % words
    return BarValues(date_format(month.month, "M"), text, {"accent": month.decided})
