"""The variants' sums of those who were exposed within some of a test's days, from its sums day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from experiments.reading.aggregation import Aggregate, exposed_since

# By day of the test with exposures, in order: the variants' sums of everybody exposed by its end.
Daily = Mapping[date, Mapping[str, Aggregate]]


@dataclass(frozen=True, slots=True)
class ExposureDays:
    """The days with exposures, in order, each with the variants' sums of everybody exposed by its end."""

    days: Sequence[date]
    totals: Sequence[Mapping[str, Aggregate]]

    @classmethod
    def of(cls, daily: Daily, last_day: date | None) -> Self:
        """Return those up to ``last_day``, whose visitors count; all of them without one."""
        days = [day for day in daily if last_day is None or day <= last_day]
        return cls(days, [daily[day] for day in days])

    def exposed_by(self, position: int, variant: str) -> Aggregate | None:
        """Return the variant's sums of those exposed on the first so many days; ``None`` without any."""
        if not position:
            return None
        return self.totals[position - 1].get(variant)

    def exposed_within(self, begin: int, end: int, variant: str) -> Aggregate | None:
        """Return the variant's sums of those exposed on the days from one position to before another."""
        everybody, earlier = self.exposed_by(end, variant), self.exposed_by(begin, variant)
        if everybody is None or earlier is None:
            return everybody
        return exposed_since(everybody, earlier)

    def exposed_without(self, positions: Sequence[int], variant: str) -> Aggregate | None:
        """Return the variant's sums of those exposed on any day but some."""
        kept = self.exposed_by(len(self.days), variant)
        for position in positions:
            left_out = self.exposed_within(position, position + 1, variant)
            if kept is not None and left_out is not None:
                kept = exposed_since(kept, left_out)
        return kept
