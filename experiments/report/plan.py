"""What a report says about time: the looks of the plan, the lift day by day, how far the test has come."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from experiments.report.metrics import Range

Design = Literal["group_sequential", "always_valid", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One treatment's goal at one look of the plan, as it was then.

    - ``information_fraction``: visitors of the smallest variant over the planned ones; may pass 1. ``information``: its
      buyers, by which the looks' bounds hang together.
    - ``z``: the normal value of the test's one-sided p; ``bound``: what ``|z|`` has to reach, ``None`` where the look
      has none (no new visitors, too few buyers, or the plan had ended).
    - ``spent``: of alpha, by all treatments together, up to and including this look.
    - ``lift`` is the estimate with the interval at the bound's level; ``ship_above`` and ``stop_below`` are the bound
      on the lift's scale: the look crosses exactly when the estimate lies beyond one of them.
    """

    number: int
    taken_at: datetime
    variant: str
    visitors: int
    information_fraction: float
    spent: float
    z: float | None
    bound: float | None
    has_crossed: bool
    lift: Range | None
    ship_above: float | None
    stop_below: float | None
    information: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The bound of a look still to come, if looks go on at this pace: a guess of its day, and of its lifts."""

    day: date | None
    information_fraction: float
    bound: float
    variant: str
    ship_above: float | None
    stop_below: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The look at which a treatment crossed its bound first; it stays crossed, whatever comes later.

    ``z_now`` is the same test's on what is known now.
    """

    variant: str
    number: int
    taken_at: datetime
    z: float
    bound: float
    z_now: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the test is read. ``design``: ``group_sequential`` (planned sample), ``always_valid`` (none), ``fixed``
    (imported: once, at its end). ``is_look``: whether this report is a look itself."""

    design: Design
    planned_sample: int | None = None
    planned_looks: int | None = None
    information_fraction: float | None = None
    is_look: bool = False
    has_ended: bool = False
    looks: list[Look] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)
    crossings: list[Crossing] = field(default_factory=list)

    @property
    def looks_taken(self) -> int:
        """How many looks there were so far."""
        return max((look.number for look in self.looks), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """The goal of all visitors exposed up to and on a UTC day, with their outcomes as known when the report was taken.

    ``visitors`` are control's and the treatment's. ``lift`` has the fixed interval, ``sequential`` the always-valid one
    as fractions of control. ``is_open``: some of these visitors may still order.
    """

    day: date
    variant: str
    visitors: int
    control: float | None
    treatment: float | None
    lift: Range | None
    sequential: Range | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was changed during the test, in words: ``Traffic 25% → 100%``. ``until`` is the end of a pause,
    ``None`` for a change that stayed or a pause that goes on."""

    at: datetime
    until: datetime | None
    kind: Literal["change", "pause"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The cumulative lift of the goal, day by day. ``note`` says what its days mean."""

    points: list[SeriesPoint] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the test has come. ``visitors`` are the smallest variant's, ``visitors_left`` what it still needs.

    ``days`` are begun days since the first exposure; ``days_left`` at the last week's traffic, and at least up to the
    shortest runtime; ``ends_on`` the day on which that is (of the store). ``None`` where it can't be told.
    """

    days: int
    days_needed: int
    days_left: int | None
    visitors: int
    planned_sample: int | None
    visitors_left: int | None
    share: float | None
    ends_on: date | None
