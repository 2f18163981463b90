"""Which cases of a parametrized test a quick run tries: two of many, where each takes a database's time.

A quarter of their time went to the fifth and later cases, such as every wrong value of a field; ``make check`` has all.
"""

from collections import defaultdict
from collections.abc import Sequence

import pytest

MOST_CASES = 2
FIXTURES = frozenset({"db", "transactional_db"})


def left_out_of_quick_runs(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the cases beyond ``MOST_CASES`` of each test that asks a database; those that stay are spread evenly."""
    by_test: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if asks_database(item):
            by_test[item.nodeid.partition("[")[0]].append(item)
    left_out = []
    for of_test in by_test.values():
        stay = {number * len(of_test) // MOST_CASES for number in range(MOST_CASES)}
        for number, item in enumerate(of_test):
            if len(of_test) > MOST_CASES and number not in stay:
                left_out.append(item)
    return left_out


def asks_database(item: pytest.Item) -> bool:
    """Whether a test needs the database."""
    if item.get_closest_marker("django_db"):
        return True
    return not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
