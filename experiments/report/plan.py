"""What a report says about time: the looks of the plan, the lift day by day, how far the test has come."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from experiments.report.estimates import Range

Design = Literal["group_sequential", "always_valid", "fixed"]
WEEKLY = 2  # the first version of weekly plans, as `PlanVersion` has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One treatment's goal at one look of the plan, as it was then."""

    number: int  # from 1
    taken_at: datetime  # when the look was taken
    variant: str  # key of the treatment
    visitors: int  # of the smallest variant
    information_fraction: float  # visitors over the planned ones; may pass 1
    spent: float  # of alpha, by all treatments together, up to and including this look
    z: float | None  # normal value of the test's one-sided p; None without a test
    # What |z| has to reach; None where the look has none: no new visitors, too few buyers, or the plan had ended
    bound: float | None
    has_crossed: bool  # whether it was reached
    lift: Range | None  # with the interval at the bound's level
    ship_above: float | None  # the bound on the lift's scale: the look crosses upward when the estimate lies above
    stop_below: float | None  # the same downward
    information: int = 0  # buyers of the smallest variant, by which the looks' bounds hang together
    # By weekly plans: ``bound`` is for the better alone, and None on days on which no win is read
    harm_bound: float | None = None  # what z has to reach for the worse
    harm_spent: float = 0.0  # as ``spent``, for the worse; each side's own error is half of it
    weeks: int = 0  # whole weeks of mature visitors
    is_weekly: bool = False  # whether a win may be read at the look
    is_waiting: bool = False  # whether it would have been the last, and waits for refunds that could turn it
    win_chance: float | None = None  # of a win by the planned end, as it was then; None where nothing was to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The bound of a look still to come, if looks go on at this pace."""

    day: date | None  # the store's, a guess; None without a pace
    information_fraction: float  # visitors by then over the planned ones
    bound: float  # what |z| will have to reach
    variant: str  # key of the treatment
    ship_above: float | None  # the lift above which it will cross, a guess
    stop_below: float | None  # the lift below which it will cross, a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The look at which a treatment crossed its bound first; it stays crossed, whatever comes later."""

    variant: str  # key of the treatment
    number: int  # of the look
    taken_at: datetime  # of the look
    z: float  # at the look
    bound: float  # at the look
    z_now: float | None  # the same test's on what is known now


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the rest of a running test may bring a treatment's goal."""

    variant: str  # key of the treatment
    win_chance: float | None  # of a win by the planned end, on average over the effects that are likely by now
    is_futile: bool  # whether that is so small that the test can be given up
    detectable_lift: float | None  # that the visitors so far find with a power of 80%


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the test is read."""

    design: Design  # by a planned sample; at any time; or once, at its end, where it was run elsewhere
    planned_sample: int | None = None  # visitors per variant; None without a plan
    planned_looks: int | None = None  # how many the plan was made for; more may be taken
    information_fraction: float | None = None  # visitors of the smallest variant over the planned ones, now
    is_look: bool = False  # whether this report is a look itself
    has_ended: bool = False  # whether the planned sample was reached at a look, or the test is over
    looks: list[Look] = field(default_factory=list)  # one row per look and treatment, oldest first
    boundaries: list[Boundary] = field(default_factory=list)  # of the looks to come; none after the end
    crossings: list[Crossing] = field(default_factory=list)  # one per treatment that has crossed
    version: int = 1  # of the rules, as `PlanVersion` names them

    @property
    def is_waiting(self) -> bool:
        """Whether the newest look would have been the last, and waits for refunds."""
        return bool(self.looks) and self.looks[-1].is_waiting and not self.has_ended

    @property
    def is_weekly(self) -> bool:
        """Whether a win is read once a week alone, at a look."""
        return self.design == "group_sequential" and self.version >= WEEKLY

    @property
    def looks_taken(self) -> int:
        """How many looks there were so far."""
        newest = 0
        for look in self.looks:
            newest = max(newest, look.number)
        return newest


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """A metric of all visitors exposed up to and on a day, with their outcomes as known when the report was taken.

    What begins with ``day_`` is of the visitors exposed on that day alone, as observed.
    """

    day: date
    variant: str  # key of the treatment
    visitors: int  # control's and the treatment's
    control: float | None  # the metric's value
    treatment: float | None  # the metric's value
    lift: Range | None  # with the fixed interval
    sequential: Range | None  # with the always-valid interval, as fractions of control
    is_open: bool  # whether some of these visitors may still order
    difference: Range | None = None  # in the metric's unit, with the fixed interval
    sequential_difference: Range | None = None  # with the always-valid interval
    day_visitors: int | None = None  # control's and the treatment's; None in reports of before days had values
    day_control: float | None = None  # the metric's value
    day_treatment: float | None = None  # the metric's value


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that was changed during the test."""

    at: datetime  # when
    until: datetime | None  # the end of a pause; None for a change that stayed, or a pause that goes on
    kind: Literal["change", "pause"]  # of settings, or a pause
    text: str  # in words: ``Traffic 25% → 100%``


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedDays:
    """Days on which something happened in the store, as somebody noted it: see `Annotation`."""

    kind: str  # campaign, price_change, outage, other_test, other
    label: str  # the kind, as pages show it
    text: str  # what happened; empty in shared reports
    first_day: date  # the store's
    last_day: date  # the store's; included
    is_confounding: bool  # whether ``WithoutDays`` leaves these days out


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A metric day by day: its values, and its cumulative lift."""

    points: list[SeriesPoint] = field(default_factory=list)  # by day, then by treatment
    changes: list[Change] = field(default_factory=list)  # oldest first
    note: str = ""  # what the days mean, for readers
    annotations: list[AnnotatedDays] = field(default_factory=list)  # oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmDelay:
    """How long orders take in a variant."""

    variant: str  # key of the variant
    hours: int  # since the exposure, by which 90% of its order value has arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRefunds:
    """Refunds that are still to come of a variant's orders, taken off its results already. In minor units."""

    variant: str  # key of the variant
    amount_minor: float  # expected
    low_minor: float  # 2.5% lie below
    high_minor: float  # 2.5% lie above
    rate: float  # the share of its order value that is paid back in the end


@dataclass(frozen=True, slots=True, kw_only=True)
class MaturityReport:
    """Which visitors the results are of: those whose outcome is nearly complete."""

    hours: int  # since the exposure, by which nearly all order value has arrived in the slowest variant
    is_known: bool  # whether that was measured; the attribution window else
    last_day: date  # the last one whose visitors count
    days: int  # on which those who count were exposed
    visitors: int  # who count, of all variants
    share: float | None  # of all who were exposed; None without any
    orders: int  # past ones from which ``hours`` is known, each with its whole attribution window
    arms: list[ArmDelay]  # of the test's own orders, where there are enough
    p_value: float | None  # of equal delays in all variants; None where they can't be compared
    open_refunds: list[OpenRefunds] = field(default_factory=list)  # none while nobody knows when refunds come
    is_refund_known: bool = False  # whether past visitors tell of all refunds that may come
    refunds_settled_on: date | None = None  # where they are waited for: by when little of them is open


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the test has come."""

    days: int  # which day of the test it is, by the store's calendar; 0 before the first exposure
    days_needed: int  # the shortest runtime, or the planned days
    days_left: int | None  # at the last week's traffic, at least up to ``days_needed``; None where it can't be told
    visitors: int  # of the smallest variant
    planned_sample: int | None  # visitors per variant; None without a plan
    visitors_left: int | None  # that the smallest variant still needs; None without a plan
    share: float | None  # of the planned sample, 1 at most; None without a plan
    ends_on: date | None  # the store's day on which ``days_left`` are over
    exposed: int | None = None  # visitors of the smallest variant, those too recent to count included

    @property
    def too_recent(self) -> int:
        """Visitors of the smallest variant who don't count yet."""
        if self.exposed is None:
            return 0
        return max(self.exposed - self.visitors, 0)
