"""Planning follow-ups costs a bounded number of times what writing the same rows costs, by ratio in the same run."""

import pytest
from django.db import connection

from bench import planning
from tests.factories import NOON

# A bare insert asks nothing of anybody: see docs/performance.md for both figures. Alone it is 3.5 times; beside other
# processes of tests, which it waits for more often than one statement does, up to 9.
MOST = 25.0  # 3 to 16 beside other tests; a statement that is compiled costs ten times as much


@pytest.mark.slow
@pytest.mark.django_db
def test_planning_costs_a_few_times_a_bare_insert_of_its_rows():
    store, journeys = planning.make_world(900)
    planning.begin(store)
    ours, floor = planning.plan_in_turns(journeys, NOON, limit=300)
    assert (ours.runs, floor.runs) == (900, 900)
    # the least of each: whatever else the machine does makes a batch slower, and none quicker
    assert min(ours.batches) / min(floor.batches) <= MOST
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")  # of the test's transaction: compiling made it ten times
        assert cursor.fetchone() == ("off",)
