"""Looks as they were taken, what a look sees, and what a plan lets it spend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from experiments.models import PlanVersion
from experiments.report import Look

RHO = 3.0  # the error spent by information fraction t is alpha t^rho: very little early, so that the end costs little
BETWEEN_LOOKS = 0.05  # the share of alpha left to the always-valid interval, which may decide between looks


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledLook:
    """One look at all treatments.

    - ``number``: from 1; ``visitors``, ``information``: the smallest variant's visitors and buyers.
    - ``information_fraction``: visitors over the planned ones; may pass 1.
    - ``spent``: of alpha, by all treatments together, up to and including this look.
    - ``z``: by variant, ``None`` where the look can't count.
    - ``weeks``: whole weeks of mature visitors, and ``is_weekly``: whether a win may be read at the look; both of
      weekly plans alone, whose ``spent`` is that of wins and whose ``harm_spent`` that of losses, as if both ways
      counted. ``is_waiting``: it would have been the last, and waits for refunds.
    """

    number: int
    taken_at: datetime
    visitors: int
    information: int
    information_fraction: float
    spent: float
    z: Mapping[str, float | None]
    harm_spent: float = 0.0
    weeks: int = 0
    is_weekly: bool = False
    is_waiting: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the planned sample was there, and nothing else was waited for."""
        return self.information_fraction >= 1 and not self.is_waiting

    @property
    def has_z(self) -> bool:
        """Whether anything was tested; a look without a test has no bound."""
        return any(value is not None for value in self.z.values())


def looks_from_rows(rows: Iterable[Look]) -> list[ScheduledLook]:
    """Return stored looks, which have one row per treatment, as one look each."""
    looks = []
    for _, group in groupby(rows, key=lambda row: row.number):
        looks.append(look_from_rows(list(group)))
    return looks


def look_from_rows(rows: Sequence[Look]) -> ScheduledLook:
    """Return one look, from its row for each treatment."""
    # What isn't the treatment's own is the same in every row.
    first = rows[0]
    z = {}
    for row in rows:
        z[row.variant] = row.z
    return ScheduledLook(
        number=first.number,
        taken_at=first.taken_at,
        visitors=first.visitors,
        information=first.information,
        information_fraction=first.information_fraction,
        spent=first.spent,
        z=z,
        harm_spent=first.harm_spent,
        weeks=first.weeks,
        is_weekly=first.is_weekly,
        is_waiting=first.is_waiting,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenData:
    """What a look sees.

    - ``visitors``, ``buyers``: the smallest variant's; ``z``: by variant, ``None`` where a treatment has no test.
    - ``days``: that the visitors were exposed on; ``is_over``: the test is, so that no look comes after this one;
      ``is_waiting``: refunds could still turn what it says, so that it tests and spends nothing. Weekly plans alone ask
      for them.
    """

    taken_at: datetime
    visitors: int
    buyers: int
    z: Mapping[str, float | None]
    days: int = 0
    is_over: bool = False
    is_waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlan:
    """What looks go by: visitors per variant, the whole test's alpha, and the version of the plan's rules."""

    planned_sample: int
    alpha: float
    version: int = PlanVersion.DAILY

    def allowed(self, fraction: float, share: float) -> float:
        """Return what may be spent up to a fraction of the planned sample, of a share of alpha."""
        return float(self.alpha * share * min(fraction, 1.0) ** RHO)
