"""Annotations as a report has them, and the goal without the days that they say are confounded."""

from collections.abc import Iterator, Sequence
from datetime import date

from experiments.analysis.estimates import range_of
from experiments.analysis.exposure_days import Daily, ExposureDays
from experiments.analysis.sample import Sample
from experiments.models import Annotation, Experiment
from experiments.reading.aggregation import Aggregate
from experiments.reading.annotations import touched_days
from experiments.report import AnnotatedDays, WithoutDays
from experiments.statistics import Comparison


def annotated(annotations: Sequence[Annotation]) -> list[AnnotatedDays]:
    """Return annotations as the report has them."""
    found = []
    for annotation in annotations:
        days = AnnotatedDays(
            kind=annotation.kind,
            label=str(annotation.get_kind_display()),
            text=annotation.text,
            first_day=annotation.first_day,
            last_day=annotation.last_day,
            is_confounding=annotation.is_confounding,
        )
        found.append(days)
    return found


def without_days(sample: Sample, daily: Daily, annotations: Sequence[Annotation]) -> list[WithoutDays]:
    """Compare the goal without the visitors of confounded days; empty where no such day has any who count."""
    days = ExposureDays.of(daily, sample.last_day)
    confounded = confounded_days(sample.experiment, annotations)
    positions = [position for position, day in enumerate(days.days) if day in confounded]
    if not positions:
        return []
    return list(compared_without(sample, days, positions))


def confounded_days(experiment: Experiment, annotations: Sequence[Annotation]) -> set[date]:
    """Return the test's days that are said to be confounded."""
    found: set[date] = set()
    for annotation in annotations:
        if annotation.is_confounding:
            found.update(touched_days(experiment, annotation.first_day, annotation.last_day))
    return found


def compared_without(sample: Sample, days: ExposureDays, positions: Sequence[int]) -> Iterator[WithoutDays]:
    """Yield the goal of each treatment without some days; of those alone that both arms still have visitors for."""
    control_variant = sample.control
    if control_variant is None:
        return
    control = days.exposed_without(positions, control_variant.key)
    everybody = days.exposed_by(len(days.days), control_variant.key)
    for variant in sample.treatments:
        treatment = days.exposed_without(positions, variant.key)
        treated = days.exposed_by(len(days.days), variant.key)
        if control is None or treatment is None or everybody is None or treated is None:
            continue
        left, all_days = compared(sample, control, treatment), compared(sample, everybody, treated)
        yield WithoutDays(
            variant=variant.key,
            days=[days.days[position] for position in positions],
            visitors=control.visitors + treatment.visitors,
            control=left.control,
            treatment=left.treatment,
            lift=range_of(left.lift),
            all_days=range_of(all_days.lift),
            p_value=left.p_value,
        )


def compared(sample: Sample, control: Aggregate, treatment: Aggregate) -> Comparison:
    """Compare the goal as the curve by day does."""
    alpha = sample.experiment.alpha
    return sample.goal.compare(control, treatment, alpha=alpha, has_covariate=sample.has_covariate)
