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

KEEP_UNVERIFIED = timedelta(days=30)


def claim_order(store: Store, data: OrderData, visitor_id: str, *, at: datetime) -> bool:
    """Link the visitor to an order that may be known or still to come, and store it unsigned where nobody has sent it.

    Returns whether it was stored. ``data`` names nobody: whoever claims the order is its visitor as long as it is
    unsigned. Nothing here changes what a signed source says: that replaces an unsigned order whatever its
    ``updated_at``, and a claim links a signed order only where that names no visitor and the total is the same. The
    first claim of a visitor counts; the same again changes nothing. All in one transaction.
    """
    with transaction.atomic():
        outcomes.lock(LockSubject.ORDER, store.pk, [data.external_id])
        stored = Order.objects.filter(store=store, external_id=data.external_id).first()
        if stored and stored.customer_id:
            outcomes.lock(LockSubject.CUSTOMER, store.pk, [stored.customer_id])
        acceptances = {line.acceptance_id for line in data.lines if line.acceptance_id is not None}
        single_use.lock(store.pk, acceptances)
        if stored is None:
            applied = upsert_orders(store.pk, [replace(data, visitor_id="", customer_id="")], UNSIGNED)
            replace_contents(dict.fromkeys(applied.values(), data))
        OrderClaim.objects.bulk_create([new_claim(store, data, visitor_id, at)], ignore_conflicts=True)
        identity.verify_claims(store.pk, [data.external_id])
        (link,) = identity.link(store.pk, [data.external_id], [])
        used = single_use.settle(store.pk, acceptances)
        outcomes.lock(LockSubject.VISITOR, store.pk, ({link.before, link.now} - {""}) | used)
        outcomes.recompute(store.pk, identity.visitors_with_other_orders([link]) | used)
    return stored is None


def new_claim(store: Store, data: OrderData, visitor_id: str, at: datetime) -> OrderClaim:
    """The claim that the order is the visitor's."""
    return OrderClaim(
        store=store,
        external_id=data.external_id,
        visitor_id=visitor_id,
        currency=data.currency,
        total_minor=data.total_minor,
        claimed_at=at,
    )


def forget_claims(now: datetime) -> int:
    """Delete the claims that came to nothing, and say how many they were; those of unsigned orders stay with them."""
    unsigned = Order.objects.filter(store=OuterRef("store"), external_id=OuterRef("external_id"), source=UNSIGNED)
    old = OrderClaim.objects.filter(is_verified=False, claimed_at__lt=now - KEEP_UNVERIFIED)
    return old.exclude(Exists(unsigned)).delete()[0]
