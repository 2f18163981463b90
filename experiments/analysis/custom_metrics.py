"""What each metric of a test is computed from: Offerlift's own from all outcomes, a store's from its products' part.

A custom metric's sums have the columns of all outcomes' (``reading.custom_metrics``), so that it is compared, capped
and corrected by the same code: only the sample is another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt

from experiments.analysis.metrics import DEFINITIONS, Definition
from experiments.analysis.refunds import less_reserve
from experiments.analysis.sample import CustomReading, Sample
from experiments.models import ChosenMetric, CountedValue
from experiments.plan.guarding import is_measurable
from experiments.reading.aggregation import Aggregate
from experiments.report import CustomMetricMeaning, Unit
from experiments.statistics.reserve import Reserve

# By what is counted: the column that is divided by visitors, and its unit.
COUNTED: Mapping[str, tuple[str, Unit]] = {
    CountedValue.REVENUE: ("revenue", "money"),
    CountedValue.UNITS: ("items", "number"),
    CountedValue.BUYERS: ("converted", "share"),
}


@dataclass(frozen=True, slots=True)
class MeasuredMetric:
    """A metric with the sample that it is computed from."""

    definition: Definition
    sample: Sample


def measured_metrics(sample: Sample) -> list[MeasuredMetric]:
    """Return the goal, then the metrics that mean something at the test's moment, then the store's own."""
    measured = [MeasuredMetric(sample.goal, sample)]
    for definition in DEFINITIONS.values():
        if definition != sample.goal and is_measurable(definition.metric, sample.experiment.moment):
            measured.append(MeasuredMetric(definition, sample))
    for reading in sample.custom:
        measured.append(MeasuredMetric(definition_of(reading.chosen), sample_of_metric(sample, reading)))
    return measured


def definition_of(chosen: ChosenMetric) -> Definition:
    """Return a custom metric as the test has it."""
    numerator, unit = COUNTED[chosen.counted]
    return Definition(metric=chosen.code, name=chosen.name, unit=unit, numerator=numerator)


def meanings_of(sample: Sample) -> list[CustomMetricMeaning]:
    """Return what the test's custom metrics mean, for whoever reads the report later."""
    meanings = []
    for reading in sample.custom:
        chosen = reading.chosen
        meaning = CustomMetricMeaning(
            metric=chosen.code,
            name=chosen.name,
            counted=chosen.counted,
            version=chosen.version,
            skus=list(chosen.skus),
        )
        meanings.append(meaning)
    return meanings


def sample_of_metric(sample: Sample, reading: CustomReading) -> Sample:
    """Return the sample with a custom metric's part of every arm's orders.

    Without an adjustment: what a cart is worth says little of what one product of it will be.
    """
    observed, compared = reading.arms.observed, reading.arms.observed
    if sample.experiment.cap_minor is not None:
        compared = reading.arms.capped
    reserves = {}
    for key, reserve in sample.reserves.items():
        reserves[key] = part_of_reserve(reserve, sample.compared[key], compared[key])
    reduced = {}
    for key, aggregate in compared.items():
        reduced[key] = less_reserve(aggregate, reserves.get(key))
    everybody = None
    if reading.everybody is not None:
        everybody = reading.everybody.observed
    return replace(
        sample,
        observed=observed,
        compared=reduced,
        everybody=everybody,
        reserves=reserves,
        has_covariate=False,
        buyers_of=reading.chosen,
        custom=(),
    )


def part_of_reserve(reserve: Reserve, whole: Aggregate, part: Aggregate) -> Reserve:
    """Return what is still to be paid back of a part of an arm's goods, at the rate of the whole.

    Chance among fewer open orders is larger beside them: the error falls with the root of the part.
    """
    share = 0.0
    if whole.sums["revenue"] > 0:
        share = max(part.sums["revenue"], 0) / whole.sums["revenue"]
    return Reserve(
        amount=reserve.amount * share,
        error=reserve.error * sqrt(share),
        open_value=reserve.open_value * share,
        rate=reserve.rate,
        kept=reserve.kept * share,
    )
