"""Planning follow-ups costs a bounded number of times what writing the same rows costs, by ratio in the same run."""

import pytest

from bench import planning
from tests.factories import NOON

# A bare insert asks nothing of anybody: see docs/performance.md for both figures.
MOST = 6.0


@pytest.mark.slow
@pytest.mark.django_db
def test_planning_costs_a_few_times_a_bare_insert_of_its_rows():
    store, journeys = planning.make_world(900)
    planning.begin(store)
    ours, floor = planning.plan_in_turns(journeys, NOON, limit=300)
    assert (ours.runs, floor.runs) == (900, 900)
    # the least of each: whatever else the machine does makes a batch slower, and none quicker
    assert min(ours.batches) / min(floor.batches) <= MOST
