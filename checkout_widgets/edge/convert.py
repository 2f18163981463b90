"""``POST /v1/convert``: what a shopper's browser says of an order on the confirmation page. Nobody has signed it."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from msgspec import Struct

from checkout_widgets import costs
from checkout_widgets.edge import payloads, tokens
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.payloads import ConvertBody, ConvertOrder
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.edge.tokens import BadToken
from experiments.accounting import ingestion
from experiments.accounting.claims import claim_order
from experiments.accounting.order_data import BadOrder, LineData, OrderData
from experiments.models import Store


class Converted(Struct):
    """The answer: ``recorded`` where nobody had told of the order before."""

    order: str
    recorded: bool


@endpoint(max_bytes=100_000, source="convert")
def convert(call: Call) -> Converted:
    """Link the visitor to the order, and store it unsigned where no signed source has sent it.

    The answer doesn't say whether the link holds: whoever makes orders up would learn their totals by it.
    """
    body = call.decode(payloads.convert)
    store = call.store_for_page(body.key)
    accepted, rejected = verified(call, store, body)
    try:
        data = order_data(call, body.order, accepted)
    except BadOrder as error:
        raise ApiError(400, "bad_field", str(error), field=f"order.{error.field}") from error
    [data] = costs.fill_missing_costs(store.id, [data])
    is_recorded = claim_order(Store.objects.get(pk=store.id), data, body.visitor_id, at=call.now)
    ingestion.count_rejections(store.id, "convert", rejected, call.now)
    return Converted(data.external_id, is_recorded)


def verified(call: Call, store: StoreConfiguration, body: ConvertBody) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the claims of the acceptance tokens that are the visitor's, and the codes of those that aren't."""
    accepted, rejected = [], []
    for token in dict.fromkeys(body.order.acceptance_tokens):
        try:
            claims = tokens.read_acceptance(store, token, call.now, is_expired_ok=True)
            UUID(claims["jti"])
        except (BadToken, ValueError, AttributeError):  # also a token of somebody with the key, without a usable id
            rejected.append("bad_token")
            continue
        if claims["sub"] == body.visitor_id:
            accepted.append(claims)
        else:
            rejected.append("wrong_visitor")
    return accepted, rejected


def order_data(call: Call, order: ConvertOrder, accepted: list[dict[str, Any]]) -> OrderData:
    """Return the order as ``experiments`` takes it, placed now. Raises ``BadOrder``."""
    lines = tuple(named_lines(order, accepted))
    if not order.lines:
        lines = tuple(total_lines(order, accepted))
    return OrderData(
        external_id=str(order.id),
        placed_at=call.now,
        updated_at=call.now,
        currency=order.currency,
        lines=lines,
        subtotal_minor=total_of(lines),
        total_minor=order.total_minor,
    )


def named_lines(order: ConvertOrder, accepted: list[dict[str, Any]]) -> Iterator[LineData]:
    """Yield the lines that the page names; each is an accepted offer's where a token says so at that price."""
    offers = {}
    for claims, accepted_line in lines_of(accepted):
        offers[accepted_line["sku"], accepted_line["price_minor"]] = claims
    for line in order.lines:
        yield line_data(line.sku, line.quantity, line.price_minor, offers.get((line.sku, line.price_minor)))


def total_lines(order: ConvertOrder, accepted: list[dict[str, Any]]) -> Iterator[LineData]:
    """Yield what was accepted, and the rest of the total as one line without a product."""
    taken = []
    for claims, line in lines_of(accepted):
        taken.append(line_data(line["sku"], line["quantity"], line["price_minor"], claims))
    rest = order.total_minor - total_of(taken)
    if rest < 0:  # more was accepted than was paid: the tokens are not of this order
        taken, rest = [], order.total_minor
    yield LineData("", 1, rest)
    yield from taken


def total_of(lines: Iterable[LineData]) -> int:
    """Return what lines cost together, in minor units."""
    return sum(line.price_minor * line.quantity for line in lines)


def line_data(sku: str, quantity: int, price_minor: int, claims: dict[str, Any] | None) -> LineData:
    """Return a line, with the acceptance whose claims these are."""
    if claims is None:
        return LineData(sku, quantity, price_minor)
    return LineData(sku, quantity, price_minor, str(claims["experiment"]), acceptance_id=UUID(claims["jti"]))


def lines_of(accepted: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each token's claims with each of its lines."""
    for claims in accepted:
        for line in claims["lines"]:
            yield claims, line
