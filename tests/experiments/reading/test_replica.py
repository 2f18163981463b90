"""Reports from a real standby: equal to the primary's, as of when it is, and there while the standby is not."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import InternalError, connection, connections, router, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.reports_database import reports_database
from dashboard.templatetags import replica as note
from experiments.models import Experiment, Store
from experiments.reading import replica
from experiments.reading.exposures import count_exposures
from experiments.reading.replica import REPLICA, alias, copy_out, data_as_of, read_connection, read_late
from experiments.snapshots import analyse, report_to_show, take_snapshot
from tests import factories
from tests.dashboard.api.conftest import make_token
from tests.dashboard.api.events import make_event
from tests.standby import Standby, running_standby

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", REPLICA])]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Standby]:
    with django_db_blocker.unblock(), running_standby() as standby:
        # As ``REPORTS_DATABASE_URL`` would name it; a mirror, because Django empties all other databases after a test.
        database = reports_database(standby.url) | {"TEST": {"MIRROR": "default"}}
        connections.settings[REPLICA] = connections.configure_settings({"default": {}, REPLICA: database})[REPLICA]
        connection.close()
        yield standby
        del connections[REPLICA]
        del connections.settings[REPLICA]


@pytest.fixture
def standby(transactional_db: None, server: Standby, monkeypatch: pytest.MonkeyPatch) -> Iterator[Standby]:
    monkeypatch.setattr(router, "routers", [replica.ReplicaRouter()])
    replica.outage.end()
    yield server
    connections[REPLICA].close()
    replica.outage.end()


def live_test() -> Experiment:
    experiment = factories.make_experiment()
    control, treatment = experiment.variants.all()
    for number in range(6):
        variant = [control, treatment][number % 2]
        visitor = f"visitor-{number}"
        bought = {"orders": 1, "revenue_minor": 1000 + number, "has_converted": True}
        factories.make_exposure(variant, visitor_id=visitor, **bought)
    experiment.refresh_from_db()
    return experiment


def expose(experiment: Experiment, visitor: str = "late") -> None:
    factories.make_exposure(experiment.variants.all()[0], visitor_id=visitor)


def test_report_of_the_standby_equals_the_primarys_and_reads_nothing_there(standby):
    experiment = live_test()
    # Again where the standby gave way to a change that it replays, such as a vacuum's: the primary answers then.
    for _ in range(3):
        standby.catch_up()
        with CaptureQueriesContext(connection) as primary, CaptureQueriesContext(connections[REPLICA]) as late:
            report = report_to_show(experiment)
        read_there = " ".join(query["sql"] for query in primary)
        if "experiments_exposure" not in read_there:
            break
    assert report.visitors == 6
    assert report.as_json() == analyse(experiment, now=report.taken_at).as_json()
    assert "experiments_exposure" in " ".join(query["sql"] for query in late)
    assert "experiments_exposure" not in read_there


def test_report_of_a_standby_that_is_behind_says_as_of_when_and_what_acts_reads_the_primary(standby, monkeypatch):
    experiment = live_test()
    standby.catch_up()
    standby.pause()
    try:
        before = timezone.now()
        expose(experiment)
        report = report_to_show(experiment)
        assert (report.visitors, report.taken_at < before) == (6, True)
        assert note.note_text() == ""
        monkeypatch.setattr(note, "SAID_FROM", timedelta(0))
        assert (
            note.note_text()
            == f"Figures are as of {report.taken_at:%H:%M} UTC: the reports database is a moment behind."
        )
        assert analyse(experiment).visitors == 7
        assert take_snapshot(experiment).report["visitors"] == 7
    finally:
        standby.resume()
    assert report_to_show(experiment).visitors == 7


def test_standby_that_is_behind_what_the_reader_did_or_too_far_is_not_read(standby, monkeypatch):
    experiment = live_test()
    standby.catch_up()
    standby.pause()
    try:
        expose(experiment)
        assert read_late(lambda: count_exposures(experiment)) == 6
        assert read_late(lambda: count_exposures(experiment), at_least=timezone.now()) == 7
        experiment.save()  # whoever changes a test sees what came of it
        assert report_to_show(experiment).visitors == 7
        monkeypatch.setattr(replica, "MOST_BEHIND", timedelta(0))
        assert read_late(lambda: count_exposures(experiment)) == 7
        assert note.note_text().startswith("The reports database can't be used at the moment.")
    finally:
        standby.resume()


def test_write_on_the_standby_is_refused_and_a_row_read_there_is_saved_on_the_primary(standby):
    store = factories.make_store()
    standby.catch_up()
    found = read_late(lambda: Store.objects.get(pk=store.pk))
    assert found._state.db == REPLICA
    found.name = "Renamed"
    found.save()
    assert Store.objects.get(pk=store.pk).name == "Renamed"
    with pytest.raises(InternalError, match="read-only"), connections[REPLICA].cursor() as cursor:
        cursor.execute("UPDATE experiments_store SET name = 'Lost'")


def test_replica_that_is_none_refuses_writes_too(standby, monkeypatch):
    monkeypatch.setitem(connections[REPLICA].settings_dict, "HOST", connection.settings_dict["OPTIONS"]["host"])
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        assert cursor.fetchone() == (False,)
        with pytest.raises(InternalError, match="read-only"):
            cursor.execute("UPDATE experiments_store SET name = 'Lost'")


SLOW_COUNT = "SELECT count(pg_sleep(%s)), count(*) FROM experiments_exposure"


def count_by_statement(seconds_a_row: float) -> int:
    with read_connection().cursor() as cursor:
        cursor.execute(SLOW_COUNT, [seconds_a_row])
        return int(cursor.fetchone()[1])


def count_by_copy(seconds_a_row: float) -> int:
    with copy_out(f"COPY ({SLOW_COUNT}) TO STDOUT", [seconds_a_row]) as copy:
        [row] = copy.rows()
        return int(row[1])


@pytest.mark.parametrize("count", [count_by_statement, count_by_copy])
def test_read_that_conflicts_with_what_is_replayed_is_done_again_on_the_primary(standby, caplog, count):
    experiment = live_test()
    standby.catch_up()
    asked = []

    def slow_count() -> int:
        asked.append(alias())
        seconds = 10 if alias() == REPLICA else 0
        return int(count(seconds / 6))

    # While the count of six rows sleeps for ten seconds there.
    lock = threading.Timer(0.3, lock_exposures, [connection.get_connection_params()])
    lock.start()
    assert read_late(slow_count) == 6
    lock.join()
    assert asked == [REPLICA, "default"]
    assert "conflict with recovery" in caplog.text
    standby.catch_up()
    assert read_late(alias) == REPLICA  # it answers: a conflict is no outage
    assert count_exposures(experiment) == 6


def lock_exposures(parameters: dict[str, Any]) -> None:
    """What a migration does: the lock is replayed on the standby, where whoever reads the table is in its way."""
    parameters = {name: parameters[name] for name in ("host", "user", "dbname")}
    with psycopg.connect(**parameters) as session:
        session.execute("LOCK TABLE experiments_exposure IN ACCESS EXCLUSIVE MODE")


def test_standby_without_a_new_table_leaves_the_read_to_the_primary(standby):
    standby.catch_up()
    standby.pause()
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE not_there_yet AS SELECT 7 AS number")
            assert read_late(number_of_new_table) == 7
            cursor.execute("DROP TABLE not_there_yet")
    finally:
        standby.resume()


def number_of_new_table() -> int:
    with read_connection().cursor() as cursor:
        cursor.execute("SELECT number FROM not_there_yet")
        return int(cursor.fetchone()[0])


def test_transaction_reads_what_it_has_written(standby):
    experiment = live_test()
    standby.catch_up()
    with transaction.atomic():
        expose(experiment)
        assert read_late(lambda: count_exposures(experiment)) == 7


def test_pages_exports_and_api_read_the_standby_without_a_word(standby, client, caplog, tmp_path):
    experiment = live_test()
    store = experiment.store
    client.force_login(factories.make_user(store))
    secret = make_token(store)
    key = {"store_slug": store.slug, "experiment_key": experiment.key}
    pages = [reverse(f"dashboard:{name}") for name in ("home", "experiments", "moments", "planner", "setup")]
    pages += [reverse("dashboard:report", kwargs=key), reverse("dashboard:findings", kwargs=key)]
    pages += [reverse("dashboard:export_json", kwargs=key), f"/api/v1/experiments/{experiment.key}/report/"]
    pages += ["/api/v1/events/"]
    # Again where the standby gave way to a change that it replays: that is said, and the primary read.
    for attempt in range(3):
        standby.catch_up()
        caplog.clear()
        with caplog.at_level(logging.WARNING), CaptureQueriesContext(connection) as primary:
            for page in pages:
                headers = {"Authorization": f"Bearer {secret}"} if page.startswith("/api") else {}
                query = {} if page.startswith("/api") else {"store": store.slug}
                assert client.get(page, query, headers=headers).status_code == 200, page
        with caplog.at_level(logging.WARNING):
            call_command("export_store", store.slug, tmp_path / f"store-{attempt}.zip")
        if "conflict with recovery" not in caplog.text:
            break
    assert caplog.text == ""
    assert [query["sql"] for query in primary if '"experiments_exposure"' in query["sql"]] == []


def test_events_of_the_api_end_where_the_standby_ends_and_a_span_that_is_over_is_complete(standby, client):
    experiment = factories.make_experiment()
    headers = {"Authorization": f"Bearer {make_token(experiment.store)}"}
    standby.catch_up()
    standby.pause()
    try:
        event = make_event(experiment)
        later = event.received_at + timedelta(milliseconds=1)
        span = {"since": event.received_at.isoformat(), "until": later.isoformat()}
        assert client.get("/api/v1/events/", headers=headers).json()["results"] == []
        [received] = client.get("/api/v1/events/", span, headers=headers).json()["results"]
        assert received["event_id"] == str(event.event_id)
    finally:
        standby.resume()


def test_standby_that_is_killed_leaves_reports_to_the_primary(standby, client, caplog):
    experiment = live_test()
    standby.catch_up()
    expected = report_to_show(experiment)
    client.force_login(factories.make_user(experiment.store))
    standby.stop()
    try:
        report = report_to_show(experiment)
        assert report.as_json() == expected.as_json() | {"taken_at": report.as_json()["taken_at"]}
        page = client.get(reverse("dashboard:experiments"))
        assert page.status_code == 200
        assert "The reports database can&#x27;t be used at the moment." in page.content.decode()
        assert caplog.text.count("the replica") == 1  # not asked again, nor said, for half a minute
    finally:
        standby.start()
    replica.outage.end()
    standby.catch_up()
    assert read_late(alias) == REPLICA


def test_data_as_of_without_a_replica_is_now(monkeypatch):
    monkeypatch.setattr(replica, "has_replica", lambda: False)
    before = timezone.now()
    assert before <= data_as_of() <= timezone.now()
    assert read_late(alias) == "default"
    assert note.note_text() == ""


def test_copy_takes_parameters_while_statements_are_logged_too():
    with CaptureQueriesContext(connection), copy_out("COPY (SELECT %s::int) TO STDOUT", [7]) as copy:
        assert list(copy.rows()) == [("7",)]
        assert copy.cursor.rowcount == 1
