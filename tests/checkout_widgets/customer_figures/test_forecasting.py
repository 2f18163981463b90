"""Forecasts of a store, against the models applied to each customer alone, and a count of what came."""

from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest

from checkout_widgets.customer_figures.cohorts import cohorts_of, month_numbers
from checkout_widgets.customer_figures.forecasting import (
    LEAST_REPEAT_CUSTOMERS,
    cohort_forecasts,
    fit,
    lifetimes_of,
)
from checkout_widgets.customer_figures.people import People
from checkout_widgets.customer_figures.reading import PurchaseDays, day_of
from experiments.statistics.lifetime import (
    GroupedCustomers,
    Histories,
    PurchaseModel,
    Spending,
    SpendingModel,
    fit_purchases,
    fit_spending,
    forecast,
)

LAST_DAY = 20_000


@pytest.fixture(scope="module")
def bought() -> PurchaseDays:
    """Customers of two years who order again and again, or don't."""
    rng = np.random.default_rng(3)
    rows = []
    for customer in range(900):
        day, often = LAST_DAY - int(rng.integers(1, 700)), rng.gamma(0.8, 1 / 40)
        while day <= LAST_DAY:
            rows.append((customer, day, 1, int(rng.gamma(4, 800))))
            day += 1 + int(rng.exponential(1 / often))
            if rng.random() < 0.25:
                break
    return PurchaseDays.sort(*np.array(rows, dtype=np.int64).T)


def entries_of(bought: PurchaseDays) -> list[tuple[int, int, int]]:
    return list(zip(bought.customers.tolist(), bought.days.tolist(), bought.revenue.tolist(), strict=True))


def one_by_one(bought: PurchaseDays, last_day: int) -> GroupedCustomers:
    """Each customer alone, worked out in plain Python; who came after the day is left out."""
    by_customer = defaultdict(list)
    for customer, day, value in entries_of(bought):
        if day <= last_day:
            by_customer[customer].append((day, value))
    rows = []
    for own in by_customer.values():
        first, newest = own[0][0], own[-1][0]
        rows.append((len(own) - 1, newest - first, last_day - first, sum(value for _, value in own[1:])))
    x, recency, age, spent = np.array(rows, dtype=float).T
    histories = Histories(x, recency, age, np.ones(len(x)))
    return GroupedCustomers(histories, spent, spent**2, np.zeros(len(x), dtype=np.int64))


def models_of(customers: GroupedCustomers) -> tuple[PurchaseModel, SpendingModel]:
    has_repeat = customers.histories.frequency > 0
    frequency = customers.histories.frequency[has_repeat]
    spending = Spending(frequency, customers.spent[has_repeat] / frequency)
    return fit_purchases(customers.histories), fit_spending(spending)


def test_forecast_of_a_store_is_that_of_its_customers_one_by_one(bought):
    people = People.of(bought)
    models = fit(people, LAST_DAY)
    assert models is not None
    lifetimes, alone = lifetimes_of(people, models, LAST_DAY), one_by_one(bought, LAST_DAY)
    own = models_of(alone)
    for row in lifetimes.rows:
        for found, expected in zip((row.orders, row.revenue), forecast(*own, alone, row.days), strict=True):
            assert found.expected == pytest.approx(expected.expected[0], rel=1e-3)
            assert found.low == pytest.approx(expected.low[0], rel=5e-3)
            assert found.high == pytest.approx(expected.high[0], rel=5e-3)
    chances = own[0].chance_alive(alone.histories)[alone.histories.frequency > 0]
    counts, _ = np.histogram(chances, (0, 0.2, 0.4, 0.6, 0.8, 1))
    assert [group.customers for group in lifetimes.alive] == pytest.approx(counts, abs=2)
    assert lifetimes.single_customers == (alone.histories.frequency == 0).sum()


def test_cohorts_forecasts_add_up_to_the_stores(bought):
    people = People.of(bought)
    models = fit(people, LAST_DAY)
    assert models is not None
    forecasts = cohort_forecasts(people, models, LAST_DAY)
    months, _ = month_numbers(people)
    assert len(forecasts) == len(months) == len(cohorts_of(people, LAST_DAY, forecasts))
    whole = lifetimes_of(people, models, LAST_DAY).rows[-1]
    assert whole.days == 365
    assert sum(one.expected for one in forecasts) == pytest.approx(whole.revenue.expected)


def test_checked_forecast_knows_nothing_of_later_orders_and_stands_beside_what_came(bought):
    people = People.of(bought)
    models = fit(people, LAST_DAY)
    assert models is not None
    check = lifetimes_of(people, models, LAST_DAY).check
    assert check is not None
    made_on = LAST_DAY - 180
    before = one_by_one(bought, made_on)
    assert (check.made_on, check.customers) == (day_of(made_on), len(before.spent))
    own = models_of(before)
    firsts: dict[int, int] = {}
    for customer, day, _ in entries_of(bought):
        firsts.setdefault(customer, day)
    for point in check.points:
        days = (point.day - check.made_on).days
        _, revenue = forecast(*own, before, days)
        assert point.revenue.expected == pytest.approx(revenue.expected[0], rel=1e-3)
        came = [
            value for customer, day, value in entries_of(bought) if firsts[customer] <= made_on < day <= made_on + days
        ]
        assert point.observed_minor == (sum(came) if days <= 180 else None)
    assert [point.day for point in check.points][:2] == [day_of(made_on) + timedelta(days=days) for days in (45, 90)]
    assert check.points[3].observed_minor is not None
    assert check.points[4].observed_minor is None


def test_store_with_too_few_repeat_customers_has_no_forecast(bought):
    few = People.of(bought.until(LAST_DAY - 640))
    assert (few.repeats > 0).sum() < LEAST_REPEAT_CUSTOMERS
    assert fit(few, LAST_DAY) is None
    nobody = People.of(bought.until(0))
    assert nobody.size == 0
    assert fit(nobody, LAST_DAY) is None
