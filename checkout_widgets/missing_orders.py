"""Orders that a shop has and Offerlift doesn't know as they are now: their webhooks were lost, or never sent."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, Q

from checkout_widgets.models import Delivery
from experiments.models import Order, OrderStatus, Store


class Missing(StrEnum):
    """What Offerlift doesn't know of an order."""

    UNKNOWN = "unknown"
    OLDER = "older"
    NOT_DELETED = "not_deleted"
    NOT_RESTORED = "not_restored"


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """An order as the shop has it; ``is_deleted`` also where it is in the trash."""

    external_id: str
    updated_at: datetime
    is_deleted: bool


def missing(store: Store, shop_orders: Collection[ShopOrder]) -> Iterator[tuple[ShopOrder, Missing]]:
    """Yield the orders that aren't known as the shop has them, and what isn't known.

    An order with a delivery that the worker hasn't come to is left out: it is on its way. One that only a shopper's
    browser reported counts as unknown.
    """
    ids = [order.external_id for order in shop_orders]
    on_their_way = set(
        Delivery.objects.open()
        .filter(connection__store=store, order_external_id__in=ids)
        .values_list("order_external_id", flat=True)
    )
    known = {order.external_id: order for order in Order.objects.filter(store=store, external_id__in=ids).signed()}
    deleted = set(
        Order.objects.filter(
            Q(restored_at=None) | Q(restored_at__lt=F("deleted_at")),
            store=store,
            external_id__in=ids,
            deleted_at__isnull=False,
        ).values_list("external_id", flat=True)
    )
    for shop_order in shop_orders:
        if shop_order.external_id in on_their_way:
            continue
        what = compare(shop_order, known.get(shop_order.external_id), is_deleted=shop_order.external_id in deleted)
        if what is not None:
            yield shop_order, what


def compare(shop_order: ShopOrder, known: Order | None, *, is_deleted: bool) -> Missing | None:
    """Return what isn't known of an order; None where nothing is missing. ``is_deleted`` is what is known of it."""
    if shop_order.is_deleted:
        if known is None or is_deleted or known.status == OrderStatus.CANCELLED:
            return None
        return Missing.NOT_DELETED
    if known is None:
        return Missing.UNKNOWN
    if is_deleted:
        return Missing.NOT_RESTORED
    if known.updated_at < shop_order.updated_at:
        return Missing.OLDER
    return None
