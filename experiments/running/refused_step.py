"""A step of a test's life that can't be taken."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.functional import lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class LifecycleError(Exception):
    """The step can't be taken; ``code`` says why for programs, the text for people.

    A text that may be kept is a lazy one: the worker, which takes planned steps, works in English, and the trail is
    read in other languages, too.
    """

    def __init__(self, code: str, message: "StrOrPromise") -> None:
        super().__init__(message)
        self.code = code


def written_when_read(write: Callable[[], str]) -> "StrOrPromise":
    """Return a text that is written each time it is read, in the language of then."""
    return lazy(write, str)()
