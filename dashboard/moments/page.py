"""The checkout as a path of moments: what runs at each, what was decided there, and what could be tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from django.db.models import Sum

from dashboard.drawings.forest import Forest
from experiments.models import DecisionDay, DecisionReason, Experiment, Moment, Status, Store
from experiments.programme.known_tests import KnownTest, known_tests
from experiments.programme.moment_effects import moment_effects
from experiments.programme.moments import PlaybookMoment, expected_lift, rows_of
from experiments.reading.facts import daily_visitors
from experiments.reading.replica import read_late
from journeys.life.spans import JourneySpan, journey_spans
from journeys.models import JourneyStatus

# A whole week: weekdays and weekends differ, and fewer days would compare one with the other.
DAYS = 7
# What is on, the most noticeable first: a moment's state is that of its first test.
ON = (Status.RUNNING, Status.PAUSED, Status.SCHEDULED)
# In the order in which a shopper comes by. The exit is beside the path: it can come at any page before the order.
PATH = (Moment.CART, Moment.SHIPPING, Moment.PAYMENT, Moment.CONFIRMATION, Moment.FOLLOW_UP)


@dataclass(frozen=True)
class RunningTest:
    """A test that runs or waits at a moment, on which day it is, and how many visitors it has."""

    experiment: Experiment
    day: int | None
    visitors: int


@dataclass(frozen=True)
class UnservedCount:
    """Decisions that served nothing for one reason: how many, and as a share of all decisions at the moment."""

    reason: str
    number: int
    share: float


@dataclass(frozen=True)
class MomentOnMap:
    """A moment: its tests, the winner that is shown to all, and what was decided there in the last ``DAYS`` days."""

    moment: Moment
    tests: list[RunningTest]
    winner: Experiment | None
    decisions: int
    served: int
    exposed: int
    unserved: list[UnservedCount]
    forest: Forest
    journeys: Sequence[JourneySpan] = ()

    @property
    def state(self) -> str:
        """``running``, ``scheduled``, ``paused`` or ``rolled_out``; ``free`` where nothing is."""
        if self.tests:
            return self.tests[0].experiment.status  # they are sorted by ``ON``
        if self.journeys and self.journeys[0].journey.status != JourneyStatus.ENDED:
            return str(self.journeys[0].journey.status)
        if self.winner:
            return "rolled_out"
        return "free"

    @property
    def served_share(self) -> float | None:
        """The share of decisions in which the visitor took part in a test or got the winner."""
        if not self.decisions:
            return None
        return self.served / self.decisions

    @property
    def expected(self) -> tuple[float, float]:
        """The lifts of order value that the playbook expects here, lowest and highest."""
        return expected_lift(self.moment)

    @property
    def ideas(self) -> list[PlaybookMoment]:
        """What the playbook says can be tried here."""
        return rows_of(self.moment)


@dataclass(frozen=True)
class MomentsPage:
    """The map of one store."""

    store: Store
    now: datetime

    @property
    def first_day(self) -> date:
        """The first of the days that are counted (UTC, like the counts)."""
        return self.now.date() - timedelta(days=DAYS - 1)

    @cached_property
    def tests(self) -> list[Experiment]:
        """The store's tests that are on, and its winners; the first of a moment is served first."""
        mine = Experiment.objects.filter(store=self.store)
        # a winner is shown until another test's is, so that a concluded test can still be on the map
        shown = mine.filter(status__in=ON) | mine.rolled_out()
        # as the edge serves them: the highest priority first, then the newest winner
        return list(shown.select_related("rolled_out_variant", "store").order_by("-priority", "-ended_at", "pk"))

    @cached_property
    def visitors(self) -> dict[int, dict[date, int]]:
        """The visitors of each test, day by day."""
        return read_late(partial(daily_visitors, self.tests))

    @cached_property
    def decisions(self) -> dict[str, dict[str, int]]:
        """By moment and reason, how often it was decided so."""
        # counted by day, in UTC: seven rows for each reason, however much traffic there is
        rows = (
            DecisionDay.objects.filter(store=self.store, day__gte=self.first_day)
            .values_list("moment", "reason")
            .annotate(number=Sum("count"))
            .order_by("moment", "-number", "reason")
        )
        counts: dict[str, dict[str, int]] = {}
        for moment, reason, number in rows:
            counts.setdefault(moment, {})[reason] = number
        return counts

    @cached_property
    def known(self) -> list[KnownTest]:
        """All tests with what their newest stored results say."""
        return known_tests(self.store)

    @cached_property
    def path(self) -> list[MomentOnMap]:
        """The moments that follow one another."""
        places = []
        for moment in PATH:
            places.append(self.on_map(moment))
        return places

    @cached_property
    def exit(self) -> MomentOnMap:
        """The moment that can come at any page before the order."""
        return self.on_map(Moment.EXIT_INTENT)

    @cached_property
    def all(self) -> list[MomentOnMap]:
        """Every moment, the exit before the order, where shoppers leave."""
        return [*self.path[:3], self.exit, *self.path[3:]]

    @property
    def has_past(self) -> bool:
        """Whether past tests are shown at any moment."""
        return any(place.forest.rows for place in self.all)

    @property
    def free(self) -> int:
        """At how many moments nothing runs."""
        number = 0
        for place in self.all:
            number += place.state == "free"
        return number

    def on_map(self, moment: Moment) -> MomentOnMap:
        """One moment with all that is known about it."""
        counts = self.decisions.get(moment, {})
        running, exposed = [], 0
        for test in sorted_by_status(self.tests_at(moment)):
            running.append(self.running_test(test))
            exposed += self.recent_visitors(test)
        return MomentOnMap(
            moment,
            tests=running,
            winner=self.winner_at(moment),
            decisions=sum(counts.values()),
            served=counts.get(DecisionReason.SERVED, 0),
            exposed=exposed,
            unserved=unserved_counts(counts),
            forest=Forest.of(moment_effects(self.known, moment)),
            journeys=self.journeys_at(moment),
        )

    def journeys_at(self, moment: Moment) -> Sequence[JourneySpan]:
        """The journeys that send at the moment, which no page asks for, with their last ``DAYS`` days."""
        if moment != Moment.FOLLOW_UP:
            return ()
        return journey_spans(self.store, self.now - timedelta(days=DAYS), self.now)

    def tests_at(self, moment: Moment) -> list[Experiment]:
        """The tests of a moment, and its winners, in the order in which they are served."""
        return [test for test in self.tests if test.moment == moment]

    def winner_at(self, moment: Moment) -> Experiment | None:
        """The winner that is shown to all at the moment: the first in the edge's order, which serves only one."""
        for test in self.tests_at(moment):
            if test.status == Status.CONCLUDED:
                return test
        return None

    def running_test(self, test: Experiment) -> RunningTest:
        """A test with its day and its visitors."""
        return RunningTest(test, test.day_at(self.now), sum(self.visitors[test.pk].values()))

    def recent_visitors(self, test: Experiment) -> int:
        """Those first exposed in the last ``DAYS`` days."""
        # by the days of the decisions beside them, so that the two can be compared
        visitors = 0
        for day, number in self.visitors[test.pk].items():
            if day >= self.first_day:
                visitors += number
        return visitors


def sorted_by_status(tests: list[Experiment]) -> list[Experiment]:
    """Those of the tests that are on, by the order of ``ON``; within a status as they were."""
    result: list[Experiment] = []
    for status in ON:
        for test in tests:
            if test.status == status:
                result.append(test)
    return result


def unserved_counts(counts: dict[str, int]) -> list[UnservedCount]:
    """Why decisions served nothing, from the number of decisions by reason, in their order."""
    # of all decisions, the served ones too, so that the shares of a moment and the served one add up to 100%
    total = sum(counts.values())
    unserved = []
    for reason, number in counts.items():
        if reason != DecisionReason.SERVED:
            unserved.append(UnservedCount(str(DecisionReason(reason).label), number, number / total))
    return unserved
