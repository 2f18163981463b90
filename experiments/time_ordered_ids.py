"""Ids that sort in the order in which they were made: an index keeps new ones on its last page.

With random ids each row changes an index page of its own, and PostgreSQL writes each of these whole into its log after
every checkpoint (``bench/wal.py``).
"""

import secrets
import time
from uuid import UUID

RANDOM_BITS = 74
VERSION = 7
VARIANT = 0b10  # of RFC 9562, in the two highest bits of the second half


def new_uuid(at_ms: int | None = None) -> UUID:
    """Make a UUID of version 7 of now, or of another time; Python has it from 3.14 on."""
    if at_ms is None:
        at_ms = time.time_ns() // 1_000_000
    return uuid_of(at_ms, secrets.randbits(RANDOM_BITS))


def uuid_of(at_ms: int, random_bits: int) -> UUID:
    """Put a UUID of version 7 (RFC 9562, section 5.7) together: the Unix time in milliseconds, then 74 random bits."""
    first = at_ms << 16 | VERSION << 12 | random_bits >> 62
    second = VARIANT << 62 | random_bits & (1 << 62) - 1
    return UUID(int=first << 64 | second)


def new_visitor_id(at_ms: int | None = None) -> str:
    """Make an id for a visitor who comes without one, as the snippet does (``static/src/identity.js``)."""
    return f"v_{new_uuid(at_ms).hex}"
