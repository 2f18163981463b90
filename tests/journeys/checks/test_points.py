"""What is known of contacts is looked up by index, whatever statistics say of the tables."""

import json

import pytest
from django.db import connection

from experiments.sql_columns import columns_of
from journeys.checks.points import COLUMNS, CONTACT_FACTS
from journeys.planning.batch import points_of
from journeys.planning.due import lock_due_runs
from tests.factories import NOON
from tests.journeys import followups

# Whose rows grow with orders and messages. Read as a whole for each contact, they once made a batch take minutes.
GROWING = ("experiments_order", "journeys_sendpoint", "journeys_customermessage", "journeys_address")


@pytest.mark.django_db
def test_facts_read_no_growing_table_as_a_whole_while_statistics_call_it_empty():
    store = followups.make_sending_store()
    journey = followups.make_journey(store)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for _ in range(3):
        contact = followups.make_contact(store)
        followups.make_run(journey, contact, followups.order_of(contact))
    points = points_of(lock_due_runs(journey, NOON, 10), NOON)
    skus = [json.dumps(["pot"])] * len(points)
    with connection.cursor() as cursor:
        # Of small tables a plan reads all that there is: it is asked for the one of large ones.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {CONTACT_FACTS}", {**columns_of(COLUMNS, points), "offered_skus": skus})
        ((plan,),) = cursor.fetchall()
    assert unbounded(plan[0]["Plan"]) == []


def unbounded(node):
    """The tables that grow and are read without a condition on an index."""
    found = []
    if node.get("Relation Name") in GROWING and "Index Cond" not in node:
        found.append(node["Alias"])
    for part in node.get("Plans", []):
        found += unbounded(part)
    return found
