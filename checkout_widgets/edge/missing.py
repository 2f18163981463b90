"""``POST /v1/orders/missing``: which of a shop's orders didn't arrive as they are; its plugin sends them again."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.json import Decoder

from checkout_widgets.edge.call import Call
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import Reference, Time
from checkout_widgets.missing_orders import Missing, ShopOrder, missing
from experiments.models import Store

MAX_ORDERS = 500


class OrderInShop(Struct):
    """An order of the shop; ``deleted`` also where it is in the trash."""

    id: Reference
    updated_at: Time
    deleted: bool = False


class MissingBody(Struct):
    """``POST /v1/orders/missing``: orders as the shop has them now."""

    orders: Annotated[list[OrderInShop], Meta(max_length=MAX_ORDERS)]


class MissingOrder(Struct):
    """An order that isn't known as the shop has it, and what isn't known."""

    id: str
    reason: Missing


class MissingAnswer(Struct):
    """The orders to send again."""

    missing: list[MissingOrder]


_decoder = Decoder(MissingBody)


# 500 orders whose ids are as long as they may be, each character escaped, come to half of it
@endpoint(max_bytes=500_000, is_public=False)
def missing_orders(call: Call) -> MissingAnswer:
    """Compare the shop's orders with what is stored."""
    store = Store.objects.get(pk=call.store_for_server().id)
    body = call.decode(_decoder)
    shop_orders = [ShopOrder(order.id, order.updated_at, order.deleted) for order in body.orders]
    found = [MissingOrder(order.external_id, reason) for order, reason in missing(store, shop_orders)]
    return MissingAnswer(found)
