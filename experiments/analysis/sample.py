"""What metrics are computed from, and the test that each takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from experiments.analysis import refunds
from experiments.analysis.metrics import DEFINITIONS, Definition, Rows
from experiments.models import ChosenMetric, Experiment, Metric, Source, Variant
from experiments.plan.maturity import Maturity
from experiments.reading.aggregation import Aggregate, buyer_rows
from experiments.reading.custom_metrics import Arms, custom_buyer_rows
from experiments.statistics import Comparison
from experiments.statistics.reserve import Reserve


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomReading:
    """What was read of one of the store's own metrics: of those who are in the sample, and of everybody where that is
    more."""

    chosen: ChosenMetric
    arms: Arms
    everybody: Arms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an experiment's metrics are computed from, by variant key.

    ``observed`` is uncapped; ``compared`` is capped where the experiment has a cap, else the same, and less the
    ``reserves``: by variant key, the refunds that are still to come. ``fill_minor`` stands in for a cart value that
    isn't known. ``visitors_per_day`` are those that take part now, ``visitors_per_month`` those that full traffic
    would bring. ``maturity``: which visitors are in it, ``None`` where all are; ``everybody``: all of them in any
    case, uncapped, where that isn't ``observed``. ``custom``: what was read of the store's own metrics; ``buyers_of``:
    the one of them that the sample is of, ``None`` of all outcomes.
    """

    experiment: Experiment
    variants: Sequence[Variant]
    observed: Mapping[str, Aggregate]
    compared: Mapping[str, Aggregate]
    has_covariate: bool
    fill_minor: int
    visitors_per_day: float | None
    visitors_per_month: float | None
    maturity: Maturity | None = None
    reserves: Mapping[str, Reserve] = field(default_factory=dict)
    everybody: Mapping[str, Aggregate] | None = None
    custom: Sequence["CustomReading"] = ()
    buyers_of: ChosenMetric | None = None

    @property
    def exposed(self) -> Mapping[str, Aggregate]:
        """Everybody who was exposed, by variant key, mature or not, and not capped."""
        if self.everybody is None:
            return self.observed
        return self.everybody

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
    def last_day(self) -> date | None:
        """The last day whose visitors are in it; ``None`` where there is no such limit."""
        if self.maturity is None:
            return None
        return self.maturity.last_day

    @property
    def covariates_through(self) -> date | None:
        """The last day whose covariates are read; ``None`` where nothing is adjusted by them."""
        if not self.has_covariate or not self.experiment.has_covariate_sums:
            return None
        return self.last_day or date.max

    @property
    def days(self) -> int:
        """The days on which its visitors were exposed, from the first to the last; 0 where nobody asks for them."""
        if self.maturity is None:
            return 0
        return self.maturity.days

    @property
    def fewest_visitors_per_day(self) -> float:
        """What a day adds to the smallest variant at the present pace; 0 where that isn't known."""
        visitors = [one.visitors for one in self.exposed.values()]
        if not sum(visitors):
            return 0.0
        return (self.visitors_per_day or 0.0) * min(visitors) / sum(visitors)

    @property
    def goal(self) -> Definition:
        """What decides."""
        return DEFINITIONS[Metric(self.experiment.goal_metric)]


def less_reserves(sample: Sample, cohorts: Mapping[str, refunds.RefundCohorts], now: datetime) -> Sample:
    """Return the sample less the refunds that are still to come of its arms; as it is while nobody knows them."""
    reserves = refunds.reserves_of(cohorts, sample.observed, sample.experiment.delays, now)
    compared = {}
    for key, aggregate in sample.compared.items():
        compared[key] = refunds.less_reserve(aggregate, reserves.get(key))
    return replace(sample, compared=compared, reserves=reserves)


def uncapped_arms(sample: Sample, control: str, treatment: str) -> tuple[Aggregate, Aggregate]:
    """Return two arms with order values as they were paid, less the same share of them that is still to come back."""
    arms = []
    for key in (control, treatment):
        observed = sample.observed[key]
        share = refunds.factors(sample.compared[key], sample.reserves.get(key))
        arms.append(observed.scaled(share))
    return arms[0], arms[1]


def tested(sample: Sample, definition: Definition, control: Variant, treatment: Variant, *, alpha: float) -> Comparison:
    """Compare by the test that the rules pick: over the buyers themselves where their sums are not enough.

    Where refunds are still to come, their uncertainty widens the intervals.
    """
    comparison = tested_as_known(sample, definition, control, treatment, alpha=alpha)
    ratio = refunds.noise_ratio(sample.reserves, definition, comparison, control=control.key, treatment=treatment.key)
    if ratio is None:
        return comparison
    level = refunds.wider_level(alpha, ratio)
    wider = tested_as_known(sample, definition, control, treatment, alpha=level)
    return refunds.widened(wider, ratio)


def tested_as_known(
    sample: Sample, definition: Definition, control: Variant, treatment: Variant, *, alpha: float
) -> Comparison:
    """Compare as if the refunds that are still to come were known exactly."""
    arms = sample.compared[control.key], sample.compared[treatment.key]
    comparison = definition.compare(*arms, alpha=alpha, has_covariate=sample.has_covariate)
    if not comparison.is_permutation_due:
        return comparison
    # Only here are visitors read one by one: sums are enough for every other test, and cost one small query.
    rows = rows_of_buyers(sample)
    of_arms = []
    for key in (control.key, treatment.key):
        of_arms.append(rows[key] * refunds.factors_of_rows(sample.compared[key], sample.reserves.get(key)))
    return definition.permute(of_arms[0], of_arms[1], *arms, alpha=alpha)


def rows_of_buyers(sample: Sample) -> dict[str, Rows]:
    """Read the buyers of the sample by variant key, under the cap: of all goods, or of a custom metric's products."""
    if sample.buyers_of is not None:
        return custom_buyer_rows(sample.buyers_of, through=sample.last_day)
    return buyer_rows(sample.experiment, cap_minor=sample.experiment.cap_minor, through=sample.last_day)


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
    # Whoever bought none of a custom metric's products bought none.
    if definition.is_custom:
        return True
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
