"""Reads the body of ``POST /v1/decide``, which is asked more often than anything else, mostly without its patterns.

To match a pattern for each text takes longer than all else that there is to decode. But patterns that refuse NUL alone
have nothing to refuse in a body without escapes, and shoppers share few locales, countries and currencies: what was
taken once is looked up. Any other body is decoded with the patterns, and they alone refuse one.
"""

from functools import reduce
from operator import or_
from types import GenericAlias, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, MsgspecError, Struct, defstruct, field
from msgspec.json import Decoder
from msgspec.structs import FieldInfo, fields

from checkout_widgets.edge import body_reading, payloads
from checkout_widgets.edge.payloads import DecideBody

MAX_KNOWN = 10_000  # a few megabytes of memory: texts come from pages, and anybody can send any number
LONGEST_VISITOR_ID = 64
ESCAPE = b"\\"  # NUL itself is no JSON

Texts = tuple[str | None, str | None, str | None, str | None]


def without_patterns(kind: Any) -> Any:
    """Return a type that takes what this one does, and texts that its patterns refuse."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return struct_without_patterns(kind)
    if isinstance(kind, Meta) and kind.pattern is not None:
        return Meta(min_length=kind.min_length, max_length=kind.max_length)
    parts = [without_patterns(part) for part in get_args(kind)]
    if get_origin(kind) is Annotated:
        return Annotated[(parts[0], *map(without_patterns, kind.__metadata__))]
    if get_origin(kind) in (Union, UnionType):
        return reduce(or_, parts)
    if get_origin(kind) is list:
        return GenericAlias(list, tuple(parts))
    return kind


def struct_without_patterns(kind: type[Struct]) -> type[Struct]:
    """Return a struct with the same fields and defaults."""
    members = []
    for member in fields(kind):
        members.append((member.name, without_patterns(member.type), default_of(member)))
    return defstruct(kind.__name__, members)


def default_of(member: FieldInfo) -> Any:
    """Return what a field has where nothing is sent, in the form that makes a struct."""
    if member.default_factory is not NODEFAULT:
        return field(default_factory=member.default_factory)
    return member.default


unchecked: Decoder[Any] = Decoder(without_patterns(DecideBody))
known: set[Texts] = set()


def read(content: bytes) -> DecideBody:
    """Return the body as a typed value. Raises ``ApiError`` ``bad_json`` or ``bad_field``."""
    if ESCAPE in content:
        return read_with_patterns(content)
    try:
        body: DecideBody = unchecked.decode(content)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return read_with_patterns(content)  # which refuses it in the same words as any other
    if texts_of(body) in known and is_plain(body.visitor_id):
        return body
    return read_with_patterns(content)


def read_with_patterns(content: bytes) -> DecideBody:
    """Return the body, whose texts are known from now on. Raises ``ApiError``."""
    body = body_reading.read(payloads.decide, content)
    if len(known) >= MAX_KNOWN:
        known.clear()
    known.add(texts_of(body))
    return body


def is_plain(visitor_id: str | None) -> bool:
    """Return whether an id is of letters, digits and underscores alone, as are those that the snippet makes."""
    if visitor_id is None:
        return True
    return len(visitor_id) <= LONGEST_VISITOR_ID and visitor_id.isascii() and visitor_id.isidentifier()


def texts_of(body: DecideBody) -> Texts:
    """Return the texts with a pattern that refuses more than NUL, but for the visitor's id."""
    currency, country, customer_type = None, None, None
    if body.cart is not None:
        currency = body.cart.currency
    if body.visitor is not None:
        country, customer_type = body.visitor.country, body.visitor.customer_type
    return body.locale, currency, country, customer_type
