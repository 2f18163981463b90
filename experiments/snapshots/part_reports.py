"""Experiment and a part of its visitors -> what is known of them, from the same figures as the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from experiments.analysis.chosen_part import ChosenPart, part_report
from experiments.analysis.looks.plan_progress import plan_progress
from experiments.analysis.metric_results import compare_all
from experiments.analysis.sample import goal_comparisons
from experiments.analysis.segments import largest_values
from experiments.models import Experiment
from experiments.reading.custom_parts import custom_part_arms
from experiments.reading.part_funnel import part_funnel
from experiments.reading.parts import ExposurePart, part_sums
from experiments.report.part import PartReport
from experiments.snapshots.composition import ReportInputs, read_inputs

Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class PartChoices:
    """What a part can be chosen by: the values of each dimension, and the days from the first to the last."""

    values: Values
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PartView:
    """What can be chosen, and the part that was; ``report`` is None where nothing was chosen, or nobody is in it."""

    choices: PartChoices | None
    report: PartReport | None = None


@dataclass(frozen=True, slots=True)
class PartQuery:
    """What a reader asks for: segments (dimension, value), and the first and the last day, None for the test's own."""

    segments: tuple[tuple[str, str], ...] = ()
    first: date | None = None
    last: date | None = None


def part_view(experiment: Experiment, query: PartQuery, now: datetime) -> PartView:
    """Put together a part of a test at ``now``. Reads the database, changes nothing.

    Values that nobody has are as if they weren't asked for. Raises ``reading.parts.TooManyToReadError``.
    """
    readings = read_inputs(experiment, now, with_cuped=True)
    choices = choices_in(readings)
    # Who sees results before the cap is fixed, could choose it by them.
    if choices is None or experiment.is_cap_awaited:
        return PartView(None)
    begins = max(query.first or choices.first, choices.first)
    ends = min(query.last or choices.last, choices.last)
    part = ExposurePart(known(query.segments, choices.values), begins, ends)
    is_whole = not part.segments and (part.first, part.last) == (choices.first, choices.last)
    if is_whole or part.first > part.last:
        return PartView(choices)
    return PartView(choices, report_of(readings, part, choices))


def choices_in(readings: ReportInputs) -> PartChoices | None:
    """Return what a part can be chosen by; None before anybody counts."""
    facts, sample = readings.facts, readings.sample
    if facts.first_exposed_at is None or facts.last_exposed_at is None:
        return None
    values: dict[str, list[str]] = {}
    for (dimension, value), _arms in largest_values(readings.segments):
        values.setdefault(dimension, []).append(value)
    last = readings.experiment.exposure_day(facts.last_exposed_at)
    if sample.last_day is not None:
        last = min(last, sample.last_day)
    first = readings.experiment.exposure_day(facts.first_exposed_at)
    if first > last:
        return None
    return PartChoices(values, first, last)


def known(segments: tuple[tuple[str, str], ...], values: Values) -> tuple[tuple[str, str], ...]:
    """Return the segments that there are, one of each dimension."""
    found: dict[str, str] = {}
    for dimension, value in segments:
        if value in values.get(dimension, ()):
            found.setdefault(dimension, value)
    return tuple(found.items())


def report_of(readings: ReportInputs, part: ExposurePart, choices: PartChoices) -> PartReport:
    """Return the report of a part."""
    sample = readings.sample
    state = plan_progress(sample, goal_comparisons(sample), is_look=False, now=readings.now)
    sums = part_sums(readings.experiment, part, missing_cart_value_minor=sample.fill_minor)
    chosen = ChosenPart(
        part=part,
        sums=sums,
        custom=custom_part_arms(readings.experiment, part),
        funnel=part_funnel(readings.experiment, part),
        sample=sample,
        results=compare_all(state),
        segments=readings.segments,
        first=choices.first,
        last=choices.last,
    )
    return part_report(chosen)
