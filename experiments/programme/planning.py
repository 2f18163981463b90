"""How large a test has to be, from a store's `baseline` or from typed figures.

The arithmetic is `statistics.planning`'s; here it meets the looks of a plan and several treatments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, sqrt
from typing import NamedTuple

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from experiments.plan.scheduled_looks import BETWEEN_LOOKS, RHO
from experiments.programme.baselines import Baseline, baseline
from experiments.statistics import PlanSettings, sample_size_for_mean, sample_size_for_proportion
from experiments.statistics.sequential.error_spending import (
    chance_to_cross,
    error_spending_bounds,
    sequential_inflation,
)

__all__ = [
    "Baseline",
    "Design",
    "PlannedTest",
    "PowerPoint",
    "TreatmentsRow",
    "baseline",
    "detectable_lift",
    "plan_test",
]

# Of the power curve, its ends included.
CURVE_POINTS = 17
# Twice as many looks would need 0.2% more visitors, and four times the time to compute: a second.
MOST_LOOKS = 60
# People wait no longer, and browsers delete the cookies that tell visitors apart.
TOO_LONG_DAYS = 56
# Weekdays and weekends differ: less than two of each say nothing.
FEWEST_WEEKS = 2
# Where a detectable lift is looked for.
SMALLEST_LIFT, MOST_LIFT = 1e-6, 100.0
# A table of sizes by treatments has so many rows, or more where more are planned.
MOST_TREATMENTS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a test is planned for.

    - ``mean``, ``sd``: as in `Baseline`, money in minor units; ``relative_mde``: the smallest lift worth finding (0.05
      is 5%), negative for a loss.
    - ``treatments``: how many, besides control; ``alpha``: of the whole test; ``power``: for each treatment.
    - ``looks``: daily looks, 1 for a single one at the end.
    - ``variance_reduction``: the share of the variance that CUPED is expected to remove.
    - ``visitors_per_day``: at full traffic, ``None`` where not known; ``traffic_share`` of them takes part.
    - ``units_per_visitor``: orders per visitor where the unit is the order, else 1.
    """

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
        alpha = self.alpha
        if self.looks > 1:
            alpha *= 1 - BETWEEN_LOOKS
        return alpha / self.treatments

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
    """The chance (``power``) to find a true ``lift``, in the right direction."""

    lift: float
    power: float


class TreatmentsRow(NamedTuple):
    """What the same test would need with another number of treatments: ``per_variant`` are visitors."""

    treatments: int
    per_variant: int
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTest:
    """What a design needs.

    - ``per_variant``, ``total``: visitors; ``days``: at the traffic, in whole weeks and at least two, ``None`` where
      the traffic isn't known.
    - ``inflation``: how many times the sample of a single look; ``without_cuped``: visitors per variant if the cart's
      value didn't help.
    - ``power_curve``: from no lift to twice the planned one; ``by_treatments``: from one treatment on.
    """

    per_variant: int
    total: int
    days: int | None
    inflation: float
    without_cuped: int
    power_curve: Sequence[PowerPoint]
    by_treatments: Sequence[TreatmentsRow]

    @property
    def is_too_long(self) -> bool:
        """Whether it takes longer than people wait and cookies last."""
        return self.days is not None and self.days > TOO_LONG_DAYS


def plan_test(design: Design) -> PlannedTest:
    """Return what the design needs. Raises ``ValueError`` for figures that make no test, such as a rate above 1."""
    per_variant = visitors_needed(design)
    return PlannedTest(
        per_variant=per_variant,
        total=per_variant * (1 + design.treatments),
        days=days_needed(design, per_variant),
        inflation=design.inflation,
        without_cuped=visitors_needed(replace(design, variance_reduction=0.0)),
        power_curve=power_curve(design),
        by_treatments=by_treatments(design),
    )


def by_treatments(design: Design) -> list[TreatmentsRow]:
    """Return what the design needs with one treatment, two and so on."""
    rows = []
    for treatments in range(1, max(MOST_TREATMENTS_SHOWN, design.treatments) + 1):
        changed = replace(design, treatments=treatments)
        per_variant = visitors_needed(changed)
        rows.append(TreatmentsRow(treatments, per_variant, days_needed(changed, per_variant)))
    return rows


def visitors_needed(design: Design) -> int:
    """Return visitors per variant.

    Order values are taken to spread as they grow, which an offer that adds a flat amount makes too careful by a share
    of the lift.
    """
    settings = PlanSettings(
        alpha=design.level,
        power=design.power,
        inflation=design.inflation,
        variance_reduction=design.variance_reduction,
    )
    if design.sd is None:
        size = sample_size_for_proportion(design.mean, design.relative_mde, settings)
    else:
        size = sample_size_for_mean(
            design.mean,
            design.sd,
            design.relative_mde,
            settings,
            treatment_sd=design.sd * (1 + design.relative_mde),
            is_t=False,
        )
    return ceil(size.control / design.units_per_visitor)


def days_needed(design: Design, per_variant: int) -> int | None:
    """Return the whole weeks that bring so many visitors to every variant, in days; ``None`` without traffic."""
    per_day = (design.visitors_per_day or 0.0) * design.traffic_share / (1 + design.treatments)
    if per_day <= 0:
        return None
    return max(FEWEST_WEEKS, ceil(per_variant / per_day / 7)) * 7


def power_curve(design: Design) -> list[PowerPoint]:
    """Return the chance to find lifts from none to twice the planned one, by the looks' bounds."""
    points = []
    for step in range(CURVE_POINTS):
        lift = 2 * abs(design.relative_mde) * step / (CURVE_POINTS - 1)
        points.append(PowerPoint(lift, power_at(design, lift)))
    return points


def power_at(design: Design, lift: float) -> float:
    """Return the chance that the design finds a true lift of this size; its sign is the planned one's."""
    planned = abs(design.relative_mde)
    drift = float(ndtri(design.power) - ndtri(design.level / 2)) * sqrt(design.inflation)
    drift *= lift / planned * error_at(design, planned) / error_at(design, lift)
    if design.looks == 1:
        return float(ndtr(drift + ndtri(design.level / 2)))
    bounds = error_spending_bounds(design.fractions, alpha=design.level, rho=RHO)
    return chance_to_cross(design.fractions, bounds, drift)


def error_at(design: Design, lift: float) -> float:
    """Return the difference's standard error where the lift is this, over a constant of the design."""
    if design.sd is not None:
        return sqrt(1 + (1 + lift) ** 2)
    other = min(design.mean * (1 + lift), 1.0)
    return sqrt(design.mean * (1 - design.mean) + other * (1 - other))


def detectable_lift(design: Design, per_variant: int) -> float:
    """Return the smallest lift of the planned sign that so many visitors per variant find with the design's power.

    Infinite where even a hundredfold (for a share, the largest possible) lift would not be found.
    """
    sign = 1.0
    if design.relative_mde < 0:
        sign = -1.0
    largest = largest_lift(design)

    def missing(lift: float) -> float:
        return visitors_needed(replace(design, relative_mde=sign * lift)) - per_variant

    if missing(largest) > 0:
        return sign * inf
    return sign * float(brentq(missing, SMALLEST_LIFT, largest, xtol=1e-7))


def largest_lift(design: Design) -> float:
    """Return the size of the largest lift that there can be: a share ends at 1, and no loss is larger than all."""
    largest = MOST_LIFT
    if design.sd is None:
        largest = min(largest, (1 - 1e-9) / design.mean - 1)
    if design.relative_mde < 0:
        largest = min(largest, 1 - 1e-9)
    return largest
