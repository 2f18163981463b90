"""The index of a published configuration: the document of each store, by its digest.

It is small, so that who follows the configuration looks at it often, and fetches the documents of changed stores only.
"""

from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from checkout_widgets.edge.publication import sealing
from checkout_widgets.edge.publication.sealing import Unsealed

INDEX_NAME = "index"
FORMAT = 1  # raised where an edge of the release before would read it wrongly
# Bounds for whoever reads: of a hundred thousand stores, and of a store with some thousands of tests.
MAX_INDEX_BYTES = 32_000_000
MAX_DOCUMENT_BYTES = 32_000_000
DIGEST_LENGTH = 32  # of the file's name: 128 bits of the SHA-256, half of them against collisions on purpose


class BadIndex(ValueError):
    """An index that can't be read, although it is sealed: it is of another release."""


class PublishedStore(Struct, frozen=True, array_like=True):
    """A store's document: since which version of the configuration, and the SHA-256 of the file and of its content."""

    id: int
    version: int
    digest: str
    content_digest: str

    @property
    def file_name(self) -> str:
        """The document's file below the index's folder. Another content has another name: none ever changes."""
        return f"stores/{self.id}-{self.digest[:DIGEST_LENGTH]}"


class Index(Struct, frozen=True):
    """What is published.

    ``version`` is the configuration's in the database. ``serial`` grows with everything that is published, by the clock
    where it can: also after a database was restored, whose versions are counted again.
    """

    serial: int
    version: int
    published_at: datetime
    stores: tuple[PublishedStore, ...]
    format: int = FORMAT

    def by_id(self) -> dict[int, PublishedStore]:
        """Return the stores by id."""
        return {store.id: store for store in self.stores}


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Index)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 in hex."""
    return sha256(content).hexdigest()


def seal_index(index: Index) -> bytes:
    """Return the index as its file."""
    return sealing.seal(_encode(index), INDEX_NAME)


def unseal_index(sealed: bytes) -> tuple[Index, bool]:
    """Return the index of a file, and whether the present key sealed it. Raises ``NotSealedByUs``, ``BadIndex``."""
    content, is_current = sealing.unseal(sealed, INDEX_NAME)
    try:
        index = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadIndex(f"The index can't be read: {error}") from error
    if index.format != FORMAT:
        raise BadIndex(f"The index has format {index.format}, and this release reads {FORMAT}.")
    return index, is_current


def seal_document(store_id: int, document: bytes) -> bytes:
    """Return a store's document as its file."""
    return sealing.seal(document, sealed_name(store_id))


def unseal_document(store_id: int, sealed: bytes) -> Unsealed:
    """Return what the file of a store's document holds. Raises ``NotSealedByUs``."""
    return sealing.unseal(sealed, sealed_name(store_id))


def sealed_name(store_id: int) -> str:
    """Return the name that the seal of a store's document covers."""
    return f"stores/{store_id}"
