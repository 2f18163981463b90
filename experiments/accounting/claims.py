"""What a shopper's browser says of an order: whose it is, and that there is one."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from experiments.accounting import identity, outcomes, single_use
from experiments.accounting.order_data import OrderData
from experiments.accounting.orders import replace_contents, upsert_orders
from experiments.accounting.outcomes import LockSubject
from experiments.models import UNSIGNED, Order, OrderClaim, Store

# An order comes from the shop itself within days or never; until then its claim waits.
KEEP_UNVERIFIED = timedelta(days=30)


def claim_order(store: Store, data: OrderData, visitor_id: str, *, at: datetime) -> bool:
    """Link the visitor to an order that may be known or still to come, and store it unsigned where nobody has sent it.

    Returns whether it was stored. ``data`` names nobody: whoever claims the order is its visitor as long as it is
    unsigned. Nothing here changes what a signed source says: that replaces an unsigned order whatever its
    ``updated_at``, and a claim links a signed order only where that names no visitor and the total is the same. The
    first claim of a visitor counts; the same again changes nothing. All in one transaction.
    """
    with transaction.atomic():
        # Against the order from the shop itself: stored at this instant, it would be taken for one that nobody sent.
        outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
        stored = Order.objects.filter(store=store, external_id=data.external_id).first()
        if stored and stored.customer_id:
            # Against a sighting or an order of the customer: each would be linked without the other.
            outcomes.lock(LockSubject.CUSTOMER, store.pk, [stored.customer_id])
        single_use.lock(store.pk, data.acceptances)
        if stored is None:
            unnamed = replace(data, visitor_id="", customer_id="")
            # Nobody has signed who bought: a browser could make any customer buy more.
            applied = upsert_orders(store.pk, [unnamed], UNSIGNED, keys={data.external_id: ""})
            replace_contents(applied, {data.external_id: data})
        OrderClaim.objects.bulk_create([new_claim(store, data, visitor_id, at)], ignore_conflicts=True)
        identity.verify_claims(store.pk, [data.external_id])
        (link,) = identity.link(store.pk, [data.external_id], [])
        used = single_use.settle(store.pk, data.acceptances)
        # Locked whether or not the link changed: both visitors' exposures hang on it.
        outcomes.lock(LockSubject.VISITOR, store.pk, identity.known_only({link.before, link.now}) | used)
        outcomes.recompute(store.pk, identity.visitors_with_other_orders([link]) | used)
    return stored is None


def new_claim(store: Store, data: OrderData, visitor_id: str, at: datetime) -> OrderClaim:
    return OrderClaim(
        store=store,
        external_id=data.external_id,
        visitor_id=visitor_id,
        currency=data.currency,
        total_minor=data.total_minor,
        claimed_at=at,
    )


def forget_claims(now: datetime) -> int:
    """Delete the claims that came to nothing, and return how many; those of unsigned orders stay as long as these."""
    unsigned = Order.objects.filter(store=OuterRef("store"), external_id=OuterRef("external_id"), source=UNSIGNED)
    old = OrderClaim.objects.filter(is_verified=False, claimed_at__lt=now - KEEP_UNVERIFIED)
    return old.exclude(Exists(unsigned)).delete()[0]
