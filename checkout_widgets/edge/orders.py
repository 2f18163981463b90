"""``POST /v1/orders``: an order as the store's server describes it now."""

from collections.abc import Collection
from dataclasses import replace

from msgspec import UNSET, Struct, UnsetType, to_builtins

from checkout_widgets import costs
from checkout_widgets.edge import payloads
from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted, SoldLine, TokenReader
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.order_customers import address_of, tell_of_customer
from checkout_widgets.edge.payloads import OrderBody, OrderLineBody, OrderRefund
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.trial_orders.rehearsal import UnderstoodOrder, keep, rehearse
from experiments.accounting import ingestion, refunded_goods, single_use
from experiments.accounting.order_data import BadOrder, LineData, OrderData, RefundData, naming_field
from experiments.accounting.orders import RecordedOrder, record_order
from experiments.accounting.refunded_goods import Basis
from experiments.customer_keys import guest_key
from experiments.models import Store

API = "api"  # where an order came from that the store's own server sent


class RejectedToken(Struct):
    """A line whose acceptance token doesn't count, and why; the line itself does."""

    index: int
    code: str


class OrderReceipt(Struct):
    """The answer; ``counts`` is there where the order, as it was sent, isn't one yet. ``test`` and ``understood`` are
    there where it is a test order. ``left_out`` are the fields of the customer that couldn't be read or kept."""

    order: str
    created: bool
    visitor_matched: bool
    stale: bool | UnsetType = UNSET
    counts: bool | UnsetType = UNSET
    rejected: list[RejectedToken] | UnsetType = UNSET
    left_out: list[str] | UnsetType = UNSET
    test: bool | UnsetType = UNSET
    understood: UnderstoodOrder | UnsetType = UNSET


@endpoint(max_bytes=500_000, is_public=False, source="orders")
def orders(call: Call) -> OrderReceipt:
    """Store the order; the newest version of it wins."""
    store = call.store_for_server()
    body = call.decode(payloads.order)
    products = products_of(store, body)
    accepted = read_tokens(call, store, body, products)
    try:
        data = replace(order_data(body, accepted, products), guest_key=guest_key(store.id, address_of(body)))
    except BadOrder as error:
        raise ApiError(400, "bad_field", str(error), field=error.field) from error
    [data] = costs.fill_missing_costs(store.id, [data])
    stored = Store.objects.get(pk=store.id)
    if body.test:
        return try_order(stored, data, accepted)
    recorded = record_order(stored, data, source=API)
    receipt = receipt_of(recorded, accepted)
    codes = [rejection.code for rejection in receipt.rejected or ()]
    left_out = tell_of_customer(stored, body)
    if left_out:
        receipt.left_out = left_out
        codes.append("bad_customer")
    if codes:
        ingestion.count_rejections(store.id, "orders", codes, call.now)
    if not is_order(body, stored):
        receipt.counts = False
    return receipt


def receipt_of(recorded: RecordedOrder, accepted: list[Accepted]) -> OrderReceipt:
    """Return what is answered to an order."""
    receipt = OrderReceipt(
        order=recorded.order_external_id,
        created=recorded.is_created,
        visitor_matched=recorded.is_visitor_matched,
        rejected=rejections(accepted, recorded.used_lines) or UNSET,
    )
    if recorded.is_stale:
        receipt.stale = True
    return receipt


def try_order(store: Store, data: OrderData, accepted: list[Accepted]) -> OrderReceipt:
    """Answer a test order with what was understood of it. It never counts, and neither do its refused tokens."""
    rehearsal = rehearse(store, data, source=API)
    keep(store, data.external_id, rehearsal.understood, source=API)
    receipt = receipt_of(rehearsal.recorded, accepted)
    receipt.test = True
    receipt.counts = False
    receipt.understood = rehearsal.understood
    return receipt


def is_order(body: OrderBody, store: Store) -> bool:
    """Return whether what was sent is an order at all, and one that a shopper placed."""
    return body.status != "pending" and (not body.repeat_kind or store.is_repeat_counted)


def read_tokens(call: Call, store: StoreConfiguration, body: OrderBody, products: ShopProducts) -> list[Accepted]:
    """Read each line's token."""
    reader = TokenReader(store, call.now, body.visitor_id or "")
    accepted = []
    for line in body.lines:
        if line.acceptance_token:
            accepted.append(reader.read(line.acceptance_token, sold(line, products)))
        else:
            accepted.append(NO_TOKEN)
    return accepted


def products_of(store: StoreConfiguration, body: OrderBody) -> ShopProducts:
    """Return the catalogue's products that lines name by the shop's own ids; no query where none does."""
    skus, external_ids = set(), set()
    for line in body.lines:
        if line.external_id:
            skus.add(line.sku)
            external_ids.add(line.external_id)
    return ShopProducts.of(store.id, skus, external_ids)


def sold(line: OrderLineBody, products: ShopProducts) -> SoldLine:
    """Return the line as its token has to describe it: at its price, before or after its discount."""
    before = line.price_minor * line.quantity
    return SoldLine(
        line.sku,
        line.quantity,
        {before, before - line.discount_minor},
        external_ids_of(line),
        is_sku_known=line.sku in products.skus,
    )


def external_ids_of(line: OrderLineBody) -> tuple[str, ...]:
    """Return the shop's own id of the product, where the line says it."""
    if not line.external_id:
        return ()
    return (line.external_id,)


def rejections(accepted: list[Accepted], used_lines: Collection[int]) -> list[RejectedToken]:
    """Return the tokens that don't count: those that don't fit, and those that count for another order."""
    rejected = []
    for index, line in enumerate(accepted):
        if index in used_lines:
            rejected.append(RejectedToken(index, single_use.ALREADY_USED))
        elif line.code:
            rejected.append(RejectedToken(index, line.code))
    return rejected


def order_data(body: OrderBody, accepted: list[Accepted], products: ShopProducts) -> OrderData:
    """Return the order as ``experiments`` takes it, its products by the catalogue's names. Raises ``BadOrder``."""
    lines = []
    for line, token in zip(body.lines, accepted, strict=True):
        lines.append(line_data(line, token, products))
    return OrderData(
        external_id=body.external_id,
        placed_at=body.placed_at,
        updated_at=body.updated_at,
        currency=body.currency,
        lines=tuple(lines),
        subtotal_minor=body.subtotal_minor,
        total_minor=body.total_minor,
        visitor_id=body.visitor_id or "",
        customer_id=body.customer_id or "",
        status=body.status,
        discount_minor=discount_minor(body),
        tax_minor=body.tax_minor,
        shipping_minor=body.shipping_minor,
        refunds=refunds(body),
        repeat_kind=body.repeat_kind,
        first_external_id=body.first_external_id,
    )


def line_data(line: OrderLineBody, token: Accepted, products: ShopProducts) -> LineData:
    """Return a line of the order; an accepted offer names its product as the offer does."""
    return LineData(
        sku=token.sku or products.sku_of(line.sku, external_ids_of(line)),
        quantity=line.quantity,
        price_minor=line.price_minor,
        experiment_key=token.experiment_key,
        discount_minor=line.discount_minor,
        cost_minor=line.cost_minor,
        refused_code=token.code,
        acceptance_id=token.acceptance_id,
    )


def discount_minor(body: OrderBody) -> int:
    """Return the order's discount: what it says, else that of its lines together. Raises ``BadOrder``."""
    of_lines = sum(line.discount_minor for line in body.lines)
    if body.discount_minor is None:
        return of_lines
    if body.discount_minor < of_lines:
        raise BadOrder("discount_minor", f"must be at least the discounts of the lines together, which are {of_lines}.")
    return body.discount_minor


def refunds(body: OrderBody) -> tuple[RefundData, ...]:
    """Return what was paid back for goods: with ``lines`` as it is, else what is left without shipping and tax."""
    basis = Basis(
        goods_minor=body.subtotal_minor - discount_minor(body),
        tax_minor=body.tax_minor,
        shipping_minor=body.shipping_minor,
        total_minor=body.total_minor,
    )
    return tuple(refund_data(index, refund, basis) for index, refund in enumerate(body.refunds))


def refund_data(index: int, refund: OrderRefund, basis: Basis) -> RefundData:
    """Return the refund at this place of the order. Raises ``BadOrder``, which says the place."""
    lines = tuple(to_builtins(refund.lines))
    with naming_field(f"refunds[{index}]"):
        return RefundData(refund.external_id, goods_refunded(refund, basis), refund.at, lines)


def goods_refunded(refund: OrderRefund, basis: Basis) -> int:
    """Return the part of a refund that is of goods, in the basis of the order's prices."""
    of_goods = max(0, refund.amount_minor - refund.shipping_minor - (refund.tax_minor or 0))
    if refund.lines or refund.tax_minor is not None:
        return of_goods
    return refunded_goods.without_tax(of_goods, basis)
