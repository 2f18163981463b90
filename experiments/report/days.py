"""What a report says of the day of exposure: whether the effect was another one in the first days than since."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from experiments.report.estimates import Range

# Steady: no sign of a change. Fading: less by now than in the first days. Growing: more. Unknown: too little to tell.
DayState = Literal["steady", "fading", "growing", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A metric among visitors who were first exposed within a span of days."""

    first_day: date
    last_day: date
    visitors: int  # control's and the treatment's
    control: float | None  # the metric's value
    treatment: float | None  # the metric's value
    lift: Range | None  # with the fixed interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEffect:
    """Whether a treatment's effect depends on the day of exposure: novelty that wears off, or an effect that grows.

    ``first`` and ``later`` are the goal's, whichever metric showed the change. All of mature visitors alone.
    """

    variant: str  # key of the treatment
    state: DayState  # the finding
    metric: str  # that showed it: the goal, or conversion as a part of the goal
    first: DaySpan | None  # the first days; None where there are too few days
    later: DaySpan | None  # all days since
    thirds: list[DaySpan] = field(default_factory=list)  # the days in three parts, the oldest first
    q: float | None = None  # Cochran's Q of the metric's effects in the thirds
    df: int | None = None  # its degrees of freedom
    p_value: float | None = None  # of Q
    first_days_p_value: float | None = None  # two-sided, of the first days against the rest
    later_p_value: float | None = None  # of the goal among visitors of the later days alone
    is_later_better: bool = False  # whether the later days alone are better, by that p-value
    text: str = ""  # the finding in a sentence
    unavailable: str | None = None  # reason: too few days, or orders

    @property
    def is_held_up(self) -> bool:
        """Whether a win isn't rolled out yet: the effect fades, and what is left of it is no win by itself."""
        return self.state == "fading" and not self.is_later_better


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutDays:
    """A treatment's goal without the visitors of days that annotations say are confounded, beside that of all days.

    For reading alone: who chose days by their results, would choose the result, so that nothing decides by it.
    """

    variant: str  # key of the treatment
    days: list[date]  # left out whole
    visitors: int  # control's and the treatment's, who are left
    control: float | None  # the goal's value
    treatment: float | None  # the goal's value
    lift: Range | None  # with the fixed interval
    all_days: Range | None  # the lift of the same visitors and those left out, by the same test
    p_value: float | None  # of the goal without these days
