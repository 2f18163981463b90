"""Forest plots: a row per past test, all on one axis of lifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from dashboard.drawings.axis import Axis, lift_axis
from dashboard.templatetags import figures
from experiments import wording
from experiments.models import Experiment
from experiments.programme.moment_effects import MomentEffects
from experiments.report import Range

LEFT_EDGE, RIGHT_EDGE = 0.0, 100.0


@dataclass(frozen=True)
class Mark:
    """A lift on an axis: from ``left`` over ``width``, with its estimate at ``x``, in percent of the drawing."""

    x: float
    left: float
    width: float
    tone: str


def mark_on(axis: Axis, lift: Range) -> Mark:
    """Return a lift with its interval on the axis; what goes on beyond the axis reaches the drawing's edge."""
    left, right = LEFT_EDGE, RIGHT_EDGE
    if lift.low is not None and lift.low >= axis.low:
        left = axis.at(lift.low)
    if lift.high is not None and lift.high <= axis.high:
        right = axis.at(lift.high)
    return Mark(axis.at(lift.estimate), left, round(right - left, 2), figures.tone(lift))


def mark_if_known(axis: Axis, lift: Range | None) -> Mark | None:
    """Return a lift on the axis; None without one."""
    if lift is None:
        return None
    return mark_on(axis, lift)


@dataclass(frozen=True)
class Band:
    """A part of the axis, such as what the playbook expects."""

    left: float
    width: float


@dataclass(frozen=True)
class ForestRow:
    """A past test: its lift as measured, which ``mark`` draws, and corrected for luck."""

    experiment: Experiment
    measured: Range | None
    shrunk: Range | None
    mark: Mark | None
    first_reported: str = ""


@dataclass(frozen=True)
class Forest:
    """The effects of past tests at a moment on one axis, with the playbook's range as a band."""

    effects: MomentEffects
    axis: Axis
    band: Band
    rows: list[ForestRow]
    mean_mark: Mark | None

    @classmethod
    def of(cls, effects: MomentEffects) -> Self:
        """Return the plot of these effects."""
        expected = (effects.expected_low, effects.expected_high)
        axis = lift_axis(measured_lifts(effects), band=expected)
        left, right = axis.at(effects.expected_low), axis.at(effects.expected_high)
        band = Band(left, round(right - left, 2))
        return cls(effects, axis, band, list(forest_rows(effects, axis)), mark_if_known(axis, effects.mean))


def measured_lifts(effects: MomentEffects) -> Iterator[Range]:
    """Yield the lifts that there are."""
    for row in effects.rows:
        if row.measured:
            yield row.measured


def forest_rows(effects: MomentEffects, axis: Axis) -> Iterator[ForestRow]:
    """Yield a row per past test."""
    for row in effects.rows:
        first = wording.first_reported(row.first_reported, row.shrunk)
        yield ForestRow(row.experiment, row.measured, row.shrunk, mark_if_known(axis, row.measured), first)
