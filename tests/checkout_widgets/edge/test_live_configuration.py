"""The configuration in memory, followed by a thread: never far behind the database, and there while that is away."""

import os

import pytest
from django.db import OperationalError, connection

from checkout_widgets.edge import live_configuration, loading
from checkout_widgets.models import Offer
from experiments.models import Status
from tests import factories
from tests.checkout_widgets.edge.configuration_changes import CHANGES
from tests.checkout_widgets.edge.database_connections import other_connections
from tests.waiting import wait_until


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_snapshot_change_of_any_kind_is_followed_within_2_seconds(following, change):
    factories.make_live_experiment()
    before = live_configuration.current()
    CHANGES[change]()
    wait_until(lambda: live_configuration.current() is not before)
    assert live_configuration.current().version > before.version


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_snapshot_paused_experiment_stops_being_served_within_2_seconds(following, client):
    experiment = factories.make_live_experiment()
    body = {"key": experiment.store.site_key, "visitor_id": "v_1", "moments": ["cart"]}

    def reason() -> str | None:
        answer = client.post("/v1/decide", body, content_type="application/json")
        found: str | None = answer.json()["decisions"][0].get("reason")
        return found

    assert reason() is None
    experiment.status = Status.PAUSED
    experiment.save()
    wait_until(lambda: reason() == "paused")


@pytest.mark.django_db(transaction=True)
def test_snapshot_database_outage_keeps_the_last_one_and_is_survived(following, monkeypatch, caplog):
    factories.make_live_experiment()
    before = live_configuration.current()
    calls = []

    def fail():
        calls.append(1)
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(loading, "current_version", fail)
        wait_until(lambda: len(calls) >= 3)
        assert live_configuration.current() is before
    Offer.objects.update(price_minor=1)
    wait_until(lambda: live_configuration.current().version > before.version)
    wait_until(lambda: len(caplog.messages) >= 2)
    assert [message[:19] for message in caplog.messages] == ["The edge keeps the ", "The edge follows th"]


@pytest.mark.django_db(transaction=True)
def test_snapshot_broken_connection_is_replaced(following):
    factories.make_live_experiment()
    before = live_configuration.current()
    wait_until(lambda: other_connections() == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    Offer.objects.update(price_minor=1)
    wait_until(lambda: live_configuration.current().version > before.version)


@pytest.mark.django_db(transaction=True)
def test_snapshot_forgotten_leaves_no_connection(following):
    live_configuration.current()
    wait_until(lambda: other_connections() == 1)
    live_configuration.forget()
    wait_until(lambda: other_connections() == 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_snapshot_forked_process_starts_with_none(following):
    factories.make_live_experiment()
    live_configuration.current()
    child = os.fork()
    if child == 0:
        inherited = live_configuration._live
        os._exit(0 if inherited.configuration is None and inherited.follower is None else 1)
    assert os.waitpid(child, 0)[1] == 0
