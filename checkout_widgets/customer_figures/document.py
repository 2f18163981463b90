"""The figures of a store's customers as they are stored: typed, whole numbers wherever they are counts."""

from __future__ import annotations

from datetime import date

import msgspec


class ExpectedRange(msgspec.Struct, frozen=True):
    """What is expected, and between what it is expected with 95%; money in minor units."""

    expected: float
    low: float
    high: float


class Horizon(msgspec.Struct, frozen=True):
    """What customers did within so many days after their first order.

    - ``customers``: those whose days are over, who alone are counted.
    - ``again``: who ordered again by then; ``active``: who ordered between the horizon before and this one.
    - ``revenue_minor``: all that they spent by then, the first order too, net of refunds.
    """

    days: int
    customers: int
    again: int
    active: int
    revenue_minor: int

    @property
    def repeat_rate(self) -> float | None:
        """The share who ordered again."""
        return share(self.again, self.customers)

    @property
    def retention(self) -> float | None:
        """The share who ordered in the days that this horizon adds."""
        return share(self.active, self.customers)

    @property
    def value_minor(self) -> float | None:
        """Revenue per customer."""
        return share(self.revenue_minor, self.customers)


class Cohort(msgspec.Struct, frozen=True):
    """The customers who first ordered in one month; ``revenue_minor`` up to the last day.

    ``forecast``: what they are expected to spend in the 365 days to come, all together; None where it isn't known.
    """

    month: date
    customers: int
    revenue_minor: int
    horizons: list[Horizon]
    forecast: ExpectedRange | None = None

    @property
    def value_minor(self) -> float | None:
        """Revenue per customer up to the last day."""
        return share(self.revenue_minor, self.customers)

    @property
    def value_forecast(self) -> ExpectedRange | None:
        """Revenue per customer that is expected in the 365 days to come."""
        if self.forecast is None:
            return None
        one = self.forecast
        return ExpectedRange(one.expected / self.customers, one.low / self.customers, one.high / self.customers)


class Breadth(msgspec.Struct, frozen=True):
    """Customers by the number of categories in their first order; ``is_several`` for two and more."""

    is_several: bool
    customers: int
    horizons: list[Horizon]

    @property
    def words_key(self) -> str:
        """What files call it."""
        if self.is_several:
            return "several_categories"
        return "one_category"


class ForecastRow(msgspec.Struct, frozen=True):
    """What today's customers are expected to do in so many days to come."""

    days: int
    orders: ExpectedRange
    revenue: ExpectedRange


class CheckPoint(msgspec.Struct, frozen=True):
    """What was forecast up to a day, and what came; None for days to come."""

    day: date
    revenue: ExpectedRange
    observed_minor: int | None


class ForecastCheck(msgspec.Struct, frozen=True):
    """A forecast that was made with what was known on an earlier day, beside what came since."""

    made_on: date
    customers: int
    points: list[CheckPoint]


class AliveGroup(msgspec.Struct, frozen=True):
    """How many customers with repeat orders are likely to still be customers: from ``low`` to ``high``."""

    low: float
    high: float
    customers: int


class Lifetimes(msgspec.Struct, frozen=True):
    """What the models of purchases and of order values say.

    - ``purchasing``: r, alpha, a, b, in days; ``spending``: p, q, v, in minor units.
    - ``single_customers`` have ordered once; ``single_chance`` is the mean chance that they order within 365 days.
    """

    purchasing: list[float]
    spending: list[float]
    rows: list[ForecastRow]
    check: ForecastCheck | None
    alive: list[AliveGroup]
    single_customers: int
    single_chance: float | None


class VariantOutcome(msgspec.Struct, frozen=True):
    """What one variant's customers did within a horizon; visitors, in a holdout of offers.

    Beside the control: the difference in revenue of each, and in the share who ordered, with 95% intervals.
    """

    experiment: str  # key
    name: str
    status: str
    variant: str
    is_control: bool
    days: int
    units: int
    buyers: int
    revenue_minor: int
    revenue_difference: ExpectedRange | None = None
    rate_difference: ExpectedRange | None = None

    @property
    def rate(self) -> float | None:
        """The share who ordered."""
        return share(self.buyers, self.units)

    @property
    def value_minor(self) -> float | None:
        """Revenue of each."""
        return share(self.revenue_minor, self.units)


class Figures(msgspec.Struct, frozen=True):
    """All that is known of a store's customers up to the end of ``last_day``."""

    last_day: date
    currency: str
    customers: int
    repeat_customers: int
    orders_without_customer: int
    cohorts: list[Cohort]
    breadths: list[Breadth]
    lifetimes: Lifetimes | None
    outcomes: list[VariantOutcome]


def share(part: float, whole: float) -> float | None:
    """Return a part of a whole; None of nothing."""
    if not whole:
        return None
    return part / whole
