"""The configuration followed as published files: no database is asked, and none is needed to start."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from checkout_widgets.edge import live_configuration
from checkout_widgets.edge.publication.folder import ConfigurationFolder, Unreadable
from checkout_widgets.edge.publication.follower import Refused
from checkout_widgets.edge.publication.publisher import Publisher, PublisherThread
from checkout_widgets.models import Offer
from tests import factories
from tests.checkout_widgets.edge.database_connections import other_connections
from tests.waiting import wait_until


@pytest.fixture
def folder(following, settings, tmp_path, monkeypatch) -> ConfigurationFolder:
    """A folder that the edge follows, in which nothing is published yet."""
    folder = ConfigurationFolder(tmp_path / "published")
    settings.CONFIGURATION_URL = f"file://{folder.path}"
    monkeypatch.setattr(live_configuration, "COPY_FOLDER", str(tmp_path / "copy"))
    return folder


@pytest.fixture
def published(folder) -> Iterator[PublisherThread]:
    """The worker's thread at work, and an edge that follows what it publishes."""
    thread = PublisherThread(folder)
    thread.start()
    wait_until((folder.path / "index").exists, 20)
    live_configuration.forget()
    yield thread
    thread.stop()


@pytest.mark.django_db(transaction=True)
def test_published_change_is_followed_and_asks_no_database(published):
    store = factories.make_live_experiment().store
    assert live_configuration.current() is not None
    Offer.objects.update(price_minor=7)

    def price() -> int | None:
        known = live_configuration.current().by_site_key.get(store.site_key)
        return known.tests["cart"][0].offers[0].price_minor if known and known.tests else None

    wait_until(lambda: price() == 7, 20)  # how soon is measured by bench.followers
    assert other_connections() == 1  # the publisher's


@pytest.mark.django_db(transaction=True)
def test_published_edge_without_a_configuration_answers_503_at_once_and_takes_the_first_that_comes(
    folder, client, caplog
):
    store = factories.make_live_experiment().store
    live_configuration.forget()
    body = {"key": store.site_key, "visitor_id": "v_1", "moments": ["cart"]}

    def status() -> int:
        answer = client.post("/v1/decide", body, content_type="application/json")
        if answer.status_code == 503:
            assert answer["Retry-After"] == "5"
        return int(answer.status_code)

    assert [status(), status()] == [503, 503]
    Publisher(folder).publish_changes(datetime.now(UTC))
    wait_until(lambda: status() == 200, 20)
    messages = [message[:33] for message in caplog.messages if message.startswith("The edge")]
    assert messages == ["The edge has no configuration yet", "The edge follows the configuratio"]


def test_failures_are_logged_once_each_until_they_are_over(caplog):
    live = live_configuration.LiveConfiguration()
    away, changed = Unreadable("It doesn't answer."), Refused("tampered", "It isn't ours.")
    for error in (away, away, changed, changed, away):
        live.note_failure(error)
    live.note_success()
    live.note_success()
    changed.is_known = True  # one of several servers is behind, and the others aren't
    live.note_failure(changed)
    live.note_success()
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "It doesn't answer.",
        "It isn't ours.",
        "It doesn't answer.",
        "",
    ]
