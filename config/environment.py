"""Settings from the environment; one that can't work is refused by a sentence that names it."""

from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)
env = environ.Env()
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"0", "false", "no", "off", ""})
KINDS = {int: "a whole number", float: "a number"}


def flag(name: str) -> bool:
    """Read whether the environment switches something on: 1 or 0, and 0 where it says nothing.

    Raises ``ImproperlyConfigured``.
    """
    value = env.str(name, default="0").lower()
    # Anything else is a slip of the pen: HTTPS=ture would otherwise switch HTTPS off without a word.
    if value not in ON | OFF:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in ON


def number(name: str, *, default: Number, least: Number) -> Number:
    """Read a number of the default's kind that is ``least`` or more. Raises ``ImproperlyConfigured``."""
    text = env.str(name, default=str(default))
    try:
        value = type(default)(text)
    except ValueError as error:
        kind = KINDS[type(default)]
        raise ImproperlyConfigured(f"{name} must be {kind}, not {text!r}.") from error
    if not value >= least:  # "not", because nan is neither more nor less
        raise ImproperlyConfigured(f"{name} must be {least} or more, not {text!r}.")
    return value
