"""How large a test has to be, from a store's `baseline` or from typed figures.

The arithmetic is `statistics.planning`'s; here it meets the looks of a plan and several treatments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, sqrt

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from experiments.plan.group_sequential import BETWEEN_LOOKS, RHO
from experiments.programme.baselines import Baseline, baseline
from experiments.statistics import sample_size_for_mean, sample_size_for_proportion
from experiments.statistics.sequential.error_spending import (
    chance_to_cross,
    error_spending_bounds,
    sequential_inflation,
)

__all__ = ["Baseline", "Design", "PlannedTest", "PowerPoint", "baseline", "detectable_lift", "plan"]

CURVE_POINTS = 17
MOST_LOOKS = 60
TOO_LONG_DAYS = 56
SMALLEST_LIFT, MOST_LIFT = 1e-6, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a test is planned for. ``mean`` and ``sd`` as in `Baseline`, money in minor units; ``relative_mde``: the
    smallest lift worth finding (0.05 is 5%); ``looks``: daily looks, 1 for a single one at the end;
    ``units_per_visitor``: orders per visitor where the unit is the order. ``traffic_share`` of ``visitors_per_day``
    takes part."""

    mean: float
    sd: float | None
    relative_mde: float
    treatments: int = 1
    alpha: float = 0.05
    power: float = 0.8
    looks: int = 14
    variance_reduction: float = 0.0
    visitors_per_day: float | None = None
    traffic_share: float = 1.0
    units_per_visitor: float = 1.0

    @property
    def level(self) -> float:
        """The error rate at which one treatment is tested by the looks."""
        return self.alpha * (1 - BETWEEN_LOOKS if self.looks > 1 else 1) / self.treatments

    @property
    def fractions(self) -> list[float]:
        """The information at each look."""
        count = min(self.looks, MOST_LOOKS)
        return [look / count for look in range(1, count + 1)]

    @property
    def inflation(self) -> float:
        """How many times the sample of a single look the looks need."""
        if self.looks == 1:
            return 1.0
        return sequential_inflation(self.fractions, alpha=self.level, power=self.power, rho=RHO)


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """The chance to find a true lift of this size, in the right direction."""

    lift: float
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest:
    """What a design needs. ``per_variant`` and ``total`` are visitors; ``days`` at the traffic, in whole weeks and at
    least two; ``without_cuped`` and ``by_treatments`` say what changes: visitors per variant and days."""

    per_variant: int
    total: int
    days: int | None
    inflation: float
    without_cuped: int
    power_curve: Sequence[PowerPoint]
    by_treatments: Sequence[tuple[int, int, int | None]]

    @property
    def is_too_long(self) -> bool:
        """Whether it takes longer than people wait and cookies last."""
        return self.days is not None and self.days > TOO_LONG_DAYS


def plan(design: Design) -> PlannedTest:
    """What the design needs; raises ``ValueError`` for figures that make no test, such as a rate above 1."""
    per_variant = visitors_needed(design)
    more = range(1, max(5, design.treatments) + 1)
    others = {count: with_treatments(design, count) for count in more}
    return PlannedTest(
        per_variant=per_variant,
        total=per_variant * (1 + design.treatments),
        days=days_needed(design, per_variant),
        inflation=design.inflation,
        without_cuped=visitors_needed(replace(design, variance_reduction=0.0)),
        power_curve=power_curve(design),
        by_treatments=[
            (count, needed, days_needed(one, needed))
            for count, one in others.items()
            for needed in (visitors_needed(one),)
        ],
    )


def with_treatments(design: Design, treatments: int) -> Design:
    """The same design for this many treatments."""
    return replace(design, treatments=treatments)


def visitors_needed(design: Design) -> int:
    """Visitors per variant. Order values are taken to spread as they grow, which an offer that adds a flat amount makes
    too careful by a share of the lift."""
    options = {"alpha": design.level, "power": design.power, "inflation": design.inflation}
    if design.sd is None:
        units = sample_size_for_proportion(design.mean, design.relative_mde, **options).control
    else:
        units = sample_size_for_mean(
            design.mean,
            design.sd,
            design.relative_mde,
            treatment_sd=design.sd * (1 + design.relative_mde),
            variance_reduction=design.variance_reduction,
            is_t=False,
            **options,
        ).control
    return ceil(units / design.units_per_visitor)


def days_needed(design: Design, per_variant: int) -> int | None:
    """Whole weeks that bring so many visitors to every variant, two at least; None without traffic."""
    per_day = (design.visitors_per_day or 0.0) * design.traffic_share / (1 + design.treatments)
    return max(2, ceil(per_variant / per_day / 7)) * 7 if per_day > 0 else None


def power_curve(design: Design) -> list[PowerPoint]:
    """The chance to find lifts from none to twice the planned one, by the looks' bounds."""
    lifts = [2 * abs(design.relative_mde) * step / (CURVE_POINTS - 1) for step in range(CURVE_POINTS)]
    return [PowerPoint(lift, power_at(design, lift)) for lift in lifts]


def power_at(design: Design, lift: float) -> float:
    """The chance that the design finds a true lift of this size; its sign is the planned one's."""
    planned = abs(design.relative_mde)
    drift = float(ndtri(design.power) - ndtri(design.level / 2)) * sqrt(design.inflation)
    drift *= lift / planned * error_at(design, planned) / error_at(design, lift)
    if design.looks == 1:
        return float(ndtr(drift + ndtri(design.level / 2)))
    bounds = error_spending_bounds(design.fractions, alpha=design.level, rho=RHO)
    return chance_to_cross(design.fractions, bounds, drift)


def error_at(design: Design, lift: float) -> float:
    """The difference's standard error where the lift is this, over a constant of the design."""
    if design.sd is not None:
        return sqrt(1 + (1 + lift) ** 2)
    other = min(design.mean * (1 + lift), 1.0)
    return sqrt(design.mean * (1 - design.mean) + other * (1 - other))


def detectable_lift(design: Design, per_variant: int) -> float:
    """The smallest lift of the planned sign that so many visitors per variant find with the design's power.

    Infinite where even a hundredfold (for a share, the largest possible) lift would not be found.
    """
    sign = 1.0 if design.relative_mde > 0 else -1.0
    largest = MOST_LIFT if design.sd is not None else min(MOST_LIFT, (1 - 1e-9) / design.mean - 1)
    largest = min(largest, 1 - 1e-9) if sign < 0 else largest

    def missing(lift: float) -> float:
        return visitors_needed(replace(design, relative_mde=sign * lift)) - per_variant

    return sign * (float(brentq(missing, SMALLEST_LIFT, largest, xtol=1e-7)) if missing(largest) <= 0 else inf)
