"""What the bodies of all shop systems share: strict decoding, decimal amounts, the names under which a shop's pages
leave the visitor and the accepted offer, and prices of lines to the cent."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from re import fullmatch
from typing import Annotated, Any, TypeVar

from msgspec import DecodeError, Meta, Struct
from msgspec.json import Decoder

from checkout_widgets.edge.accepted_lines import Accepted, SoldLine
from checkout_widgets.edge.payloads import VISITOR_ID
from experiments import money
from experiments.accounting.order_data import MAX_MINOR, LineData

VISITOR_NAMES = ("offerlift_visitor", "_offerlift_visitor", "_upsell_vid")
ACCEPTANCE_NAMES = ("_offerlift_acceptance",)
PLACED_AT_NAMES = ("_offerlift_placed_at",)

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Body = TypeVar("Body")
Member = TypeVar("Member")
# Shop systems write null for an empty list, and PHP an object for one whose numbers have gaps.
ListOf = list[Member] | dict[str, Member] | None
# What a line's token says of the line.
ReadToken = Callable[[str, SoldLine], Accepted]


class BadPayload(ValueError):
    """A body that will never be understood, however often it is tried."""


class DeletedOrder(Struct):
    """All that is sent of an order that is gone."""

    id: Id


_deleted_orders = Decoder(DeletedOrder)


def read_deleted_order(body: bytes) -> DeletedOrder:
    """The body of ``order.deleted`` and ``orders/delete``. Raises ``BadPayload``."""
    return decode(_deleted_orders, body)


def decode(decoder: Decoder[Body], body: bytes) -> Body:
    """The body as a typed value. Raises ``BadPayload``, which names the field."""
    try:
        return decoder.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPayload(str(error)) from error


def listed(members: ListOf[Member]) -> list[Member]:
    """The members of what ought to be a list."""
    if isinstance(members, dict):
        return list(members.values())
    return members or []


def minor(amount: Decimal, currency: str) -> int:
    """A decimal amount in minor units of the currency, rounded half to even where it has more decimals.

    Raises ``BadPayload``.
    """
    if not amount.is_finite() or amount.copy_abs() > MAX_MINOR:
        raise BadPayload(f"An amount of {amount} is not possible.")
    return money.to_minor(amount, currency)


def decimals(amount: Decimal) -> int:
    """How many decimals the amount is written with, at most ten."""
    exponent = amount.as_tuple().exponent
    return min(10, max(0, -exponent)) if isinstance(exponent, int) else 0


def first_text(attributes: Iterable[tuple[str, Any]], names: Collection[str]) -> str:
    """The first of the named attributes that is a text; empty without one."""
    return next((value for name, value in attributes if name in names and isinstance(value, str)), "")


def visitor_of(attributes: Iterable[tuple[str, Any]]) -> str:
    """The visitor that the shop's pages wrote down; empty where they didn't, or nothing that can be one."""
    visitor_id = first_text(attributes, VISITOR_NAMES)
    return visitor_id if fullmatch(VISITOR_ID, visitor_id) else ""


def priced_lines(sku: str, quantity: int, total_minor: int, discount_minor: int, accepted: Accepted) -> list[LineData]:
    """A line whose units cost ``total_minor`` together, before the discount.

    Where the total can't be divided evenly, some units cost a cent more and stand on a line of their own, so that the
    sum stays exact.
    """
    unit_minor, dearer = divmod(total_minor, quantity)
    dearer_discount = discount_minor * dearer // quantity
    parts = [
        (quantity - dearer, unit_minor, discount_minor - dearer_discount),
        (dearer, unit_minor + 1, dearer_discount),
    ]
    return [
        LineData(
            (accepted.sku or sku)[:64],
            count,
            price,
            accepted.experiment_key,
            discount,
            refused_code=accepted.code,
            acceptance_id=accepted.acceptance_id,
        )
        for count, price, discount in parts
        if count
    ]
