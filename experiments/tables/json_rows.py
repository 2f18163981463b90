"""JSON as rows: a list of objects, an object with such a list under ``products``, or JSON Lines.

Nothing is read whole: one object after the other is cut out of the text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from django.utils.translation import gettext as _

from experiments.tables.delimited import Lines
from experiments.tables.faults import BadFile, BadRow
from experiments.tables.limits import Limits

CHUNK = 1 << 16
LISTS = ("products", "items")
DOCUMENT = re.compile(r'\s*(\[|\{\s*"(products|items)"\s*:\s*\[)')
SPACE = re.compile(r"[\s,]*")
EXAMPLE = '[{...}], {"products": [{...}]}'

Found = tuple[int, dict[str, Any] | BadRow]


class Repeated(ValueError):
    """A name stands twice in one object."""


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of the pairs. Raises ``Repeated``."""
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Repeated(_("{name} appears twice: remove one of the two").format(name=repr(twice)))
    return result


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_float=str, parse_int=str, parse_constant=str)


def read_objects(text: TextIO, head: str, limits: Limits) -> Iterator[Found]:
    """Each object with its line (0 in a list), or what is wrong with it; ``head`` is how the text begins.

    Raises ``BadFile``.
    """
    if is_lines(head):
        yield from objects_by_line(Lines(text, limits.record))
        return
    for value in Document(text, limits.record).values():
        if isinstance(value, dict | BadRow):
            yield 0, value
        else:
            yield 0, no_object()


def is_lines(head: str) -> bool:
    """Whether a text is JSON Lines: no list, and one of its first lines is an object by itself."""
    if DOCUMENT.match(head):
        return False
    return any(map(is_object, head.splitlines()))


def is_object(line: str) -> bool:
    """Whether a line is an object by itself, not a list's wrapping."""
    try:
        value = DECODER.decode(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    lists = [name for name in LISTS if isinstance(value.get(name), list)]
    return not lists


def objects_by_line(lines: Lines) -> Iterator[Found]:
    """The objects of JSON Lines; a line that is none costs no other."""
    for line in lines:
        if line.strip():
            yield lines.number, object_of(line)
        lines.start_row()


def object_of(line: str) -> dict[str, Any] | BadRow:
    """A line's object, or what is wrong with it."""
    try:
        value = DECODER.decode(line.strip())
    except Repeated as error:
        return BadRow(str(error))
    except (ValueError, RecursionError) as error:
        return BadRow(_("is not JSON: {error}").format(error=error))
    if not isinstance(value, dict):
        return no_object()
    return value


def no_object() -> BadRow:
    """Return the fault of a value that has no names, and so no columns."""
    return BadRow(_("is not an object with names and values"))


@dataclass(slots=True)
class Document:
    """A JSON document, walked through without reading it whole; ``limit`` is the longest value."""

    text: TextIO
    limit: int
    buffer: str = ""
    at: int = 0
    is_read: bool = False

    def values(self) -> Iterator[Any]:
        """The values of the list that the document is, or has under one of ``LISTS``. Raises ``BadFile``."""
        opening = self.take_sign("[{")
        if opening == "{":
            self.find_list()
        while self.peek() != "]":
            yield self.value()
        self.at += 1

    def find_list(self) -> None:
        """Go to behind the bracket that opens the list."""
        while self.peek() != "}":
            name = self.value()
            self.take_sign(":")
            if name in LISTS and self.peek() == "[":
                self.at += 1
                return
            self.value()
        raise BadFile(
            _("The file has no list of products. It must hold {example}, or one object per line.").format(
                example=EXAMPLE
            )
        )

    def peek(self) -> str:
        """The next sign that isn't a space or a comma."""
        while True:
            match = SPACE.match(self.buffer, self.at)
            if match:
                self.at = match.end()
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.read_more():
                raise BadFile(_("The file ends in the middle of its JSON: it was cut off; export it again."))

    def take_sign(self, signs: str) -> str:
        """Go behind the next sign, which must be one of these."""
        sign = self.peek()
        if sign not in signs:
            raise BadFile(
                _("The file can't be read as JSON: found {sign} instead of {expected}.").format(
                    sign=repr(sign), expected=repr(signs)
                )
            )
        self.at += 1
        return sign

    def value(self) -> Any:
        """The next value; one object's fault is its own."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self.buffer, self.at)
            except RecursionError as error:
                raise BadFile(_("The file's JSON is nested too deeply.")) from error
            except Repeated as error:
                value, end = BadRow(str(error)), self.end_of_value()
            except ValueError as error:
                # The value may go on beyond what was read; only at the end of the file is it known to be wrong.
                if len(self.buffer) - self.at <= self.limit and self.read_more():
                    continue
                raise BadFile(_("The file can't be read as JSON: {error}.").format(error=error)) from error
            # A number at the end of the buffer may have more digits.
            if end == len(self.buffer) and self.read_more():
                continue
            self.at = end
            return value

    def end_of_value(self) -> int:
        """Where a value ends that is JSON, but says a name twice."""
        return json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(self.buffer, self.at)[1]

    def read_more(self) -> bool:
        """Read on, forgetting what is behind; whether there was more."""
        if self.is_read:
            return False
        chunk = self.text.read(CHUNK)
        self.is_read = not chunk
        self.buffer, self.at = self.buffer[self.at :] + chunk, 0
        return bool(chunk)
