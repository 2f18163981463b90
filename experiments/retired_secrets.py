"""Secrets that were replaced: each stays valid for a while, so that whoever uses it can change over.

A model keeps the one before the current in columns of its own. Those before that one are in a list, so that replacing a
secret twice doesn't cut off who still uses the first.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypedDict


class Retired(TypedDict):
    """A secret that was replaced, as it is stored."""

    secret: str
    expires_at: str


class Expiring(NamedTuple):
    """A secret and when it ends."""

    secret: str
    expires_at: datetime

    def stored(self) -> Retired:
        return Retired(secret=self.secret, expires_at=self.expires_at.isoformat())


def expiring(older: Iterable[Retired]) -> list[Expiring]:
    """Return the stored secrets with their times."""
    secrets = []
    for retired in older:
        # JSON has no times, so they are stored as text
        expires_at = datetime.fromisoformat(retired["expires_at"])
        secrets.append(Expiring(retired["secret"], expires_at))
    return secrets


def valid(secrets: Iterable[Expiring], now: datetime) -> list[str]:
    """Return the secrets that haven't ended."""
    texts = []
    for retired in unexpired(secrets, now):
        texts.append(retired.secret)
    return texts


def unexpired(secrets: Iterable[Expiring], now: datetime) -> Iterator[Expiring]:
    """Yield the secrets that haven't ended, in the same order."""
    for retired in secrets:
        if now < retired.expires_at:
            yield retired


def kept(older: Iterable[Retired], previous: str, expires_at: datetime | None, now: datetime) -> list[Retired]:
    """Return the list once the previous secret has made room for another: the newest first, none that has ended."""
    secrets = expiring(older)
    # at the first replacement there is no previous secret, and nothing says when it ends
    if previous and expires_at is not None:
        secrets.insert(0, Expiring(previous, expires_at))
    # what has ended is dropped at each replacement, so that the list can't grow forever
    stored = []
    for retired in unexpired(secrets, now):
        stored.append(retired.stored())
    return stored
