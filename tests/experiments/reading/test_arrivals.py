"""What has arrived from a store: what came on screen in the last day, and whether anything ever did."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count, Max

from experiments.accounting.ingestion import EventRecord, record_events
from experiments.models import Experiment
from experiments.reading.arrivals import Shown, arrivals_of, recent_impressions
from experiments.time_ordered_ids import new_uuid
from tests import factories

pytestmark = pytest.mark.django_db

# An hour into a month: half of the last day was in the month before.
NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)


def record(experiment: Experiment, kind: str, *, hours: float) -> None:
    at = NOW - timedelta(hours=hours)
    variant = experiment.variants.get(key="treatment")
    event = EventRecord(new_uuid(), kind, at, "v_1", experiment.pk, variant.pk, experiment.moment)
    record_events(experiment.store_id, [event], received_at=at)


def test_arrivals_shown_are_the_stores_impressions_of_the_last_day_by_moment():
    store = factories.make_store()
    cart, payment = factories.make_experiment(store), factories.make_experiment(store, moment="payment")
    for hours in (0.5, 2, 23, 25):
        record(cart, "impression", hours=hours)
    record(payment, "impression", hours=1)
    record(payment, "click", hours=0.2)
    record(factories.make_experiment(), "impression", hours=1)
    assert arrivals_of(store, NOW).shown == {
        "cart": Shown(3, NOW - timedelta(hours=0.5)),
        "payment": Shown(1, NOW - timedelta(hours=1)),
    }


def test_arrivals_was_ever_shown_is_of_any_variant_and_any_month():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    record(experiment, "exposure", hours=1)
    assert not arrivals_of(store, NOW).was_ever_shown
    record(experiment, "impression", hours=24 * 20)
    arrivals = arrivals_of(store, NOW)
    assert arrivals.was_ever_shown
    assert arrivals.shown == {}


def test_arrivals_shown_are_counted_by_index_alone():
    store = factories.make_store()
    with connection.cursor() as cursor:
        # The tables of a test are small enough to be read whole.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        counted = (
            recent_impressions(store, NOW).values_list("moment").annotate(number=Count("*"), last_at=Max("occurred_at"))
        )
        query, parameters = counted.query.sql_with_params()
        cursor.execute(f"EXPLAIN {query}", parameters)
        plan = [line for (line,) in cursor.fetchall()]
    scans = [line for line in plan if " on experiments_widgetevent" in line]
    assert len(scans) >= 3
    assert [line for line in scans if "Index Only Scan" not in line] == []
