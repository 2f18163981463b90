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
        return next((variant for variant in self.variants if variant.is_control), None)

    @property
    def treatments(self) -> list[Variant]:
        """All other variants; none where there is nothing to compare them with."""
        if self.control is None:
            return []
        return [variant for variant in self.variants if not variant.is_control]

    @property
    def visitors(self) -> int:
        """Visitors of all variants."""
        return sum(one.visitors for one in self.observed.values())

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
    """The comparison by the test that the rules pick: over the buyers themselves where their sums are not enough."""
    arms = sample.compared[control.key], sample.compared[treatment.key]
    comparison = definition.compare(*arms, alpha=alpha, has_covariate=sample.has_covariate)
    if not comparison.is_permutation_due:
        return comparison
    rows = buyer_rows(sample.experiment, cap_minor=sample.experiment.cap_minor)
    return definition.permute(rows[control.key], rows[treatment.key], *arms, alpha=alpha)


def goal_comparisons(sample: Sample) -> dict[str, Comparison]:
    """The goal of every treatment that can be tested, by the treatment's key."""
    if sample.control is None or not is_comparable(sample.goal, sample):
        return {}
    alpha = sample.experiment.alpha
    return {one.key: tested(sample, sample.goal, sample.control, one, alpha=alpha) for one in sample.treatments}


def is_comparable(definition: Definition, sample: Sample) -> bool:
    """Whether control can have the metric, and it is known for everybody."""
    return not definition.is_of_offer and not unknown_values(definition, sample)


def is_recorded(definition: Definition, sample: Sample) -> bool:
    """Whether nothing but zeros of the metric means zero; of anything else it may be that nobody sent it."""
    if definition.numerator == "refunding":  # shop systems tell of refunds; a file may not have the column
        return sample.experiment.source != Source.IMPORTED
    return definition.numerator in {"revenue", "orders", "converted"}


def unknown_values(definition: Definition, sample: Sample) -> int:
    """For how many visitors the metric is unknown."""
    return sum(definition.unknown(aggregate) for aggregate in sample.observed.values())
