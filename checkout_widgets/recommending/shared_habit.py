"""How many of the customers with one product have another, and what may be said of it, by the rules of all claims."""

from dataclasses import dataclass

from checkout_widgets.claims import Z_95, share_percent
from experiments.statistics.proportions.intervals import wilson


@dataclass(frozen=True, slots=True)
class SharedHabit:
    """``customers`` of ``base`` with one product have the other, too."""

    customers: int
    base: int

    @property
    def share(self) -> float:
        """The share that has both; 0 where nobody has the first."""
        if not self.base:
            return 0.0
        return self.customers / self.base

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the share; everything is possible where nobody has the first."""
        if not self.base:
            return 0.0, 1.0
        return wilson(self.customers, self.base, Z_95)

    @property
    def percent(self) -> int | None:
        """The whole percentage that a message or a widget may name; None where it may name none."""
        return share_percent(self.customers, self.base)

    @property
    def is_most(self) -> bool:
        """Whether "most" is true of it, beyond chance."""
        return self.percent is not None and self.interval[0] > 0.5
