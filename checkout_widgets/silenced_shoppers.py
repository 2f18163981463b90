"""Who is offered nothing on a store's pages for a while: written by apps above, held in memory by the edge.

Database triggers count each change as one of the store's configuration, so that edges take it over within seconds, and
a decision asks no database (``edge/arbiter.py``).
"""

from collections.abc import Collection
from datetime import datetime
from hashlib import blake2b

from checkout_widgets.models import SilencedShopper

DIGEST_BYTES = 16


def visitor_digest(store_id: int, visitor_id: str) -> str:
    """Return what a visitor is found by."""
    return digest_of(store_id, "visitor", visitor_id)


def customer_digest(store_id: int, customer_id: str) -> str:
    """Return what a customer of the shop is found by, as whom somebody is logged in."""
    return digest_of(store_id, "customer", customer_id)


def digest_of(store_id: int, kind: str, shopper_id: str) -> str:
    """Return 32 hexadecimal digits. Fast: a decision of a store with silenced shoppers or send points makes two."""
    return blake2b(f"{store_id}:{kind}:{shopper_id}".encode(), digest_size=DIGEST_BYTES).hexdigest()


def silence(store_id: int, owner: int, shoppers: Collection[str], until: datetime | None) -> None:
    """Offer nothing to these shoppers until then; None ends it. Replaces what was set for the same owner."""
    kept = SilencedShopper.objects.filter(store=store_id, owner=owner)
    if until is None:
        kept.delete()
        return
    wanted = sorted(set(shoppers))
    kept.exclude(shopper__in=wanted).delete()
    rows = [SilencedShopper(store_id=store_id, owner=owner, shopper=shopper, until=until) for shopper in wanted]
    SilencedShopper.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["store", "owner", "shopper"], update_fields=["until"]
    )


def forget_past(now: datetime) -> int:
    """Delete those whose time is over, and return how many they were."""
    return SilencedShopper.objects.filter(until__lte=now).delete()[0]
