"""Reads a body into a type of ``payloads.py``; a batch of events also where one of them would spoil it for all."""

import re
from typing import Any, TypeVar

from django.utils.translation import override
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder

from checkout_widgets.edge import payloads
from checkout_widgets.edge.responses import ApiError
from experiments.field_errors import field_path, plain_error

Body = TypeVar("Body")
TEXT_OR_WORD = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b', re.DOTALL)
ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u([dD][89a-fA-F])..|.)", re.DOTALL)
NUL = rb"\u0000"
NUL_TEXT = b'"%s"' % NUL
TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
MAX_DEPTH = 20  # more than any event that can be stored, less than what the decoder refuses


def read(decoder: Decoder[Body], body: bytes) -> Body:
    """Return the body as a typed value. Raises ``ApiError`` ``bad_json`` or ``bad_field``."""
    try:
        return decoder.decode(body)
    except ValidationError as error:
        with override(None):  # what programs read isn't translated
            message = plain_error(error, decoder.type)
        raise ApiError(400, "bad_field", message, field=field_path(error)) from error
    except RecursionError as error:
        raise ApiError(400, "bad_json", "The body is nested too deeply.") from error
    except (DecodeError, UnicodeDecodeError) as error:
        raise ApiError(400, "bad_json", f"The body is not JSON: {error}.") from error


def read_batch(body: bytes) -> payloads.EventsBody:
    """Return the events, also where one of them would spoil the body for all. Raises ``ApiError``."""
    try:
        return read(payloads.events, body)
    except ApiError:
        return read(payloads.events, replace_deep_nesting(replace_invalid_values(body)))


def replace_invalid_values(body: bytes) -> bytes:
    r"""Put NUL in place of what some encoders write and JSON has no value for.

    That is ``NaN``, ``Infinity`` (RFC 8259, section 6) and halves of UTF-16 pairs that stand alone (section 8.2). NUL
    can't be stored either, so that the one value spoils its own event and not the whole batch.
    """
    return TEXT_OR_WORD.sub(valid_text, body)


def valid_text(match: re.Match[bytes]) -> bytes:
    """Return a JSON string without lone halves of pairs; NUL for a word that is no JSON."""
    if match[0].startswith(b'"'):
        return ESCAPE.sub(valid_escape, match[0])
    return NUL_TEXT


def valid_escape(match: re.Match[bytes]) -> bytes:
    """Return an escape as it is; NUL for a lone half of a pair, which is what the pattern's group catches."""
    if match[1]:
        return NUL
    return match[0]


def replace_deep_nesting(body: bytes) -> bytes:
    """Put NUL in place of every list and object that is nested deeper than ``MAX_DEPTH``, for the same reason."""
    kept, begin, depth = [], 0, 0
    for match in TEXT_OR_BRACKET.finditer(body):
        if match[0] in (b"[", b"{"):
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += [body[begin : match.start()], NUL_TEXT]
        elif match[0] in (b"]", b"}"):
            depth -= 1
            if depth == MAX_DEPTH:
                begin = match.end()
    if depth <= MAX_DEPTH:
        kept.append(body[begin:])
    return b"".join(kept)


def is_storable(value: Any, depth: int = 5) -> bool:
    """Return whether a JSON value can be kept: at most ``depth`` deep, and without NUL, which PostgreSQL refuses."""
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, dict):
        return are_storable([*value.keys(), *value.values()], depth - 1)
    if isinstance(value, list):
        return are_storable(value, depth - 1)
    return True


def are_storable(members: list[Any], depth: int) -> bool:
    """Return whether the members of a list or an object can be kept."""
    if depth < 0:
        return False
    return all(is_storable(member, depth) for member in members)
