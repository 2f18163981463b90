"""What visitors declined is found by the index of declines, in whichever month it came."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from experiments.models import WidgetEvent
from experiments.reading.declines import DECLINES_OF_VISITORS, Decline, declines_of
from experiments.reading.offer_views import months_between
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def decline(store, visitor_id, at, **fields):
    values = {"type": "decline", "moment": "cart", "visitor_id": visitor_id, "occurred_at": at, "received_at": at}
    given = {"event_id": uuid4(), "month": at.date().replace(day=1)}
    return WidgetEvent.objects.create(store=store, **values | given | fields)


def test_declines_name_the_variant_that_was_shown_also_under_a_rolled_out_winner():
    experiment = factories.make_experiment()
    store, variant = experiment.store, experiment.variants.get(key="treatment")
    decline(store, "v_1", NOON, experiment=experiment, variant=variant, props={"offerlift": {"step": "accepted"}})
    decline(store, "v_1", NOON - 31 * DAY, props={"offerlift": {"rollout": variant.pk}})
    decline(store, "v_2", NOON, props={"offerlift": {"rollout": "1; DROP", "step": "other"}})
    decline(store, "v_3", NOON)
    decline(factories.make_store(), "v_1", NOON)
    found = declines_of(store.pk, ["v_1", "v_2"], since=NOON - 40 * DAY, until=NOON)
    assert sorted(found, key=lambda one: (one.visitor_id, one.at)) == [
        Decline("v_1", variant.pk, "", NOON - 31 * DAY),
        Decline("v_1", variant.pk, "accepted", NOON),
        Decline("v_2", None, "", NOON),
    ]
    assert declines_of(store.pk, ["v_1"], since=NOON, until=NOON + DAY) == []
    assert declines_of(store.pk, [], since=NOON - DAY, until=NOON) == []


def test_declines_are_looked_up_by_their_own_index():
    parameters: dict[str, Any] = {"store_id": 1, "visitor_ids": ["v_1"], "since": NOON - DAY, "until": NOON}
    with connection.cursor() as cursor:
        # Of an empty table a plan reads all that there is: it is asked for the one of large ones.
        cursor.execute("SET LOCAL enable_seqscan = off")
        months = months_between(NOON - DAY, NOON)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {DECLINES_OF_VISITORS}", parameters | months)
        ((plan,),) = cursor.fetchall()
    conditions = index_conditions(plan[0]["Plan"])
    assert conditions
    for condition in conditions:
        # By store and visitor: no other index has both.
        assert "store_id" in condition, condition
        assert "visitor_id" in condition, condition


def index_conditions(node) -> list[str]:
    """By what a plan looks into indexes."""
    found = [node["Index Cond"]] if "Index Cond" in node else []
    for part in node.get("Plans", []):
        found += index_conditions(part)
    return found
