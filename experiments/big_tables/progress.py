"""What a migration says while it works, to whoever runs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Say = Callable[[str], None]


def say_nothing(text: str) -> None:
    """Say nothing: where migrations run without ``manage.py migrate``, as in tests."""


speaker: ContextVar[Say] = ContextVar("speaker", default=say_nothing)


def say(text: str) -> None:
    """Say how far the work is."""
    speaker.get()(text)


@contextmanager
def listened_to_by(listener: Say) -> Iterator[None]:
    """Have what is said given to the listener."""
    previous = speaker.set(listener)
    try:
        yield
    finally:
        speaker.reset(previous)
