"""Secrets that were replaced: each stays valid for a while, so that whoever uses it can change over.

A model keeps the one before the current in columns of its own. Those before that one are in a list, so that replacing a
secret twice doesn't cut off who still uses the first.
"""

from collections.abc import Iterable
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
    return [Expiring(one["secret"], datetime.fromisoformat(one["expires_at"])) for one in older]


def valid(secrets: Iterable[Expiring], now: datetime) -> list[str]:
    """Return the secrets that haven't ended."""
    return [one.secret for one in unexpired(secrets, now)]


def unexpired(secrets: Iterable[Expiring], now: datetime) -> list[Expiring]:
    """Leave out what has ended."""
    return [one for one in secrets if now < one.expires_at]


def kept(older: Iterable[Retired], previous: str, expires_at: datetime | None, now: datetime) -> list[Retired]:
    """Return the list once the previous secret has made room for another: the newest first, none that has ended."""
    secrets = expiring(older)
    if previous and expires_at is not None:
        secrets.insert(0, Expiring(previous, expires_at))
    return [one.stored() for one in unexpired(secrets, now)]
