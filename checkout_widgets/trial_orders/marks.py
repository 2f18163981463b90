"""The mark by which an order in a shop's webhook is known to be a test order.

It is signed here: what a shopper or a plugin writes into an order can't keep it from being counted. It never expires,
so that a test order that comes late isn't taken for a real one.
"""

from uuid import UUID

from django.core.signing import BadSignature, Signer


def signer() -> Signer:
    """Return what signs and verifies marks; made at each use, as the secret key isn't read with the modules."""
    return Signer(sep=".", salt="offerlift.trial_order")


def mark_of(store_id: int, trial_id: UUID) -> str:
    """Return the mark of a store's test order."""
    return signer().sign(f"{store_id}:{trial_id}")


def read_mark(store_id: int, mark: str) -> UUID | None:
    """Return the id of the test order that the mark names; None where it isn't one of this store's."""
    try:
        owner, _, trial_id = signer().unsign(mark).partition(":")
    except BadSignature:
        return None
    if owner != str(store_id):
        return None
    return UUID(trial_id)
