"""Settings from the environment; one that can't work is refused by a sentence that names it."""

from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

Number = TypeVar("Number", int, float)
env = environ.Env()
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"0", "false", "no", "off", ""})
SHORTEST_KEY = 32
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


def require_long_keys(name: str, keys: Iterable[str]) -> None:
    """Raise ``ImproperlyConfigured`` where a key is short enough to be guessed."""
    for key in keys:
        if len(key) < SHORTEST_KEY:
            raise ImproperlyConfigured(
                f"{name} must have {SHORTEST_KEY} characters or more in each key. Make one with: openssl rand -hex 32"
            )


def folder_address(name: str, address: str) -> str:
    """Return the address of a folder of files, without a slash at its end; empty where none is set.

    Raises ``ImproperlyConfigured`` where nothing could be read there.
    """
    parts = urlsplit(address)
    is_file = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    if address and (not (is_file or is_web) or parts.query or parts.fragment):
        raise ImproperlyConfigured(
            f"{name} must be the address of a folder, such as https://offers.example/edge-configuration or "
            f"file:///srv/configuration, not {address!r}."
        )
    return address.rstrip("/")
