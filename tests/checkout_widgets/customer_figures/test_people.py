"""Customers with one history together."""

import numpy as np

from checkout_widgets.customer_figures.people import People
from checkout_widgets.customer_figures.reading import PurchaseDays
from tests.experiments.statistics.lifetime.customers import draw

LAST_DAY = 20_000


def drawn_people(size: int) -> People:
    """Customers drawn by the models; what each spent on repeat orders is on the last of them."""
    table = draw(7, size).table
    keys, days, revenue = [], [], []
    for number, (x, recency, age, mean) in enumerate(zip(*table, strict=True)):
        first = LAST_DAY - int(age)
        newest = first + max(int(recency), int(x))
        own = [first, *np.linspace(first + 1, newest, int(x)).astype(int).tolist()]
        own = sorted(set(own))
        keys += [number] * len(own)
        days += own
        revenue += [1_000, *[int(100 * mean)] * (len(own) - 1)]
    columns = (np.array(column, dtype=np.int64) for column in (keys, days, [1] * len(keys), revenue))
    return People.of(PurchaseDays.sort(*columns))


def test_customers_of_one_history_are_counted_together():
    people = drawn_people(800)
    grouped = people.grouped(LAST_DAY)
    assert len(grouped.spent) < people.size
    assert grouped.histories.size == people.size
    assert grouped.spent.sum() == people.repeat_revenue.sum()
    assert grouped.histories.frequency @ grouped.histories.customers == people.repeats.sum()


def test_parts_stay_apart():
    people = drawn_people(300)
    parts = np.arange(people.size) % 3
    grouped = people.grouped(LAST_DAY, parts)
    assert grouped.by_part(grouped.histories.customers).tolist() == np.bincount(parts).tolist()
