"""What metrics are computed from, and the test that each takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.models import Experiment, Metric, Source, Variant
from experiments.reading.aggregation import Aggregate, buyer_rows
from experiments.statistics import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an experiment's metrics are computed from, by variant key.

    ``observed`` is uncapped; ``compared`` is capped where the experiment has a cap, else the same.
    ``fill_minor`` stands in for a cart value that isn't known. ``visitors_per_day`` are those that take part now,
    ``visitors_per_month`` those that full traffic would bring.
    """

    experiment: Experiment
    variants: Sequence[Variant]
    observed: Mapping[str, Aggregate]
    compared: Mapping[str, Aggregate]
    has_covariate: bool
    fill_minor: int
    visitors_per_day: float | None
    visitors_per_month: float | None

    @property
    def control(self) -> Variant | None:
        """The variant that all others are compared with."""
        for variant in self.variants:
            if variant.is_control:
                return variant
        return None

    @property
    def treatments(self) -> list[Variant]:
        """All other variants; none where there is nothing to compare them with."""
        # A test whose control was removed must still be readable: it shows counts, and compares nothing.
        if self.control is None:
            return []
        return [variant for variant in self.variants if not variant.is_control]

    @property
    def treatment_keys(self) -> list[str]:
        """The keys of ``treatments``, in their order."""
        return [variant.key for variant in self.treatments]

    def treatment(self, key: str) -> Variant:
        """Return a treatment by its key. Raises ``KeyError`` for another."""
        for variant in self.treatments:
            if variant.key == key:
                return variant
        raise KeyError(key)

    @property
    def visitors(self) -> int:
        """Visitors of all variants."""
        total = 0
        for aggregate in self.observed.values():
            total += aggregate.visitors
        return total

    def total(self, column: str) -> int:
        """Return the sum of a column over the visitors of all variants; money in minor units, without a cap."""
        total = 0
        for aggregate in self.observed.values():
            total += aggregate.sums[column]
        return total

    def is_all_zero(self, column: str) -> bool:
        """Whether no variant has anything in a column. A sum of all may be 0 too, where margins cancel out."""
        return not any(aggregate.sums[column] for aggregate in self.observed.values())

    # The smallest variant is the bottleneck: a comparison is no better than the worse known of its two arms.
    @property
    def fewest_visitors(self) -> int:
        """Visitors of the smallest variant."""
        return min((one.visitors for one in self.observed.values()), default=0)

    @property
    def fewest_buyers(self) -> int:
        """Buyers of the variant with the fewest."""
        return min((one.sums["converted"] for one in self.observed.values()), default=0)

    @property
    def fewest_visitors_per_day(self) -> float:
        """What a day adds to the smallest variant at the present pace; 0 where that isn't known."""
        if not self.visitors:
            return 0.0
        return (self.visitors_per_day or 0.0) * self.fewest_visitors / self.visitors

    @property
    def goal(self) -> Definition:
        """What decides."""
        return DEFINITIONS[Metric(self.experiment.goal_metric)]


def tested(sample: Sample, definition: Definition, control: Variant, treatment: Variant, *, alpha: float) -> Comparison:
    """Compare by the test that the rules pick: over the buyers themselves where their sums are not enough."""
    arms = sample.compared[control.key], sample.compared[treatment.key]
    comparison = definition.compare(*arms, alpha=alpha, has_covariate=sample.has_covariate)
    if not comparison.is_permutation_due:
        return comparison
    # Only here are visitors read one by one: sums are enough for every other test, and cost one small query.
    rows = buyer_rows(sample.experiment, cap_minor=sample.experiment.cap_minor)
    return definition.permute(rows[control.key], rows[treatment.key], *arms, alpha=alpha)


def goal_comparisons(sample: Sample) -> dict[str, Comparison]:
    """Compare the goal of every treatment that can be tested, by the treatment's key."""
    if sample.control is None or not is_comparable(sample.goal, sample):
        return {}
    alpha = sample.experiment.alpha
    comparisons = {}
    for treatment in sample.treatments:
        comparisons[treatment.key] = tested(sample, sample.goal, sample.control, treatment, alpha=alpha)
    return comparisons


def is_comparable(definition: Definition, sample: Sample) -> bool:
    """Whether control can have the metric, and it is known for everybody."""
    return not definition.is_of_offer and not unknown_values(definition, sample)


def is_recorded(definition: Definition, sample: Sample) -> bool:
    """Whether nothing but zeros of the metric means zero; of anything else it may be that nobody sent it."""
    # Shop systems tell of refunds; a file may not have the column.
    if definition.numerator == "refunding":
        return sample.experiment.source != Source.IMPORTED
    return definition.numerator in {"revenue", "orders", "converted"}


def unknown_values(definition: Definition, sample: Sample) -> int:
    """Return for how many visitors the metric is unknown."""
    unknown = 0
    for aggregate in sample.observed.values():
        unknown += definition.unknown(aggregate)
    return unknown
