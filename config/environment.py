"""Settings from the environment; one that can't work is refused by a sentence that names it."""

from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)
env = environ.Env()


def flag(name: str) -> bool:
    """Whether the environment switches something on: 1 or 0, and 0 where it says nothing."""
    value = env.str(name, default="0").lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def number(name: str, *, default: Number, least: Number) -> Number:
    """A number of the default's kind that is ``least`` or more."""
    text = env.str(name, default=str(default))
    try:
        value = type(default)(text)
    except ValueError as error:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise ImproperlyConfigured(f"{name} must be {kind}, not {text!r}.") from error
    if not value >= least:
        raise ImproperlyConfigured(f"{name} must be {least} or more, not {text!r}.")
    return value
