"""What the edge would have decided about simulated visitors, counted and sampled as it does."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import DAYS, SIZE, Ranked, SampleGroup
from experiments.models import DecisionReason, Experiment


@dataclass(slots=True)
class Decided:
    """The decisions of one simulation; ``random`` draws the sample."""

    experiment: Experiment
    now: datetime
    random: Random
    counts: dict[CountKey, Count] = field(default_factory=dict)
    samples: dict[SampleGroup, list[Ranked]] = field(default_factory=lambda: defaultdict(list))

    def add(self, reason: DecisionReason, context: Context, at: datetime) -> None:
        """Count one decision; the holdout is nobody's refusal."""
        store_id, moment, day = self.experiment.store_id, self.experiment.moment, at.date()
        experiment_id: int | None = self.experiment.pk
        if reason == DecisionReason.HOLDOUT:
            experiment_id = None
        key = CountKey(store_id, day, moment, experiment_id, reason)
        # the first and the last time are the edge's as well: pages tell by them how long ago something was decided
        known = self.counts.get(key, Count(0, at, at))
        self.counts[key] = Count(known.number + 1, min(known.first_at, at), max(known.last_at, at))
        # older samples would be deleted by the next clean-up
        if at > self.now - timedelta(days=DAYS):
            self.samples[SampleGroup(store_id, moment, day)].append(Ranked(self.random.random(), context))

    def store(self) -> None:
        """Write them down."""
        decision_counts.add(self.counts)
        # the smallest random numbers win, as at the edge: so groups of several processes can be merged
        for ranked in self.samples.values():
            ranked.sort()
            del ranked[SIZE:]  # no group keeps more
        decision_samples.add(self.samples)
