"""Last week's decisions at a moment, as a sample in which each one stands for several."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum

from experiments.assignment.targeting import Context
from experiments.decisions.samples import DAYS, context_of
from experiments.models import DecisionDay, DecisionReason, DecisionSample, Moment, Store


class SampledDecision(NamedTuple):
    """A decision of the sample: what pages said, why no test could have had it, and how many it stands for."""

    context: Context
    reason: str
    weight: float


@dataclass(frozen=True, slots=True)
class Week:
    """The decisions of the last seven days about shoppers who may be measured: ``decisions`` of them, some sampled.

    The sample leaves held-out visitors out: how many there are follows from the holdout's share. ``is_whole`` says
    whether pages asked before it began: the first days of a shop say little of how many visitors there will be.
    """

    decisions: int
    sample: list[SampledDecision]
    is_whole: bool = True

    @property
    def effective_size(self) -> float:
        """How many equally weighted decisions would say as much as the sample (Kish's effective sample size)."""
        total = squares = 0.0
        for decision in self.sample:
            total += decision.weight
            squares += decision.weight**2
        if not squares:
            return 0.0
        return total**2 / squares


def last_week(store: Store, moment: Moment, now: datetime) -> Week:
    """Read the last week's decisions at the moment; a day counts by its decisions, however many were sampled."""
    first = (now - timedelta(days=DAYS)).date()
    at_moment = {"store": store, "moment": moment, "day__range": (first, now.date())}
    counts = dict(
        DecisionDay.objects.filter(**at_moment).measurable().values_list("day").annotate(Sum("count")).order_by("day")
    )
    samples = DecisionSample.objects.filter(**at_moment).exclude(reason=DecisionReason.HOLDOUT)
    rows = list(samples.values_list("day", "context", "reason"))
    sampled = Counter[date](day for day, _, _ in rows)
    found = []
    for day, context, reason in rows:
        # a day's sample without a count is one that is about to be counted
        found.append(SampledDecision(context_of(context), reason, counts.get(day, 0) / sampled[day]))
    decisions = sum(counts[day] for day in sampled if day in counts)
    is_whole = DecisionDay.objects.filter(store=store, moment=moment, day__lte=first).exists()
    return Week(decisions, found, is_whole)
