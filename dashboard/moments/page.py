"""The checkout as a path of moments: what runs at each, what was decided there, and what could be tried."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Sum

from dashboard.drawings.forest import Forest
from dashboard.experiment_list import days_of
from experiments.models import Decision, DecisionDay, DecisionReason, Experiment, Moment, Status, Store
from experiments.programme.moment_effects import moment_effects
from experiments.programme.moments import PlaybookMoment, expected_lift, rows_of
from experiments.programme.overview import KnownTest, known_tests
from experiments.reading.facts import daily_visitors

DAYS = 7
ON = (Status.RUNNING, Status.PAUSED, Status.SCHEDULED)
PATH = (Moment.CART, Moment.SHIPPING, Moment.PAYMENT, Moment.CONFIRMATION, Moment.FOLLOW_UP)


@dataclass(frozen=True)
class RunningTest:
    """A test that runs or waits at a moment, on which day it is, and how many visitors it has."""

    experiment: Experiment
    day: int | None
    visitors: int


@dataclass(frozen=True)
class Nothing:
    """Why pages got nothing: how often, and as a share of all decisions at the moment."""

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
    nothing: list[Nothing]
    forest: Forest

    @property
    def state(self) -> str:
        """``running``, ``scheduled``, ``paused`` or ``rolled_out``; ``free`` where nothing is."""
        states = {test.experiment.status for test in self.tests}
        first = next((state for state in ON if state in states), None)
        return first.value if first else "rolled_out" if self.winner else "free"

    @property
    def served_share(self) -> float | None:
        """The share of decisions in which the visitor took part in a test or got the winner."""
        return self.served / self.decisions if self.decisions else None

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
        mine = Experiment.objects.tests().filter(store=self.store)
        winners = mine.filter(status=Status.CONCLUDED, decision=Decision.ROLL_OUT, rolled_out_variant__isnull=False)
        found = mine.filter(status__in=ON) | winners
        return list(found.select_related("rolled_out_variant").order_by("-priority", "-ended_at", "pk"))

    @cached_property
    def visitors(self) -> dict[int, dict[date, int]]:
        """The visitors of each test, day by day."""
        return daily_visitors(self.tests)

    @cached_property
    def decisions(self) -> dict[str, dict[str, int]]:
        """By moment and reason, how often it was decided so."""
        rows = (
            DecisionDay.objects.filter(store=self.store, day__gte=self.first_day)
            .values_list("moment", "reason")
            .annotate(number=Sum("count"))
            .order_by("moment", "-number", "reason")
        )
        found: dict[str, dict[str, int]] = {}
        for moment, reason, number in rows:
            found.setdefault(moment, {})[reason] = number
        return found

    @cached_property
    def known(self) -> list[KnownTest]:
        """All tests with what their newest stored results say."""
        return known_tests(self.store)

    @cached_property
    def path(self) -> list[MomentOnMap]:
        """The moments that follow one another."""
        return [self.on_map(moment) for moment in PATH]

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
        return any(one.forest.rows for one in self.all)

    @property
    def free(self) -> int:
        """At how many moments nothing runs."""
        return sum(one.state == "free" for one in self.all)

    def on_map(self, moment: Moment) -> MomentOnMap:
        """One moment with all that is known about it."""
        counts = self.decisions.get(moment, {})
        total = sum(counts.values())
        here = [test for test in self.tests if test.moment == moment]
        on = sorted((test for test in here if test.status in ON), key=lambda test: ON.index(Status(test.status)))
        return MomentOnMap(
            moment,
            tests=[RunningTest(test, days_of(test, self.now), sum(self.visitors[test.pk].values())) for test in on],
            winner=next((test for test in here if test.status == Status.CONCLUDED), None),
            decisions=total,
            served=counts.get(DecisionReason.SERVED, 0),
            exposed=sum(self.recent_visitors(test) for test in on),
            nothing=[
                Nothing(DecisionReason(reason).label, number, number / total)
                for reason, number in counts.items()
                if reason != DecisionReason.SERVED
            ],
            forest=Forest.of(moment_effects(self.known, moment)),
        )

    def recent_visitors(self, test: Experiment) -> int:
        """Those first exposed in the last ``DAYS`` days."""
        return sum(number for day, number in self.visitors[test.pk].items() if day >= self.first_day)
