"""From a visitor to a number in [0, 1): the same one every time, on every machine, without storage."""

from struct import Struct

from experiments.assignment.short_hashes import sha256

# The largest float below 1: dividing alone would round the highest hashes up to 1. Times any positive integer it
# rounds to less than that integer, so that a bucket scaled to a range stays in it.
LARGEST = 1 - 2**-53
first_number = Struct(">Q24x").unpack  # of a digest: its first 8 bytes as a big-endian integer


def bucket(salt: str, purpose: str, visitor_id: str) -> float:
    """Where ``visitor_id`` falls in [0, 1).

    The first 8 bytes of ``sha256("salt:purpose:visitor_id")`` as a big-endian integer, divided by 2^64. Other salts
    and other purposes give independent numbers.
    """
    (number,) = first_number(sha256(f"{salt}:{purpose}:{visitor_id}".encode()).digest())
    place: float = number / 2**64
    if place > LARGEST:
        return LARGEST
    return place
