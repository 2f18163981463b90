"""Follows a published configuration: what an edge answers from where it doesn't ask the database.

What is older than the configuration in hand, changed on its way, or sealed by somebody else is refused, and the last
good one stays. Each refusal is counted once, and ``live_configuration.py`` logs it once.
"""

import logging
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

from checkout_widgets.edge import loading
from checkout_widgets.edge.configuration import Configuration, StoreConfiguration
from checkout_widgets.edge.publication.documents import BadDocument, rows_of
from checkout_widgets.edge.publication.folder import ConfigurationFolder, IndexFile, Unreadable
from checkout_widgets.edge.publication.index import (
    BadIndex,
    Index,
    PublishedStore,
    digest_of,
    unseal_document,
    unseal_index,
)
from checkout_widgets.edge.publication.sealing import NotSealedByUs
from checkout_widgets.edge.publication.server import ConfigurationServer

logger = logging.getLogger(__name__)

COPY_FOLDER = "configuration_copy"  # below the data folder: what an edge begins with when nothing else answers
# Several servers of one configuration, or the caches of one, aren't all as far at the same moment: what was replaced a
# moment ago is not taken, but nobody is told of it.
CATCHING_UP = timedelta(seconds=30)
TAMPERED, OLDER, UNKNOWN_FORMAT = "tampered", "older", "unknown_format"
REASONS = (TAMPERED, OLDER, UNKNOWN_FORMAT)


class Refused(Exception):
    """A configuration that isn't taken; ``reason`` is one of ``REASONS``.

    ``is_known`` where the same was refused before: of several servers one may be behind for long.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_known = False


class ConfigurationPlace(Protocol):
    """Where a configuration is published."""

    def read_index(self, etag: str = "") -> IndexFile | None:
        """Return the index; None where it is still the one of this tag. Raises ``Unreadable``."""

    def read_document(self, name: str) -> bytes:
        """Return the file of a document. Raises ``Unreadable``."""


def place_of(url: str) -> ConfigurationPlace:
    """Return the place that ``CONFIGURATION_URL`` names; the edge's key goes to servers alone."""
    if url.startswith("file://"):
        return ConfigurationFolder(Path(unquote(urlsplit(url).path)))
    return ConfigurationServer(url, next(iter(settings.EDGE_KEYS), ""))


class PublicationFollower:
    """The newest configuration that was published, and the stores made of it; ``copy`` is where it is kept."""

    def __init__(self, place: ConfigurationPlace, copy: ConfigurationFolder | None) -> None:
        self.place = place
        self.copy = copy
        self.index: Index | None = None
        self.etag = ""
        self.stores: dict[int, StoreConfiguration] = {}
        self.refusals: Counter[str] = Counter()
        self.refused = ""  # the digest of the index that was refused and counted last
        self.taken_at = datetime.now(UTC)  # when the index was taken, by our clock: the worker's may be another one
        self.heard_at: datetime | None = None  # when the place last had the newest configuration for us
        self.is_copy_failing = False

    def load(self) -> Configuration:
        """Return the newest configuration, that of the copy where the place has none for us.

        Raises ``Unreadable`` or ``Refused`` where there is neither.
        """
        self.take_copy()
        try:
            self.catch_up()
        except (Unreadable, Refused) as error:
            if self.index is None:
                raise
            logger.warning("The edge begins with the configuration of %s: %s", self.index.published_at, error)
        return self.configuration()

    def take_copy(self) -> None:
        """Begin with the copy on this machine, where there is one that can be read."""
        if self.copy is None or self.index is not None:
            return
        try:
            file = self.copy.read_index()
            if file is not None:
                index, _is_current = unsealed(file.sealed)
                self.take(index, self.copy)
        except (Unreadable, Refused) as error:  # there is none yet, or it is damaged: the place has a whole one
            logger.info("There is no copy of the configuration to begin with: %s", error)

    def catch_up(self, known: Configuration | None = None) -> Configuration:
        """Return the newest configuration, ``known`` itself where nothing has changed.

        Raises ``Unreadable`` and ``Refused``; then the one before stays.
        """
        file = self.place.read_index(self.etag)
        is_changed = file is not None and self.take_unless_refused(file)
        self.heard_at = datetime.now(UTC)
        if known is not None and not is_changed:
            return known
        return self.configuration()

    def take_unless_refused(self, file: IndexFile) -> bool:
        """Take the index, with the documents of changed stores, and return whether stores differ then.

        Raises ``Unreadable`` and ``Refused``.
        """
        try:
            return self.take_if_newer(file)
        except Refused as refusal:
            digest = digest_of(file.sealed)
            # Counted once, but tried again each time: a document that was half copied is whole a moment later.
            refusal.is_known = digest == self.refused
            if not refusal.is_known:
                self.refusals[refusal.reason] += 1
            self.refused = digest
            raise

    def take_if_newer(self, file: IndexFile) -> bool:
        """Take the index where it is the next one, and return whether stores differ then."""
        index, _is_current = unsealed(file.sealed)
        before = self.index
        if before is not None and index.serial < before.serial:
            return self.refuse_older(index, before)
        self.take(index, self.place)
        self.etag, self.taken_at = file.etag, datetime.now(UTC)
        if before is None or before.serial != index.serial:
            self.keep(before, index, file.sealed)
        return before is None or (before.version, before.stores) != (index.version, index.stores)

    def refuse_older(self, index: Index, known: Index) -> bool:
        """Raise ``Refused``; or return False, where the place is only about to have the newer one."""
        if datetime.now(UTC) - self.taken_at < CATCHING_UP:
            return False
        raise Refused(
            OLDER,
            f"What is published is older than what this edge has: {index.published_at} instead of "
            f"{known.published_at}. Publish the newest again. If the clock of the worker's machine was ahead, "
            f"delete {COPY_FOLDER} in the edge's data folder and start the edge again.",
        )

    def take(self, index: Index, place: ConfigurationPlace) -> None:
        """Make the configuration of this index, of what is known and of documents that are fetched.

        Nothing is changed before all of it is there. Raises ``Unreadable`` and ``Refused``.
        """
        known: dict[int, PublishedStore] = {}
        if self.index is not None:
            known = self.index.by_id()
        stores = {}
        for published in index.stores:
            before = known.get(published.id)
            if before is not None and before.content_digest == published.content_digest:
                stores[published.id] = self.stores[published.id]
            else:
                stores[published.id] = store_of(published, self.document(published, place))
        self.index, self.stores = index, stores

    def document(self, published: PublishedStore, place: ConfigurationPlace) -> bytes:
        """Return the file of a document, from the copy where another process of this machine has fetched it.

        Raises ``Unreadable`` and ``Refused``.
        """
        name = published.file_name
        if self.copy is not None and self.copy.has_document(name):
            sealed = self.copy.read_document(name)
            if digest_of(sealed) == published.digest:
                return sealed
        sealed = place.read_document(name)
        if digest_of(sealed) != published.digest:
            raise Refused(TAMPERED, f"{name} isn't what the index names.")
        if self.copy is not None:
            with suppress(OSError):  # told of when the index is copied
                self.copy.write_document(name, sealed)
        return sealed

    def configuration(self) -> Configuration:
        """Return the configuration of what was taken last."""
        if self.index is None:
            raise Unreadable("No configuration has arrived yet.")
        return loading.configuration_of(list(self.stores.values()), self.index.version)

    def keep(self, before: Index | None, index: Index, sealed: bytes) -> None:
        """Copy the configuration to this machine, for the next start; without room the edge goes on all the same."""
        if self.copy is None:
            return
        try:
            with self.copy.only_writer() as is_writing:
                if is_writing and not self.is_copied(index):  # else another process is just doing the same
                    self.write_copy(before, index, sealed)
        except (OSError, Unreadable, Refused) as error:
            if not self.is_copy_failing:
                logger.warning("The configuration can't be copied to %s: %s", self.copy.path, error)
            self.is_copy_failing = True
        else:
            self.is_copy_failing = False

    def write_copy(self, before: Index | None, index: Index, sealed: bytes) -> None:
        """Write the documents, then the index. Raises ``OSError``, ``Unreadable`` and ``Refused``."""
        assert self.copy is not None
        for published in index.stores:
            if not self.copy.has_document(published.file_name):  # sealed anew, or somebody has emptied the copy
                self.document(published, self.place)
        self.copy.write_index(sealed)
        self.copy.forget_unnamed(before, index)

    def is_copied(self, index: Index) -> bool:
        """Return whether the copy is this configuration already, or a newer one."""
        assert self.copy is not None
        try:
            file = self.copy.read_index()
            return file is not None and unsealed(file.sealed)[0].serial >= index.serial
        except (Unreadable, Refused):
            return False


def unsealed(sealed: bytes) -> tuple[Index, bool]:
    """Return the index of a file. Raises ``Refused``."""
    try:
        return unseal_index(sealed)
    except NotSealedByUs as error:
        raise Refused(TAMPERED, f"What is published isn't ours. {error}") from error
    except BadIndex as error:
        raise Refused(UNKNOWN_FORMAT, f"What is published is of another release: {error}") from error


def store_of(published: PublishedStore, sealed: bytes) -> StoreConfiguration:
    """Return the store of a document's file. Raises ``Refused``."""
    try:
        document = unseal_document(published.id, sealed).content
        store = loading.store_of(rows_of(document))
    except NotSealedByUs as error:
        raise Refused(TAMPERED, f"{published.file_name} isn't ours. {error}") from error
    except BadDocument as error:
        raise Refused(UNKNOWN_FORMAT, str(error)) from error
    return store
