"""``POST /v1/orders``: an order as the store's server describes it now."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType, to_builtins

from checkout_widgets import costs
from checkout_widgets.edge import payloads, tokens
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import OrderBody, OrderLine, OrderRefund
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.edge.tokens import BadToken
from experiments.accounting import ingestion
from experiments.accounting.order_data import BadOrder, LineData, OrderData, RefundData, within
from experiments.accounting.orders import record_order
from experiments.models import Store


class RejectedToken(Struct):
    """A line whose acceptance token doesn't count, and why; the line itself does."""

    index: int
    code: str


class Receipt(Struct):
    """The answer."""

    order: str
    created: bool
    visitor_matched: bool
    stale: bool | UnsetType = UNSET
    rejected: list[RejectedToken] | UnsetType = UNSET


@endpoint(max_bytes=500_000, is_public=False, source="orders")
def orders(call: Call) -> Receipt:
    """Store the order; the newest version of it wins."""
    store = call.server()
    body = call.decode(payloads.order)
    acceptances, rejected = verify_lines(call, store, body)
    try:
        data = order_data(body, acceptances, {rejection.index: rejection.code for rejection in rejected})
    except BadOrder as error:
        raise ApiError(400, "bad_field", str(error), field=error.field) from error
    [data] = costs.fill(store.id, [data])
    recorded = record_order(Store.objects.get(pk=store.id), data, source="api")
    ingestion.count_rejections(store.id, "orders", [rejection.code for rejection in rejected], call.now)
    return Receipt(
        order=recorded.order_external_id,
        created=recorded.is_created,
        visitor_matched=recorded.is_visitor_matched,
        stale=True if recorded.is_stale else UNSET,
        rejected=rejected or UNSET,
    )


def verify_lines(
    call: Call, store: StoreConfiguration, body: OrderBody
) -> tuple[dict[int, dict[str, Any]], list[RejectedToken]]:
    """The claims of the acceptance tokens by line, and the tokens that don't count."""
    claims, rejected = {}, []
    for index, line in enumerate(body.lines):
        if line.acceptance_token is None:
            continue
        try:
            claims[index] = tokens.read_acceptance(store, line.acceptance_token, call.now, is_expired_ok=True)
            code = mismatch(claims[index], line, body.visitor_id)
        except BadToken:
            code = "bad_token"
        if code:
            claims.pop(index, None)
            rejected.append(RejectedToken(index, code))
    return claims, rejected


def mismatch(claims: dict[str, Any], line: OrderLine, visitor_id: str | None) -> str:
    """Why a token that verifies is not for this line; empty where it is."""
    if visitor_id and claims["sub"] != visitor_id:
        return "wrong_visitor"
    accepted = [accepted for accepted in claims["lines"] if accepted["sku"] == line.sku]
    if not accepted:
        return "wrong_product"
    paid_minor = round((line.price_minor * line.quantity - line.discount_minor) / line.quantity)
    at_price = [part["quantity"] for part in accepted if part["price_minor"] in (line.price_minor, paid_minor)]
    if not at_price:
        return "wrong_price"
    whole = sum(part["quantity"] for part in accepted)
    is_quantity = line.quantity in {whole, *at_price} if claims.get("quantity", 1) > 1 else line.quantity <= whole
    return "" if is_quantity else "wrong_quantity"  # more than was accepted; of a tier fewer, too


def order_data(body: OrderBody, acceptances: dict[int, dict[str, Any]], refused: dict[int, str]) -> OrderData:
    """The order as ``experiments`` takes it. Raises ``BadOrder``."""
    lines = [
        LineData(
            line.sku,
            line.quantity,
            line.price_minor,
            acceptances.get(index, {}).get("experiment", ""),
            line.discount_minor,
            line.cost_minor,
            refused.get(index, ""),
        )
        for index, line in enumerate(body.lines)
    ]
    refunds = [refund_data(index, refund) for index, refund in enumerate(body.refunds)]
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
        refunds=tuple(refunds),
    )


def refund_data(index: int, refund: OrderRefund) -> RefundData:
    """The refund at this place of the order. Raises ``BadOrder``, which says the place."""
    with within(f"refunds[{index}]"):
        return RefundData(refund.external_id, refund.amount_minor, refund.at, tuple(to_builtins(refund.lines)))


def discount_minor(body: OrderBody) -> int:
    """The order's discount: what it says, else that of its lines together. Raises ``BadOrder``."""
    of_lines = sum(line.discount_minor for line in body.lines)
    if body.discount_minor is None:
        return of_lines
    if body.discount_minor < of_lines:
        raise BadOrder("discount_minor", f"must be at least the discounts of the lines together, which are {of_lines}.")
    return body.discount_minor
