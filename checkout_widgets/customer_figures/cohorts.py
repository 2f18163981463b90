"""Customers by the month of their first order, and by how many categories it had."""

from __future__ import annotations

from datetime import date

import numpy as np

from checkout_widgets.customer_figures.document import Breadth, Cohort, ExpectedRange
from checkout_widgets.customer_figures.people import People, counted
from experiments.reading.number_rows import Numbers


def month_numbers(people: People) -> tuple[list[date], Numbers]:
    """Return the months in which anybody ordered first, and the number of each customer's."""
    months, places = np.unique(people.months, return_inverse=True)
    days: list[date] = months.astype("datetime64[D]").tolist()
    return days, places.astype(np.int64)


def cohorts_of(people: People, last_day: int, forecasts: list[ExpectedRange] | None) -> list[Cohort]:
    """Return the cohorts by month; ``forecasts`` in the same order, where there are any."""
    months, places = month_numbers(people)
    size = len(months)
    customers = counted(places, np.ones(people.size, dtype=np.int64), size)
    revenue = counted(places, people.revenue, size)
    horizons = people.horizons(places, size, last_day)
    cohorts = []
    for number, month in enumerate(months):
        forecast = None
        if forecasts is not None:
            forecast = forecasts[number]
        cohorts.append(Cohort(month, customers[number], revenue[number], horizons[number], forecast))
    return cohorts


def breadths_of(people: People, last_day: int) -> list[Breadth]:
    """Return the customers whose first order had one category, and those whose had several.

    What a first order has is known before anything else happens. To count all of a customer's categories would compare
    those who order often with those who don't, whatever they buy.
    """
    is_several = (people.categories > 1).astype(np.int64)
    # Without a category that anybody knows: in neither group.
    groups = np.where(people.categories > 0, is_several, 2)
    horizons = people.horizons(groups, 3, last_day)
    customers = counted(groups, np.ones(people.size, dtype=np.int64), 3)
    return [Breadth(False, customers[0], horizons[0]), Breadth(True, customers[1], horizons[1])]
