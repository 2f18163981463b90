"""Publishes the configuration: the worker looks at its version twice a second, and writes what changed into a folder.

One process writes at a time: of several workers on one machine the others wait until it ends, and ask the database
nothing. The index is written anew every minute although nothing changed, so that edges can tell a configuration that is
the newest from one that has stopped coming.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import connection

from checkout_widgets.edge import loading
from checkout_widgets.edge.publication.documents import document_of
from checkout_widgets.edge.publication.folder import ConfigurationFolder, Unreadable
from checkout_widgets.edge.publication.index import (
    MAX_DOCUMENT_BYTES,
    BadIndex,
    Index,
    PublishedStore,
    digest_of,
    seal_document,
    seal_index,
    unseal_index,
)
from checkout_widgets.edge.publication.sealing import NotSealedByUs
from checkout_widgets.edge.rows import StoreRows, read_rows
from config.database_trouble import in_one_line

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5  # two queries a second, however many edges follow
CONFIRM_EVERY = timedelta(minutes=1)
SEAL_BYTES = 1_000  # more than a seal adds to a document


class Publisher:
    """Writes the configuration into a folder; ``index`` is what this process knows to be there."""

    def __init__(self, folder: ConfigurationFolder) -> None:
        self.folder = folder
        self.index: Index | None = None

    def publish_changes(self, now: datetime) -> Index:
        """Publish what changed, and return what is published then.

        Raises ``django.db.Error``, and ``OSError`` where the folder can't be written to.
        """
        if self.index is None:
            return self.publish_all(now)
        if loading.current_version() != self.index.version:
            with loading.one_moment():
                version = loading.current_version()
                changed = loading.stores_changed_since(self.index.version, version)
                return self.publish(read_rows(changed), version, now, changed=changed)
        if now - self.index.published_at >= CONFIRM_EVERY:
            return self.write(self.index, self.index.version, self.index.stores, now)
        return self.index

    def publish_all(self, now: datetime) -> Index:
        """Publish all stores: those that are published as they are now keep their documents.

        What lies in the folder may be of another release, of another database, or sealed with a key that was replaced.
        """
        before = self.published()
        with loading.one_moment():
            version = loading.current_version()
            rows = read_rows()
        if before is None:
            return self.write(None, version, self.documents(rows, {}, version), now)
        self.index = before
        return self.publish(rows, version, now, changed=None)

    def published(self) -> Index | None:
        """Return what is in the folder, where this process may go on from it."""
        try:
            file = self.folder.read_index()
            if file is None:
                return None
            index, is_current = unseal_index(file.sealed)
        except (Unreadable, NotSealedByUs, BadIndex) as error:
            logger.info("Nothing is published that could be gone on from: %s", error)
            return None
        if not is_current:  # the key was replaced: every document is sealed anew, in an index that comes after this one
            return msgspec.structs.replace(index, stores=())
        return index

    def publish(self, rows: Iterable[StoreRows], version: int, now: datetime, *, changed: set[int] | None) -> Index:
        """Publish these stores beside those that haven't changed; ``changed`` is None where these are all."""
        assert self.index is not None
        known = self.index.by_id()
        stores = {}
        if changed is not None:
            stores = {store_id: store for store_id, store in known.items() if store_id not in changed}
        for store in self.documents(rows, known, version):
            stores[store.id] = store
        return self.write(self.index, version, tuple(stores.values()), now)

    def documents(
        self, rows: Iterable[StoreRows], known: dict[int, PublishedStore], version: int
    ) -> tuple[PublishedStore, ...]:
        """Write the documents of these stores, and return what the index says of each."""
        stores = []
        for store in rows:
            before = known.get(store.store.pk)
            published = self.published_store(store, before, version)
            if published is not None:
                stores.append(published)
        return tuple(stores)

    def published_store(self, store: StoreRows, before: PublishedStore | None, version: int) -> PublishedStore | None:
        """Write a store's document where it says something else than the one before; None where there is none."""
        document = document_of(store)
        if len(document) + SEAL_BYTES > MAX_DOCUMENT_BYTES:
            slug, size = store.store.slug, len(document)
            logger.error(
                "The configuration of store %s has %d bytes, more than edges take. Let fewer tests run in it.",
                slug,
                size,
            )
            return before
        is_same = before is not None and before.content_digest == digest_of(document)
        if before is not None and is_same and self.folder.has_document(before.file_name):
            return before
        return self.write_document(store.store.pk, document, version)

    def write_document(self, store_id: int, document: bytes, version: int) -> PublishedStore:
        """Seal and write a document. Raises ``OSError``."""
        sealed = seal_document(store_id, document)
        store = PublishedStore(store_id, version, digest_of(sealed), digest_of(document))
        self.folder.write_document(store.file_name, sealed)
        return store

    def write(self, before: Index | None, version: int, stores: tuple[PublishedStore, ...], now: datetime) -> Index:
        """Write the index, and forget documents of long ago. Raises ``OSError``."""
        serial = int(now.timestamp() * 1_000)
        if before is not None:
            serial = max(serial, before.serial + 1)  # also where the clock was set back
        index = Index(serial, version, now, stores)
        self.folder.write_index(seal_index(index))
        self.index = index
        self.folder.forget_unnamed(before, index)
        return index


class PublisherThread:
    """Publishes until it is stopped; a failure is logged when it begins and when it is over."""

    def __init__(self, folder: ConfigurationFolder) -> None:
        self.folder = folder
        self.is_stopping = threading.Event()
        self.is_failing = False
        self.thread = threading.Thread(target=self.run, name="configuration-publisher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def stop(self) -> None:
        """End, with what is being written."""
        self.is_stopping.set()
        self.thread.join()

    def run(self) -> None:
        """Publish as long as no other process does."""
        while not self.is_stopping.is_set():
            try:
                # one writer: two would each delete what only the other one's index names
                with self.folder.only_writer() as is_writing:
                    if is_writing:
                        self.publish_until_stopped(Publisher(self.folder))
            except Exception as error:  # whatever happens, the next attempt begins anew
                self.note_failure(error)
            finally:
                connection.close()
            self.is_stopping.wait(LOOK_EVERY_S)

    def publish_until_stopped(self, publisher: Publisher) -> None:
        """Publish each change. Raises what goes wrong."""
        while True:
            publisher.publish_changes(datetime.now(UTC))
            if self.is_failing:
                logger.warning("The configuration is published again.")
            self.is_failing = False
            if self.is_stopping.wait(LOOK_EVERY_S):
                return

    def note_failure(self, error: Exception) -> None:
        """Log that nothing can be published, once."""
        if not self.is_failing:
            logger.error("The configuration can't be published: %s", in_one_line(error))
        self.is_failing = True
