"""The way from what was observed to what is shown, with each metric's values after every step."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from experiments.analysis.metrics import Definition
from experiments.analysis.refunds import REDUCED
from experiments.analysis.sample import Sample, is_comparable
from experiments.reading.aggregation import Aggregate
from experiments.report import EstimateStep, FinalEstimate, MetricResult, Range, StepCode


def steps_of(sample: Sample, definition: Definition, result: MetricResult, final: FinalEstimate) -> list[EstimateStep]:
    """Return the steps of a metric that control can have, those that change nothing left out; none of any other."""
    if sample.control is None or not is_comparable(definition, sample):
        return []
    steps = list(sums_steps(sample, definition, result.variant))
    compared = FinalEstimate.of(result.main)
    if final.is_quotient:
        # What its own test says is another estimate, and stands beside this way.
        return [*steps, step_of("quotient", final)]
    if result.is_adjusted:
        steps.append(step_of("adjusted", compared))
    else:
        steps[-1] = replace(steps[-1], lift=compared.lift)
    if final.is_corrected:
        steps.append(step_of("corrected", final))
    return steps


def sums_steps(sample: Sample, definition: Definition, variant: str) -> Iterator[EstimateStep]:
    """Yield the steps before the test: values alone."""
    control = sample.control
    if control is None:
        return
    keys = (control.key, variant)
    yield of_sums("observed", definition, sample.exposed, keys)
    if sample.maturity is not None:
        yield of_sums("mature", definition, sample.observed, keys)
    if sample.experiment.cap_minor is not None and definition.is_revenue:
        yield of_sums("capped", definition, sample.compared, keys)
    if sample.reserves and definition.numerator in REDUCED:
        yield of_summaries("reserve", definition, sample.compared, keys)


def of_sums(
    code: StepCode, definition: Definition, arms: Mapping[str, Aggregate], keys: tuple[str, str]
) -> EstimateStep:
    """Return a step by the arms' exact sums, from which nothing is taken off."""
    control, treatment = definition.ratio(arms[keys[0]]).value, definition.ratio(arms[keys[1]]).value
    return EstimateStep(code=code, control=control, treatment=treatment, lift=lift_between(control, treatment))


def of_summaries(
    code: StepCode, definition: Definition, arms: Mapping[str, Aggregate], keys: tuple[str, str]
) -> EstimateStep:
    """Return a step by the arms' summaries, which refunds to come are taken off."""
    control = definition.columns.value_or_none(arms[keys[0]].summary)
    treatment = definition.columns.value_or_none(arms[keys[1]].summary)
    return EstimateStep(code=code, control=control, treatment=treatment, lift=lift_between(control, treatment))


def step_of(code: StepCode, estimate: FinalEstimate) -> EstimateStep:
    """Return an estimate as a step."""
    return EstimateStep(code=code, control=estimate.control, treatment=estimate.treatment, lift=estimate.lift)


def lift_between(control: float | None, treatment: float | None) -> Range | None:
    """Return the lift without an interval; ``None`` over nothing."""
    if not control or treatment is None:
        return None
    return Range((treatment - control) / abs(control), None, None)
