"""The console serves what is published to whoever has an edge's key, and to nobody else."""

from pathlib import Path

import pytest

from checkout_widgets.edge.publication.folder import ConfigurationFolder
from checkout_widgets.edge.publication.follower import PublicationFollower
from checkout_widgets.edge.publication.publisher import Publisher
from checkout_widgets.edge.publication.server import ConfigurationServer
from checkout_widgets.models import Offer
from tests import factories
from tests.checkout_widgets.edge.publication.conftest import LONG_AGO

KEYS = ["the-new-edge-key-of-32-characters", "the-old-edge-key-of-32-characters"]
INDEX = "/edge-configuration/index"


@pytest.fixture
def console(settings, tmp_path: Path, client):
    settings.EDGE_KEYS, settings.CONFIGURATION_FOLDER = KEYS, tmp_path

    def get(path: str = INDEX, key: str = KEYS[0], **headers: str):
        return client.get(path, headers={"Authorization": f"Bearer {key}", **headers})

    return get


@pytest.mark.django_db
def test_index_and_documents_are_served_as_they_are_without_a_query(console, tmp_path, django_assert_num_queries):
    factories.make_live_experiment()
    [store] = Publisher(ConfigurationFolder(tmp_path)).publish_changes(LONG_AGO).stores
    with django_assert_num_queries(0):
        index, document = console(), console(f"/edge-configuration/{store.file_name}")
    assert index.content == (tmp_path / "index").read_bytes()
    assert document.content == (tmp_path / store.file_name).read_bytes()
    assert index["Cache-Control"] == "private, no-cache"
    assert document["Cache-Control"] == "private, max-age=31536000, immutable"


def test_index_is_304_until_it_is_another_one(console, tmp_path):
    folder = ConfigurationFolder(tmp_path)
    folder.write_index(b"one")
    tag = console()["ETag"]
    again = console(**{"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    folder.write_index(b"two")
    changed = console(**{"If-None-Match": tag})
    assert (changed.status_code, changed.content) == (200, b"two")
    assert changed["ETag"] != tag


def test_key_before_goes_on_working_beside_the_new_one(console, tmp_path):
    ConfigurationFolder(tmp_path).write_index(b"one")
    assert [console(key=key).status_code for key in KEYS] == [200, 200]


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", f"Basic {KEYS[0]}", f"Bearer {KEYS[0]}x", f"Bearer {KEYS[0]} {KEYS[1]}"]
)
def test_without_a_key_nothing_is_served(console, client, tmp_path, given):
    ConfigurationFolder(tmp_path).write_index(b"one")
    refused = client.get(INDEX, headers={"Authorization": given})
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert b"EDGE_KEYS" in refused.content


def test_where_no_key_is_set_there_is_no_such_page(console, client, settings, tmp_path):
    ConfigurationFolder(tmp_path).write_index(b"one")
    settings.EDGE_KEYS = []
    assert console().status_code == 404
    assert console(key="").status_code == 404


def test_nothing_published_yet_says_what_to_do(console):
    answer = console()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"Start the worker" in answer.content


@pytest.mark.parametrize("name", ["stores/1-" + "a" * 32, "../secret_key", "..%2fsecret_key", "stores/", ".lock", ""])
def test_other_names_are_not_found(console, tmp_path, name):
    (tmp_path / ".lock").touch()
    (tmp_path.parent / "secret_key").write_text("secret")
    assert console(f"/edge-configuration/{name}").status_code == 404


def test_nothing_can_be_written(console, client, settings):
    assert client.post(INDEX, headers={"Authorization": f"Bearer {KEYS[0]}"}).status_code == 405


def test_edge_does_not_serve_it():
    from config import urls_edge

    assert "edge-configuration" not in repr(urls_edge.urlpatterns)


@pytest.mark.django_db(transaction=True)
def test_edge_follows_the_console_over_http(live_server, settings, tmp_path):
    settings.EDGE_KEYS, settings.CONFIGURATION_FOLDER = KEYS, tmp_path
    store = factories.make_live_experiment().store
    publisher = Publisher(ConfigurationFolder(tmp_path))
    publisher.publish_changes(LONG_AGO)
    server = ConfigurationServer(f"{live_server.url}/edge-configuration", KEYS[1])
    follower = PublicationFollower(server, None)
    known = follower.load()
    assert follower.catch_up(known) is known
    assert server.read_index(follower.etag) is None
    Offer.objects.update(price_minor=5)
    publisher.publish_changes(LONG_AGO)
    follower.catch_up(known)
    [offer] = follower.stores[store.pk].tests["cart"][0].offers
    assert offer.price_minor == 5
    server.close()
