"""What may be said of a pair: a share only where enough customers stand behind it.

The rules: at least 100 customers; Wilson's 95% interval at most 7 points to each side; the share rounded down; "most"
only where the interval lies above one half.
"""

from dataclasses import dataclass
from math import floor

from experiments.statistics.proportions.intervals import wilson

FEWEST_CUSTOMERS = 100
WIDEST_HALF = 0.07
Z_95 = 1.959963984540054  # the normal distribution's 97.5th percentile


@dataclass(frozen=True, slots=True)
class SharedHabit:
    """How many of the customers with one product have the other, too; what may be said of it, and how certain it is."""

    customers: int
    base: int

    @property
    def share(self) -> float:
        """The share that has both; 0 where nobody has the first."""
        return self.customers / self.base if self.base else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the share; everything is possible where nobody has the first."""
        return wilson(self.customers, self.base, Z_95) if self.base else (0.0, 1.0)

    @property
    def may_be_said(self) -> bool:
        """Whether a message or a widget may name the share."""
        low, high = self.interval
        return self.base >= FEWEST_CUSTOMERS and (high - low) / 2 <= WIDEST_HALF and self.percent > 0

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: nobody is told of more than there are."""
        return floor(100 * self.customers / self.base) if self.base else 0

    @property
    def is_most(self) -> bool:
        """Whether "most" is true of it, beyond chance."""
        return self.may_be_said and self.interval[0] > 0.5
