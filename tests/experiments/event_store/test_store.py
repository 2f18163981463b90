"""What raw events are read for is answered alike, wherever they are kept."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from checkout_widgets import store_export
from checkout_widgets.store_export import Person
from checkout_widgets.visitor_export import tables_of
from experiments.event_store.store import EventRow, NotAvailable, PostgresEvents, event_store
from experiments.models import EventBatch, Store, Variant, WidgetEvent
from experiments.reading.declines import declines_of
from experiments.reading.events import are_of_visitors
from tests import factories
from tests.experiments.event_store.moved import DAY, LATER, leave_events, move_all
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return factories.make_store()


@pytest.fixture
def variant(store: Store) -> Variant:
    return factories.make_experiment(store).variants.get(key="treatment")


@pytest.fixture(params=["postgres", "clickhouse", "both"])
def after_events(request: pytest.FixtureRequest) -> Callable[[], None]:
    """What is done when the events are there: nothing, all are moved, or but the last day's."""
    if request.param == "postgres":
        return lambda: None
    request.getfixturevalue("on_clickhouse")
    now = LATER
    if request.param == "both":
        now = NOON + 6 * DAY
    return lambda: move_all(now)


def by_id(rows: list[EventRow]) -> list[EventRow]:
    return sorted(rows, key=lambda row: row.event_id)


def test_rows_are_all_events_of_the_store_or_of_its_visitors(store, variant, after_events):
    sent = leave_events(store, variant)
    leave_events(factories.make_store(), None)
    after_events()
    rows = list(event_store().rows(store))
    assert by_id(rows) == by_id(sent)
    theirs = [row for row in sent if row.visitor_id in {"v_1", "v_4"}]
    assert by_id(list(event_store().rows(store, ["v_1", "v_4", "v_nobody"]))) == by_id(theirs)
    assert list(event_store().rows(store, [])) == []


def test_declines_are_of_the_time_and_the_visitors(store, variant, after_events):
    leave_events(store, variant)
    leave_events(factories.make_store(), None)
    after_events()
    found = declines_of(store.pk, ["v_0", "v_2"], since=NOON, until=NOON + 2 * DAY)
    at = timedelta(seconds=3, microseconds=7)
    assert sorted((decline.visitor_id, decline.variant_id, decline.at) for decline in found) == [
        ("v_0", variant.pk, NOON + DAY - at),
        ("v_0", variant.pk, NOON + 2 * DAY - at),
        ("v_2", variant.pk, NOON + DAY - at - timedelta(minutes=2)),
        ("v_2", variant.pk, NOON + 2 * DAY - at - timedelta(minutes=2)),
    ]
    assert declines_of(store.pk, [], since=NOON, until=LATER) == []


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_received_events_come_in_order_page_by_page_with_their_tests(store, variant, after_events, is_newest_first):
    sent = leave_events(store, variant)
    after_events()
    order = ["received_at", "event_id"]
    expected = sorted(sent, key=lambda row: (row.received_at, str(row.event_id)), reverse=is_newest_first)
    if is_newest_first:
        order = ["-received_at", "-event_id"]
    found = event_store().received(store, since=NOON, until=LATER).order_by(*order)
    ids = [event.event_id for start in range(0, 80, 20) for event in found[start : start + 20]]
    assert ids == [row.event_id for row in expected]
    (first,) = found[0:1]
    assert (first.experiment, first.variant, first.props) == (variant.experiment, variant, expected[0].props)
    clicks = found.filter(type="click").filter(experiment=variant.experiment)
    assert {event.type for event in clicks[0:50]} == {"click"}
    assert len(clicks[0:50]) == 18
    assert len(found.filter(received_at__gt=str(NOON + DAY))[0:100]) == 24
    assert len(event_store().received(store, since=NOON, until=NOON + DAY).order_by(*order)[0:100]) == 24


def test_events_that_clickhouse_alone_has_are_never_left_out_without_a_word(on_clickhouse, store, variant, settings):
    leave_events(store, variant)
    move_all()
    assert not WidgetEvent.objects.exists()
    settings.ANALYTICS_SHARDS = []
    for read in (
        lambda: list(event_store().rows(store)),
        lambda: list(event_store().moved_rows(store)),
        lambda: event_store().received(store, since=NOON, until=LATER),
    ):
        with pytest.raises(NotAvailable, match="ANALYTICS_URL isn't set"):
            read()
    # What came later is all in PostgreSQL.
    assert len(event_store().received(store, since=LATER, until=LATER + DAY)[0:10]) == 0


def test_shard_that_is_down_makes_the_answer_not_available(on_clickhouse, store, variant):
    leave_events(store, variant)
    move_all()
    on_clickhouse[1].kill()
    try:
        with pytest.raises(NotAvailable, match=on_clickhouse[1].address):
            list(event_store().rows(store))
        # Who is written to depends on these: they stay in PostgreSQL.
        assert len(declines_of(store.pk, ["v_1"], since=NOON - DAY, until=LATER)) == 3
        found = event_store().received(store, since=NOON, until=LATER).order_by("received_at", "event_id")
        with pytest.raises(NotAvailable):
            found[0:10]
        # No batch has anything of this time, so no shard is asked.
        assert event_store().received(store, since=LATER, until=LATER + DAY).order_by("received_at")[0:10] == []
    finally:
        on_clickhouse[1].start()


def test_batch_that_is_on_its_way_is_answered_by_postgresql(on_clickhouse, store, variant):
    sent = leave_events(store, variant)
    move_all(NOON + 4 * DAY)
    assert set(EventBatch.objects.values_list("state", flat=True)) == {"copied"}
    assert len(list(event_store().rows(store))) == len(sent)


def test_exports_have_the_events_of_both_databases_in_one_form(on_clickhouse, store, variant, tmp_path):
    leave_events(store, variant)
    person = Person(visitor_id="v_1")
    tables = {}
    for name in ("before", "after"):
        rows = WidgetEvent.objects.filter(are_of_visitors(store, ["v_1"]), store=store)
        with ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            number = store_export.write_table(archive, "events.csv", rows, store_export.moved_events(store, person))
            lines = archive.read("events.csv").decode().splitlines()
        texts = sorted(tables_of(store, person)["widgetevent"], key=itemgetter("event_id"))
        tables[name] = (number, [lines[0], *sorted(map(without_json, lines[1:]))], texts)
        move_all()
    assert tables["before"] == tables["after"]
    assert (tables["after"][0], WidgetEvent.objects.count()) == (12, 0)


def without_json(line: str) -> str:
    """A line of a file, without the properties, whose spaces differ."""
    return ",".join(line.split(",")[:10])


def test_without_the_setting_no_client_is_imported(settings: Any):
    assert isinstance(event_store(), PostgresEvents)
    program = (
        "import sys; from django.core.wsgi import get_wsgi_application; get_wsgi_application();"
        "import checkout_widgets.tasks, experiments.tasks, config.urls, checkout_widgets.erasure;"
        "from experiments.event_store.store import event_store; event_store();"
        "sys.exit('clickhouse_driver' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("ANALYTICS_URL", None)
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", program], env=environment, cwd=root, check=False).returncode == 0
