"""Files that come to be whole, one writer at a time, and none that somebody may still need is deleted."""

import os
import time
from datetime import UTC, datetime

import pytest

from checkout_widgets.edge.publication import folder as folders
from checkout_widgets.edge.publication.folder import KEEP_UNNAMED_S, ConfigurationFolder, Unreadable
from checkout_widgets.edge.publication.index import Index, PublishedStore

STORE = PublishedStore(1, 1, "a" * 64, "b" * 64)
NEXT = PublishedStore(1, 2, "c" * 64, "d" * 64)


def index_of(*stores: PublishedStore) -> Index:
    return Index(1, 1, datetime.now(UTC), stores)


def test_index_is_read_again_only_where_it_is_another_one(folder):
    folder.write_index(b"one")
    found = folder.read_index()
    assert found.sealed == b"one"
    assert folder.read_index(found.etag) is None
    folder.write_index(b"two")
    assert folder.read_index(found.etag).sealed == b"two"


def test_index_is_of_a_later_second_than_the_one_before(folder):
    seconds = []
    for sealed in (b"one", b"two", b"six"):
        folder.write_index(sealed)
        seconds.append(int((folder.path / "index").stat().st_mtime))
    assert seconds == sorted(set(seconds))
    assert seconds[0] >= int(time.time()) - 60


def test_folder_without_an_index_can_not_be_read(folder):
    with pytest.raises(Unreadable, match=r"can't be read: No such file"):
        folder.read_index()


@pytest.mark.parametrize(
    "name", ["../secret_key", "stores/../../secret_key", "index", "stores/1-" + "g" * 32, "/etc/passwd"]
)
def test_document_of_a_name_that_is_none_is_not_read(folder, name):
    folder.write_index(b"index")
    with pytest.raises(Unreadable, match="no document of that name"):
        folder.read_document(name)


def test_file_that_is_too_large_is_not_read_whole(folder, monkeypatch):
    monkeypatch.setattr(folders, "MAX_DOCUMENT_BYTES", 10)
    folder.write_document(STORE.file_name, b"x" * 11)
    with pytest.raises(Unreadable, match="more than 10 bytes"):
        folder.read_document(STORE.file_name)


def test_write_that_fails_leaves_the_file_before_and_no_draft(folder, monkeypatch):
    folder.write_index(b"one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.write_index(b"two")
    assert folder.read_index().sealed == b"one"
    assert [file.name for file in folder.path.iterdir()] == ["index"]


def test_unnamed_document_is_kept_for_who_still_reads_the_index_before(folder):
    for store in (STORE, NEXT):
        folder.write_document(store.file_name, b"x")
    long_ago = time.time() - 2 * KEEP_UNNAMED_S
    for file in (folder.path / "stores").iterdir():
        os.utime(file, (long_ago, long_ago))  # published long ago: its time begins when it is replaced
    folder.forget_unnamed(index_of(STORE), index_of(NEXT))
    assert folder.has_document(STORE.file_name)
    os.utime(folder.path / STORE.file_name, (long_ago, long_ago))
    folder.forget_unnamed(index_of(NEXT), index_of(NEXT))
    assert not folder.has_document(STORE.file_name)
    assert folder.has_document(NEXT.file_name)


def test_only_one_process_writes_at_a_time(folder):
    with folder.only_writer() as first, ConfigurationFolder(folder.path).only_writer() as second:
        assert (first, second) == (True, False)
    with folder.only_writer() as third:
        assert third
