"""What a message carries through a provider, so that whatever is said of it finds it: nothing names a person."""

import re
from dataclasses import dataclass

MARK_NAME = "message"
DIGEST_DIGITS = 12
MARK = re.compile(rf"([0-9]{{1,18}})-([0-9]{{1,18}})-([0-9a-f]{{{DIGEST_DIGITS}}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class MessageMark:
    """A message of a store, and the beginning of its address's digest.

    The digest's key is this installation's, so that a mark of another one with the same numbers isn't taken for ours.
    """

    store_id: int
    message_id: int
    digest: str

    def __str__(self) -> str:
        return f"{self.store_id}-{self.message_id}-{self.digest}"

    @classmethod
    def of(cls, store_id: int, message_id: int, address_digest: str) -> "MessageMark":
        """Return the mark of a message."""
        return cls(store_id, message_id, address_digest[:DIGEST_DIGITS])

    @classmethod
    def read(cls, text: str) -> "MessageMark | None":
        """Return what a mark says; None where the text is none."""
        found = MARK.fullmatch(text)
        if found is None:
            return None
        return cls(int(found[1]), int(found[2]), found[3])
