"""Estimates a test's reach from the samples of last week's decisions, in decisions and in visitors a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db.models import F, Q, Sum

from checkout_widgets.edge.causes import Cause
from checkout_widgets.edge.configuration import ExperimentConfiguration
from checkout_widgets.edge.running_order import configured_among_others, described, placed
from checkout_widgets.reach.replay import Obstacle, obstacles, shares, takers
from checkout_widgets.reach.week import Week, last_week
from experiments.decisions.samples import DAYS
from experiments.models import DecisionDay, DecisionReason, Experiment, Moment, Source, Store
from experiments.reading.baselines import BASELINE_DAYS, recent_visitors
from experiments.statistics.proportions.intervals import wilson

Key = TypeVar("Key")

TWO_ERRORS = 1.96  # the range on either side, in standard errors: 95%


class Span(NamedTuple):
    """An estimate, and the range that the sample allows."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> "Span":
        """Return the span in another unit."""
        return Span(self.low * factor, self.middle * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Displacement:
    """What a running test, or a rolled-out winner, gets of the decisions without the new test, and with it."""

    test_id: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a test would have got of last week's decisions at its moment.

    - ``decisions``: how many there were about shoppers who may be measured; ``got``: how many the test would get.
    - ``lost``: how many it wouldn't get, by why; ``displacements``: what it takes from others.
    - ``visitors_per_decision``: as lately at the moment; ``None`` where nobody was exposed there yet.
    - ``names``: of the other tests, by id. ``is_whole_week``: whether pages have asked for a week or longer.
    """

    decisions: int
    got: Span
    lost: Mapping[Obstacle, float]
    displacements: Sequence[Displacement]
    visitors_per_decision: float | None
    names: Mapping[int, str]
    is_whole_week: bool

    @property
    def visitors_per_day(self) -> Span:
        """The visitors that it would get a day: at most one for each decision, where nobody was exposed yet."""
        return self.got.times((self.visitors_per_decision or 1.0) / DAYS)


@dataclass(slots=True)
class ReplayedDecisions:
    """Decisions, added up over a sample: by the experiment that gets them, and by why the test doesn't."""

    without: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    among: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    lost: dict[Obstacle, float] = field(default_factory=lambda: defaultdict(float))


def reach_of(experiment: Experiment, now: datetime) -> Reach | None:
    """Estimate the reach of a test as it would run now, at its full traffic share; ``None`` without decisions to go by.

    ``experiment`` may have changes that aren't saved, or not be saved at all.
    """
    store, moment = experiment.store, Moment(experiment.moment)
    week = last_week(store, moment, now)
    if not week.decisions or not week.sample:
        return None
    test, others = configured_among_others(experiment)
    priorities, names = described(others)
    order = placed(test, experiment.priority, others, priorities)
    totals = replayed(week, test, order, now)
    return Reach(
        decisions=week.decisions,
        got=range_of(totals.among[test.id], week, store.holdout_share),
        lost=lost_decisions(totals.lost, week, store.holdout_share),
        displacements=displacements(totals, others, 1 - store.holdout_share),
        visitors_per_decision=visitors_per_decision(store, moment, now),
        names=names,
        is_whole_week=week.is_whole,
    )


def replayed(
    week: Week, test: ExperimentConfiguration, order: Sequence[ExperimentConfiguration], now: datetime
) -> ReplayedDecisions:
    """Send each decision of the sample through the arbiter, without the test and with it."""
    totals = ReplayedDecisions()
    ids = [experiment.id for experiment in order]
    for decision in week.sample:
        context, weight = decision.context, decision.weight
        if decision.reason:
            totals.lost[Obstacle(Cause(decision.reason))] += weight
            continue
        # Asked once: most of the time goes here.
        could_take = takers(order, context, now)
        chances = shares(could_take)
        add(totals.among, chances, weight)
        without = chances
        if test.id in chances:
            without = shares(other for other in could_take if other.id != test.id)
        add(totals.without, without, weight)
        add(totals.lost, obstacles(test, chances, order=ids, context=context, now=now), weight)
    return totals


def add(sums: dict[Key, float], chances: Mapping[Key, float], weight: float) -> None:
    """Add the chances of one decision, as often as it stands for others."""
    for key, chance in chances.items():
        sums[key] += chance * weight


def range_of(got: float, week: Week, holdout_share: float) -> Span:
    """Return what the test gets, with Wilson's interval for the size of the sample."""
    share, size = got / week.decisions, week.effective_size
    low, high = wilson(share * size, size, TWO_ERRORS)
    return Span(low, share, high).times(week.decisions * (1 - holdout_share))


def lost_decisions(lost: Mapping[Obstacle, float], week: Week, holdout_share: float) -> dict[Obstacle, float]:
    """Return what is lost by why, the most first; the holdout takes its share before anything else."""
    found = {}
    if holdout_share:
        found[Obstacle(Cause.HOLDOUT)] = week.decisions * holdout_share
    for obstacle, decisions in lost.items():
        found[obstacle] = decisions * (1 - holdout_share)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def displacements(
    totals: ReplayedDecisions, others: Sequence[ExperimentConfiguration], offered_share: float
) -> list[Displacement]:
    """Return the others that get fewer decisions with the test than without, the largest loss first."""
    found = []
    for other in others:
        before, after = totals.without[other.id] * offered_share, totals.among[other.id] * offered_share
        if round(after) < round(before):
            found.append(Displacement(other.id, before, after))
    return sorted(found, key=lambda one: one.after - one.before)


def visitors_per_decision(store: Store, moment: Moment, now: datetime) -> float | None:
    """Return how many visitors were exposed for each decision that served a test at the moment, in the last 28 days.

    Shoppers come back and triggers don't always fire, so that it is less than one.
    """
    since = now - timedelta(days=BASELINE_DAYS)
    exposed = recent_visitors(store, moment, now=now)
    served: int | None = DecisionDay.objects.filter(
        Q(experiment__ended_at=None) | Q(day__lte=F("experiment__ended_at__date")),
        store=store,
        moment=moment,
        day__gte=since.date(),
        reason=DecisionReason.SERVED,
        experiment__source=Source.LIVE,
    ).aggregate(total=Sum("count"))["total"]
    if not exposed or not served:
        return None
    return min(exposed / served, 1.0)
