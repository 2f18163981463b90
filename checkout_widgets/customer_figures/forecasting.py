"""What a store's customers will order and spend, what was forecast before, and who is likely to have left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from checkout_widgets.customer_figures.cohorts import month_numbers
from checkout_widgets.customer_figures.document import (
    AliveGroup,
    CheckPoint,
    ExpectedRange,
    ForecastCheck,
    ForecastRow,
    Lifetimes,
)
from checkout_widgets.customer_figures.people import Floats, People
from checkout_widgets.customer_figures.reading import PurchaseDays, day_of
from experiments.reading.number_rows import Numbers
from experiments.statistics.lifetime import (
    Forecast,
    GroupedCustomers,
    Histories,
    PurchaseModel,
    SpendingModel,
    fit_purchases,
    fit_spending,
    forecast,
)
from experiments.statistics.lifetime.likelihood import CannotFit

# Customers who ordered again: below, the parameters are mostly chance.
LEAST_REPEAT_CUSTOMERS = 100
# An earlier forecast is checked over half a year, where the orders before it allow one; else over a quarter.
CHECKED_DAYS = (180, 90)
CHECK_STEP = 45
FORECAST_DAYS = (90, 180, 365)
YEAR = 365
ALIVE_BOUNDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


class Models(NamedTuple):
    """What was fitted to a store's customers."""

    purchases: PurchaseModel
    spending: SpendingModel

    def forecast(self, customers: GroupedCustomers, days: float) -> tuple[Forecast, Forecast]:
        """Return the forecast of orders and of revenue."""
        return forecast(self.purchases, self.spending, customers, days)


def fit(people: People, last_day: int) -> Models | None:
    """Return the models of the customers; None where too few of them have ordered again."""
    spending = people.spending()
    if len(spending.mean) < LEAST_REPEAT_CUSTOMERS:
        return None
    try:
        return Models(fit_purchases(people.grouped(last_day).histories), fit_spending(spending))
    except CannotFit:
        return None


def lifetimes_of(people: People, models: Models, last_day: int) -> Lifetimes:
    """Return what the models say of the customers."""
    everybody = people.grouped(last_day)
    rows = []
    for days in FORECAST_DAYS:
        orders, revenue = models.forecast(everybody, days)
        rows.append(ForecastRow(days, band_of(orders, 0), band_of(revenue, 0)))
    is_single = everybody.histories.frequency == 0
    singles = everybody.histories.customers[is_single]
    chances = models.purchases.chance_to_order(everybody.histories, YEAR)[is_single]
    single_chance = None
    if len(singles):
        single_chance = float(np.average(chances, weights=singles))
    return Lifetimes(
        purchasing=models.purchases.parameters.tolist(),
        spending=models.spending.parameters.tolist(),
        rows=rows,
        check=check_of(people.bought, last_day),
        alive=alive_groups(models.purchases.chance_alive(everybody.histories), everybody.histories),
        single_customers=int(singles.sum()),
        single_chance=single_chance,
    )


def cohort_forecasts(people: People, models: Models, last_day: int) -> list[ExpectedRange]:
    """Return for each month of first orders what its customers are expected to spend in a year to come."""
    _months, places = month_numbers(people)
    _orders, revenue = models.forecast(people.grouped(last_day, places), YEAR)
    return [band_of(revenue, number) for number in range(len(revenue.expected))]


def alive_groups(chances: Floats, histories: Histories) -> list[AliveGroup]:
    """Count the customers with repeat orders by how likely they are still customers."""
    has_repeat = histories.frequency > 0
    # the last group has its upper end too
    places = np.minimum(np.digitize(chances, ALIVE_BOUNDS) - 1, len(ALIVE_BOUNDS) - 2)
    counts = np.bincount(places, weights=histories.customers * has_repeat, minlength=len(ALIVE_BOUNDS) - 1)
    groups = []
    for number, customers in enumerate(counts):
        groups.append(AliveGroup(ALIVE_BOUNDS[number], ALIVE_BOUNDS[number + 1], int(customers)))
    return groups


def check_of(bought: PurchaseDays, last_day: int) -> ForecastCheck | None:
    """Return the forecast of an earlier day beside what came since; None where there were too few orders before it."""
    for days in CHECKED_DAYS:
        made_on = last_day - days
        earlier = People.of(bought.until(made_on))
        models = fit(earlier, made_on)
        if models is not None:
            everybody, came = earlier.grouped(made_on), revenue_after(bought, made_on)
            points = []
            for later in range(CHECK_STEP, YEAR, CHECK_STEP):
                observed = None
                if later <= days:
                    observed = int(came[1][came[0] <= made_on + later].sum())
                revenue = models.forecast(everybody, later)[1]
                points.append(CheckPoint(day_of(made_on + later), band_of(revenue, 0), observed))
            return ForecastCheck(day_of(made_on), earlier.size, points)
    return None


def revenue_after(bought: PurchaseDays, made_on: int) -> tuple[Numbers, Numbers]:
    """Return the days after one, and the revenue on them, of customers who had ordered by then."""
    first_day = bought.days[np.searchsorted(bought.customers, bought.customers)]
    is_later = (first_day <= made_on) & (bought.days > made_on)
    return bought.days[is_later], bought.revenue[is_later]


def band_of(found: Forecast, part: int) -> ExpectedRange:
    """Return one part's forecast."""
    return ExpectedRange(float(found.expected[part]), float(found.low[part]), float(found.high[part]))
