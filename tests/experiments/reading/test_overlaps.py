"""The visitors that two tests share, counted by the database as plain Python counts them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from experiments.models import Experiment, FunnelVisitor, Status, Store
from experiments.reading.overlaps import OverlapCell, concurrent_tests, overlap_cells
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=10)


def running(store: Store, key: str, started_at: datetime = NOON - timedelta(days=1), **fields: Any) -> Experiment:
    return factories.make_experiment(store, key=key, started_at=started_at, **fields)


def expose(experiment: Experiment, key: str, visitor: str, hours: int = 0, **fields: Any) -> None:
    variant = experiment.variants.get(key=key)
    at = NOON + timedelta(hours=hours)
    factories.make_exposure(variant, visitor_id=visitor, exposed_at=at, **fields)


def cell(variant: str, other_variant: str, visitors: int, **fields: int) -> OverlapCell:
    zero = dict.fromkeys(("earlier", "declined", "declined_earlier", "buyers", "revenue", "revenue_squared"), 0)
    return OverlapCell(variant=variant, other_variant=other_variant, visitors=visitors, **zero | fields)


def sold(amount: int) -> dict[str, Any]:
    return {"orders": 1, "has_converted": True, "revenue_minor": amount}


def test_cells_count_visitors_by_their_variants_in_both_tests():
    store = factories.make_store()
    mine, other, third = running(store, "mine", cap_minor=5_000), running(store, "other"), running(store, "third")
    expose(mine, "control", "a", **sold(3_000))
    expose(other, "treatment", "a", hours=1)
    expose(mine, "treatment", "b", **sold(9_000))  # counts up to the cap
    expose(other, "control", "b", hours=-1)  # seen before
    expose(mine, "treatment", "c")
    FunnelVisitor.objects.create(
        experiment=mine,
        variant=mine.variants.get(key="treatment"),
        visitor_id="c",
        decline=1,
        first_on=NOON.date(),
        is_automated=False,
    )
    expose(mine, "control", "robot", is_automated=True)
    expose(mine, "control", "young", hours=240)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = overlap_cells(mine, [other, third], through=(NOW - timedelta(days=1)).date(), now=NOW)
    assert len(queries) == 2  # the variants' names, and everything else
    assert sorted(found[other.pk], key=str) == sorted(
        [
            cell("control", "treatment", 1, buyers=1, revenue=3_000, revenue_squared=9_000_000),
            cell("treatment", "control", 1, earlier=1, buyers=1, revenue=5_000, revenue_squared=25_000_000),
            cell("treatment", "", 1, declined=1),
        ],
        key=str,
    )
    assert {one.other_variant for one in found[third.pk]} == {""}


def test_cells_are_of_visitors_of_the_time_in_which_both_ran():
    store = factories.make_store()
    mine = running(store, "mine")
    other = running(store, "other", started_at=NOON + timedelta(hours=2))
    expose(mine, "control", "before", hours=1)
    expose(mine, "control", "within", hours=3)
    expose(other, "control", "within", hours=3)
    assert overlap_cells(mine, [other], through=NOW.date(), now=NOW)[other.pk] == [cell("control", "control", 1)]


def test_concurrent_tests_are_the_stores_own_of_the_same_time():
    store = factories.make_store()
    mine = running(store, "mine")
    beside = running(store, "beside")
    lately = running(store, "lately", started_at=NOON - timedelta(days=9), status=Status.STOPPED, ended_at=NOON)
    running(store, "before", started_at=NOON - timedelta(days=9), ended_at=NOON - timedelta(days=2))
    running(store, "later", started_at=NOW + timedelta(days=1))
    factories.make_experiment(store, key="draft", status=Status.DRAFT, started_at=None)
    running(factories.make_store(slug="foreign"), "foreign")
    assert concurrent_tests(mine, NOW) == [beside, lately]
