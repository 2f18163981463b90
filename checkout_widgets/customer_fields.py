"""Reads what a body says of a customer, field by field: one that can't be read is named, and costs no other.

Unlike an order, which is stored whole or refused: nothing that is said of the customer may lose the order.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from re import fullmatch
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from experiments.accounting.order_data import MAX_ID, BadOrder, check_moment, is_storable
from experiments.customer_keys import is_nobodys

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
LONGEST_URL = 500
LOCALE = r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8})*"
LONGEST_LOCALE = 16
COUNTRY = r"[A-Za-z]{2}"
Value = TypeVar("Value")


class CustomerFields:
    """An object of a body, and the paths of the fields of the whole body that couldn't be read."""

    def __init__(self, values: object, path: str = "", unread: list[str] | None = None) -> None:
        self.path = path
        self.unread: list[str] = [] if unread is None else unread
        self.values: Mapping[str, Any] = {}
        if isinstance(values, Mapping):
            self.values = values
        elif values is not None:
            self.unread.append(path or "the body")

    def read(self, name: str, reader: Callable[[Any], Value], nothing: Value) -> Value:
        """Return a field by a reader that raises ``ValueError``; ``nothing`` where it says nothing, or nonsense."""
        value = self.values.get(name)
        if value is None or value == "":
            return nothing
        try:
            return reader(value)
        except (ValueError, TypeError, OverflowError):
            self.unread.append(self.path_of(name))
            return nothing

    def path_of(self, name: str) -> str:
        """Return the path of a field, such as ``consent.at``."""
        return f"{self.path}.{name}" if self.path else name

    def part(self, name: str) -> "CustomerFields":
        """Return an object within this one; an empty one where there is none."""
        return CustomerFields(self.values.get(name), self.path_of(name), self.unread)

    def parts(self, name: str) -> list["CustomerFields"]:
        """Return the objects of a list; PHP writes a list whose numbers have gaps as an object."""
        members = self.values.get(name)
        if isinstance(members, Mapping):
            members = list(members.values())
        if not isinstance(members, list):
            if members is not None:
                self.unread.append(self.path_of(name))
            return []
        return [CustomerFields(member, f"{self.path_of(name)}[{at}]", self.unread) for at, member in enumerate(members)]

    def address(self, name: str) -> str:
        """Return an email address; empty where there is none that mail can be sent to."""
        return self.read(name, read_address, "")

    def id(self, name: str) -> str:
        """Return an ID, which shop systems write as text or as a number."""
        return self.read(name, read_id, "")

    def time(self, name: str, *, is_utc: bool = False) -> datetime | None:
        """Return a time; ``is_utc`` where the source leaves the offset out because it is always UTC."""
        return self.read(name, lambda value: read_time(value, is_utc=is_utc), None)

    def locale(self, name: str) -> str:
        """Return a language, such as ``de-DE``."""
        return self.read(name, read_locale, "")

    def country(self, name: str) -> str:
        """Return a country's two letters, in capitals."""
        return self.read(name, read_country, "")

    def url(self, name: str) -> str:
        """Return a link of the web."""
        return self.read(name, read_url, "")

    def text(self, name: str, longest: int = MAX_ID) -> str:
        """Return a text of at most so many characters."""
        return self.read(name, lambda value: read_text(value, longest), "")

    def choice(self, name: str, choices: Collection[str]) -> str:
        """Return one of these words, however it is capitalized; empty where there is none."""
        return self.read(name, lambda value: read_choice(value, choices), "")


def read_text(value: object, longest: int) -> str:
    """Return a text that can be stored. Raises ``ValueError``."""
    if not isinstance(value, str) or len(value) > longest or not is_storable(value):
        raise ValueError
    return value.strip()


def read_address(value: object) -> str:
    """Return an address, empty where it is nobody's. Raises ``ValueError`` for whatever mail can't be sent to."""
    text = read_text(value, LONGEST_ADDRESS)
    if is_nobodys(text):
        return ""
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError from None
    return text


def read_id(value: object) -> str:
    """Return an ID as text. Raises ``ValueError``."""
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int):
        value = str(value)
    return read_text(value, MAX_ID)


def read_time(value: object, *, is_utc: bool) -> datetime:
    """Return a time with its offset. Raises ``ValueError``."""
    if not isinstance(value, str):
        raise ValueError
    at = datetime.fromisoformat(value)
    if at.tzinfo is None and is_utc:
        at = at.replace(tzinfo=UTC)
    try:
        check_moment("at", at)
    except BadOrder:
        raise ValueError from None
    return at


def read_locale(value: object) -> str:
    """Return a language's name. Raises ``ValueError``."""
    text = read_text(value, LONGEST_LOCALE)
    if not fullmatch(LOCALE, text):
        raise ValueError
    return text


def read_country(value: object) -> str:
    """Return a country's code (ISO 3166-1 alpha-2). Raises ``ValueError``."""
    text = read_text(value, LONGEST_LOCALE)
    if not fullmatch(COUNTRY, text):
        raise ValueError
    return text.upper()


def read_url(value: object) -> str:
    """Return an address of the web. Raises ``ValueError``."""
    text = read_text(value, LONGEST_URL)
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return text


def read_choice(value: object, choices: Collection[str]) -> str:
    """Return the word in small letters. Raises ``ValueError`` where it isn't one of these."""
    text = read_text(value, MAX_ID).lower()
    if text not in choices:
        raise ValueError
    return text
