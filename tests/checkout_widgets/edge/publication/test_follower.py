"""What an edge takes, and what it refuses: it always has the last good configuration."""

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from checkout_widgets.edge import loading
from checkout_widgets.edge.publication import follower as followers
from checkout_widgets.edge.publication.folder import ConfigurationFolder, IndexFile, Unreadable
from checkout_widgets.edge.publication.follower import OLDER, TAMPERED, UNKNOWN_FORMAT, PublicationFollower, Refused
from checkout_widgets.edge.publication.index import Index, digest_of, seal_document, seal_index, unseal_index
from checkout_widgets.edge.publication.publisher import Publisher
from checkout_widgets.edge.publication.server import ConfigurationServer
from checkout_widgets.models import Offer
from experiments.models import Store
from tests import factories
from tests.checkout_widgets.edge.publication.conftest import LONG_AGO

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class CountingFolder(ConfigurationFolder):
    """A folder that knows which documents were read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.documents: list[str] = []

    def read_document(self, name: str) -> bytes:
        self.documents.append(name)
        return super().read_document(name)


def price_of(follower: PublicationFollower, store: Store) -> int:
    [offer] = follower.stores[store.pk].tests["cart"][0].offers
    return offer.price_minor


def sealed_index(folder: ConfigurationFolder) -> bytes:
    file = folder.read_index()
    assert file is not None
    return file.sealed


def test_change_fetches_the_changed_stores_document_alone(publisher, folder):
    changed, kept = (factories.make_live_experiment().store for _ in range(2))
    publisher.publish_changes(LONG_AGO)
    place = CountingFolder(folder.path)
    follower = PublicationFollower(place, None)
    before = follower.load()
    assert before.version == loading.current_version()
    place.documents.clear()
    Offer.objects.filter(store=changed).update(price_minor=5)
    published = publisher.publish_changes(LONG_AGO + MINUTE)
    after = follower.catch_up(before)
    assert place.documents == [published.by_id()[changed.pk].file_name]
    assert after.by_site_key[kept.site_key] is before.by_site_key[kept.site_key]
    assert price_of(follower, changed) == 5


def test_what_is_the_same_is_the_configuration_in_hand(publisher, follower):
    factories.make_live_experiment()
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    assert follower.catch_up(known) is known
    publisher.publish_changes(LONG_AGO + MINUTE)  # confirmed, and nothing else
    assert follower.catch_up(known) is known
    assert follower.index.published_at == LONG_AGO + MINUTE


def test_configuration_is_that_of_the_database(publisher, follower):
    store = factories.make_live_experiment().store
    store.rotate_secret_key()
    factories.make_store()
    publisher.publish_changes(LONG_AGO)
    followed, loaded = follower.load(), loading.load()
    assert (followed.version, followed.origins) == (loaded.version, loaded.origins)
    assert list(followed.by_site_key) == list(loaded.by_site_key)
    assert set(followed.by_secret) == set(loaded.by_secret)
    assert store.secret_key not in repr(followed)


def test_deleted_store_is_known_no_more(publisher, follower):
    gone, kept = factories.make_store(), factories.make_store()
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    gone.delete()
    publisher.publish_changes(LONG_AGO + MINUTE)
    assert set(follower.catch_up(known).by_site_key) == {kept.site_key}


@pytest.fixture
def nobody_catching_up(monkeypatch):
    """What was taken a moment ago is as if it had been long ago."""
    monkeypatch.setattr(followers, "CATCHING_UP", timedelta())


@pytest.mark.usefixtures("nobody_catching_up")
def test_older_index_is_refused_counted_once_and_the_last_good_one_stays(publisher, folder, follower):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    old = sealed_index(folder)
    Offer.objects.update(price_minor=5)
    publisher.publish_changes(LONG_AGO + MINUTE)
    known = follower.load()
    folder.write_index(old)
    for _ in range(3):
        with pytest.raises(Refused, match="older than what this edge has") as refused:
            follower.catch_up(known)
        assert refused.value.reason == OLDER
    assert follower.refusals == {OLDER: 1}
    assert (price_of(follower, store), follower.configuration().version) == (5, known.version)
    assert publisher.publish_changes(LONG_AGO + 3 * MINUTE)
    assert follower.catch_up(known) is known
    assert follower.index.serial > unseal_index(old)[0].serial


@pytest.mark.usefixtures("nobody_catching_up")
def test_older_index_that_comes_again_and_again_is_counted_once(publisher, folder, follower):
    """As where one of two servers has stopped."""
    factories.make_live_experiment()
    publisher.publish_changes(LONG_AGO)
    old = sealed_index(folder)
    publisher.publish_changes(LONG_AGO + MINUTE)
    new = sealed_index(folder)
    known = follower.load()
    are_known = []
    for _ in range(3):
        folder.write_index(old)
        with pytest.raises(Refused) as refused:
            follower.catch_up(known)
        are_known.append(refused.value.is_known)
        folder.write_index(new)
        assert follower.catch_up(known) is known
    assert (are_known, follower.refusals) == ([False, True, True], {OLDER: 1})


def test_older_index_of_a_server_that_is_a_moment_behind_is_neither_taken_nor_told(publisher, folder, follower):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    old = sealed_index(folder)
    Offer.objects.update(price_minor=5)
    publisher.publish_changes(LONG_AGO + MINUTE)  # by a clock that is behind
    known = follower.load()
    folder.write_index(old)
    assert follower.catch_up(known) is known
    assert (price_of(follower, store), follower.refusals) == (5, {})


def tamper_with_the_index(folder: ConfigurationFolder, index: Index) -> None:
    sealed = bytearray(sealed_index(folder))
    sealed[-1] ^= 1
    folder.write_index(bytes(sealed))


def tamper_with_a_document(folder: ConfigurationFolder, index: Index) -> None:
    file = folder.path / index.stores[0].file_name
    sealed = bytearray(file.read_bytes())
    sealed[20] ^= 1
    file.write_bytes(bytes(sealed))


def exchange_two_stores_documents(folder: ConfigurationFolder, index: Index) -> None:
    """As somebody could who holds the key of another purpose: digests that fit, documents of the other store."""
    one, other = index.stores
    bodies = [(folder.path / store.file_name).read_bytes() for store in (other, one)]
    moved = []
    for store, body in zip(index.stores, bodies, strict=True):
        moved.append(msgspec.structs.replace(store, digest=digest_of(body)))
        folder.write_document(moved[-1].file_name, body)
    folder.write_index(seal_index(msgspec.structs.replace(index, stores=tuple(moved))))


def put_a_page_there(folder: ConfigurationFolder, index: Index) -> None:
    folder.write_index(b"<!doctype html><title>Log in to the network</title>")


TAMPERING = [tamper_with_the_index, tamper_with_a_document, exchange_two_stores_documents, put_a_page_there]


@pytest.mark.slow
@pytest.mark.parametrize("tamper", TAMPERING)
def test_what_was_changed_is_refused_counted_once_and_the_last_good_one_stays(publisher, folder, follower, tamper):
    for _ in range(2):
        factories.make_live_experiment()
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    Offer.objects.update(price_minor=5)
    tamper(folder, publisher.publish_changes(LONG_AGO + MINUTE))
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            follower.catch_up(known)
        assert refused.value.reason == TAMPERED
    assert follower.refusals == {TAMPERED: 1}
    assert {price_of(follower, store) for store in Store.objects.all()} == {990}
    Offer.objects.update(price_minor=6)
    Publisher(folder).publish_changes(LONG_AGO + 2 * MINUTE)
    follower.catch_up(known)
    assert {price_of(follower, store) for store in Store.objects.all()} == {6}


def test_another_releases_document_is_refused_as_such(publisher, folder, follower):
    factories.make_live_experiment()
    index = publisher.publish_changes(LONG_AGO)
    body = seal_document(index.stores[0].id, b'{"format": 99}')
    store = msgspec.structs.replace(index.stores[0], digest=digest_of(body))
    folder.write_document(store.file_name, body)
    folder.write_index(seal_index(msgspec.structs.replace(index, stores=(store,))))
    with pytest.raises(Refused, match="format is 99") as refused:
        follower.load()
    assert refused.value.reason == UNKNOWN_FORMAT


def test_document_that_was_half_copied_is_taken_once_it_is_whole(publisher, folder, follower):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    Offer.objects.update(price_minor=5)
    [published] = publisher.publish_changes(LONG_AGO + MINUTE).stores
    file = folder.path / published.file_name
    body = file.read_bytes()
    file.write_bytes(body[:100])
    with pytest.raises(Refused):
        follower.catch_up(known)
    file.write_bytes(body)
    follower.catch_up(known)
    assert price_of(follower, store) == 5


def test_place_of_a_folder_is_its_path_and_of_an_address_its_server(settings):
    settings.EDGE_KEYS = ["first-key", "second-key"]
    folder = followers.place_of("file:///srv/a%20folder")
    assert isinstance(folder, ConfigurationFolder)
    assert str(folder.path) == "/srv/a folder"
    server = followers.place_of("https://offers.example/edge-configuration")
    assert isinstance(server, ConfigurationServer)
    assert server.headers["Authorization"] == "Bearer first-key"


def test_document_that_has_not_arrived_yet_is_waited_for(publisher, folder, follower):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    Offer.objects.update(price_minor=5)
    [published] = publisher.publish_changes(LONG_AGO + MINUTE).stores
    file = folder.path / published.file_name
    body = file.read_bytes()
    file.unlink()  # as where a bucket is filled, the index first
    with pytest.raises(Unreadable):
        follower.catch_up(known)
    assert (price_of(follower, store), follower.refusals) == (990, {})
    file.write_bytes(body)
    follower.catch_up(known)
    assert price_of(follower, store) == 5


def test_copy_is_what_the_next_start_begins_with_where_nothing_else_answers(publisher, folder, tmp_path, caplog):
    store = factories.make_live_experiment().store
    publisher.publish_changes(LONG_AGO)
    copy = ConfigurationFolder(tmp_path / "copy")
    PublicationFollower(folder, copy).load()
    Offer.objects.update(price_minor=5)
    newest = publisher.publish_changes(LONG_AGO + MINUTE)
    PublicationFollower(folder, copy).load()
    shutil.rmtree(folder.path)
    follower = PublicationFollower(folder, copy)
    assert follower.load().version == newest.version
    assert price_of(follower, store) == 5
    assert "The edge begins with the configuration of" in caplog.text


@pytest.mark.usefixtures("nobody_catching_up")
def test_copy_keeps_an_old_publication_out_after_a_restart(publisher, folder, tmp_path):
    factories.make_live_experiment()
    publisher.publish_changes(LONG_AGO)
    old = sealed_index(folder)
    copy = ConfigurationFolder(tmp_path / "copy")
    Offer.objects.update(price_minor=5)
    newest = publisher.publish_changes(LONG_AGO + MINUTE)
    PublicationFollower(folder, copy).load()
    folder.write_index(old)
    follower = PublicationFollower(folder, copy)
    assert follower.load().version == newest.version
    assert follower.refusals == {OLDER: 1}
    PublicationFollower(folder, copy).load()
    assert sealed_index(copy) != old


def test_copy_that_is_damaged_is_replaced(publisher, folder, tmp_path):
    factories.make_live_experiment()
    [published] = publisher.publish_changes(LONG_AGO).stores
    copy = ConfigurationFolder(tmp_path / "copy")
    PublicationFollower(folder, copy).load()
    copy.write_index(b"damaged")
    (copy.path / published.file_name).write_bytes(b"damaged")
    assert PublicationFollower(folder, copy).load().version == loading.current_version()
    shutil.rmtree(folder.path)
    assert PublicationFollower(folder, copy).load().version == loading.current_version()


@pytest.mark.slow
def test_copy_without_room_is_told_once_and_costs_nothing(publisher, folder, tmp_path, caplog):
    store = factories.make_live_experiment().store
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    follower = PublicationFollower(folder, ConfigurationFolder(blocked / "copy"))
    publisher.publish_changes(LONG_AGO)
    known = follower.load()
    for number in range(1, 3):
        Offer.objects.update(price_minor=number)
        publisher.publish_changes(LONG_AGO + number * MINUTE)
        known = follower.catch_up(known)
    assert price_of(follower, store) == 2
    assert [message[:30] for message in caplog.messages] == ["The configuration can't be cop"]


def test_processes_of_one_machine_fetch_a_document_once(publisher, folder, tmp_path):
    factories.make_live_experiment()
    publisher.publish_changes(LONG_AGO)
    copy, place = ConfigurationFolder(tmp_path / "copy"), CountingFolder(folder.path)
    for _ in range(3):
        PublicationFollower(place, copy).load()
    assert len(place.documents) == 1


def test_nothing_published_and_no_copy_is_no_configuration(follower):
    with pytest.raises(Unreadable):
        follower.load()


def test_index_file_is_asked_for_by_its_tag(publisher, folder, follower):
    factories.make_store()
    publisher.publish_changes(LONG_AGO)
    follower.load()
    assert isinstance(folder.read_index(), IndexFile)
    assert folder.read_index(follower.etag) is None
