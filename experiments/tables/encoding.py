"""Which encoding a text file has: told by its bytes, and said wherever it isn't UTF-8."""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from experiments.tables.faults import BadFile

# Every second byte of Latin text in UTF-16 is zero; in a header of another script some are, and in UTF-8 none.
MANY_ZEROS, FEW_ZEROS = 0.5, 0.05
FEW_BYTES = 8  # fewer say nothing
CHUNK = 1 << 16
SAMPLE = 1_024
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
HIGH = re.compile(rb"[\x80-\xff]")
IN_UTF_8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)  # a character of two to four bytes
NOT_IN_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, *range(9), *range(0x0E, 0x20)])  # the low ones are in no text


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name for Python's codecs, and what to say of it; empty for UTF-8."""

    name: str
    note: str = ""


def recognize(stream: BinaryIO) -> Encoding:
    """The encoding of the stream, which is read to its end. Raises ``BadFile`` where it can't be told."""
    start = stream.read(SAMPLE)
    if start.startswith(UTF_32):
        raise BadFile(_("The file is in UTF-32: save it as UTF-8."))
    name = utf_16_of(start)
    if name:
        check(stream, start, name)
        return Encoding(name, _("The file was read as UTF-16."))
    return utf_8_or_cp1252(stream, start)


def utf_16_of(start: bytes) -> str:
    """The kind of UTF-16 that the first bytes are in, empty where they aren't.

    Without a byte order mark it shows by the zeros that every second byte of Latin text is.
    """
    for mark, name in UTF_16.items():
        if start.startswith(mark):
            return name
    even, odd = share_of_zeros(start[0::2]), share_of_zeros(start[1::2])
    is_utf_16 = len(start) >= FEW_BYTES and max(even, odd) > MANY_ZEROS and min(even, odd) < FEW_ZEROS
    if not is_utf_16:
        return ""
    if odd > even:
        return "utf-16-le"
    return "utf-16-be"


def share_of_zeros(part: bytes) -> float:
    """Return the share of bytes that are zero."""
    return part.count(0) / max(len(part), 1)


def check(stream: BinaryIO, start: bytes, name: str) -> None:
    """Raise ``BadFile`` unless all of the stream is in the encoding."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        decoder.decode(start)
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise BadFile(_("The file starts as UTF-16 but isn't UTF-16 throughout: save it as UTF-8.")) from error


def utf_8_or_cp1252(stream: BinaryIO, start: bytes) -> Encoding:
    """UTF-8 where all of it is; else Windows-1252, unless it is mostly UTF-8 or can be neither.

    Text in Windows-1252 holds what looks like UTF-8 only by chance (capital with accent before a sign), so that damaged
    UTF-8 is where such sequences outnumber the bytes that can't be.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8, is_cp1252 = True, True
    sequences = strays = 0
    chunk = start
    while chunk:
        is_utf_8 = is_utf_8 and decodes(decoder, chunk)
        is_cp1252 = is_cp1252 and len(chunk.translate(None, NOT_IN_CP1252)) == len(chunk)
        if not chunk.isascii():
            found = IN_UTF_8.findall(chunk)
            sequences += len(found)
            strays += len(HIGH.findall(chunk)) - sum(map(len, found))
        chunk = stream.read(CHUNK)
    if is_utf_8 and decodes(decoder, b"", is_final=True):
        return Encoding("utf-8-sig")
    if not is_cp1252 or sequences > strays:
        raise BadFile(_("The file is not in UTF-8, UTF-16 or Windows-1252, or is damaged: save it as CSV UTF-8."))
    return Encoding("cp1252", _("The file was read as Windows-1252 because it isn't UTF-8. Check accented letters."))


def decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_final: bool = False) -> bool:
    """Whether the chunk goes on as valid text."""
    try:
        decoder.decode(chunk, is_final)
    except UnicodeDecodeError:
        return False
    return True
