"""What the bodies of all shop systems share: strict decoding, decimal amounts, the names under which a shop's pages
leave the visitor and the accepted offer, and prices of lines to the cent."""

from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from re import fullmatch
from typing import Annotated, Any, Protocol, TypeVar

from msgspec import DecodeError, Meta
from msgspec.json import Decoder

from checkout_widgets.customer_fields import CustomerFields
from checkout_widgets.edge.accepted_lines import Accepted, SoldLine
from checkout_widgets.edge.payloads import VISITOR_ID
from experiments import money
from experiments.accounting.order_data import MAX_MINOR, VISITOR_NAMES, LineData

ACCEPTANCE_NAMES = ("_offerlift_acceptance",)
TRIAL_NAMES = ("_offerlift_test_order",)
PLACED_AT_NAMES = ("_offerlift_placed_at",)
MAX_DECIMALS = 10  # no currency has more; an amount may be written with thousands
MAX_CART_TOKENS = 20
MAX_NAME = 64  # what an order line's SKU can hold

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Body = TypeVar("Body")
Member = TypeVar("Member")
# Shop systems write null for an empty list, and PHP an object for one whose numbers have gaps.
ListOf = list[Member] | dict[str, Member] | None
# What a line's token says of the line.
ReadToken = Callable[[str, SoldLine], Accepted]

_documents = Decoder(Any)


class Attribute(Protocol):
    """What a shop's page or plugin wrote down with an order or a line, under a name."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> Any: ...


class BadPayload(ValueError):
    """A body that will never be understood, however often it is tried."""


def decode(decoder: Decoder[Body], body: bytes) -> Body:
    """Return the body as a typed value. Raises ``BadPayload``, which names the field."""
    try:
        return decoder.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPayload(str(error)) from error


def customer_fields(body: bytes) -> CustomerFields:
    """Return the body's fields to be read one by one. Raises ``BadPayload`` where it isn't an object in JSON."""
    fields = CustomerFields(decode(_documents, body))
    if fields.unread:
        raise BadPayload("The body isn't an object.")
    return fields


def listed(members: ListOf[Member]) -> list[Member]:
    """Return the members of what ought to be a list."""
    if isinstance(members, dict):
        return list(members.values())
    return members or []


def id_texts(*ids: int | None) -> tuple[str, ...]:
    """Return the ids that are given, as text; shop systems write 0 or null where there is none."""
    return tuple(str(number) for number in ids if number)


def minor(amount: Decimal, currency: str) -> int:
    """Return a decimal amount in minor units of the currency, rounded half to even where it has more decimals.

    Raises ``BadPayload``.
    """
    # MAX_MINOR is compared with major units: generous, and enough to refuse what would take long to multiply.
    if not amount.is_finite() or amount.copy_abs() > MAX_MINOR:
        raise BadPayload(f"An amount of {amount} is not possible.")
    return money.to_minor(amount, currency)


def decimal(text: str) -> Decimal:
    """Return an amount that is written as a text. Raises ``BadPayload``."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadPayload(f"{text[:MAX_NAME]!r} is no amount.") from None


def decimals(amount: Decimal) -> int:
    """Return how many decimals the amount is written with, at most ``MAX_DECIMALS``."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):  # of NaN and infinity it is a letter
        return 0
    return min(MAX_DECIMALS, max(0, -exponent))


def pairs(*places: ListOf[Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each ``Attribute`` in these places, one place after the other."""
    for place in places:
        for attribute in listed(place):
            yield attribute.name, attribute.value


def first_text(attributes: Iterable[tuple[str, Any]], names: Collection[str]) -> str:
    """Return the first of the named attributes that is a text; empty without one."""
    for name, value in attributes:
        if name in names and isinstance(value, str):
            return value
    return ""


def visitor_of(attributes: Iterable[tuple[str, Any]]) -> str:
    """Return the visitor that the shop's pages wrote down; empty where they didn't, or nothing that can be one."""
    visitor_id = first_text(attributes, VISITOR_NAMES)
    if not fullmatch(VISITOR_ID, visitor_id):
        return ""
    return visitor_id


def first_address(*values: Any) -> str:
    """Return the first of these that is a text with anything in it, as an email address that the shop wrote."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def acceptance_of(attributes: Iterable[tuple[str, Any]]) -> str:
    """Return the token of an accepted offer that stands with a line; empty without one. Nothing is checked yet."""
    return first_text(attributes, ACCEPTANCE_NAMES)


def texts(value: Any) -> list[str]:
    """Return the texts of a list that stands in a text as JSON, 20 at most; none of what is no list."""
    try:
        members = _documents.decode(value)
    except (DecodeError, TypeError, UnicodeError, RecursionError):
        return []
    if not isinstance(members, list):
        return []
    return [member for member in members[:MAX_CART_TOKENS] if isinstance(member, str)]


def trial_mark_of(attributes: Iterable[tuple[str, Any]]) -> str:
    """Return the mark of a test order; empty without one. Nothing is checked yet."""
    return first_text(attributes, TRIAL_NAMES)


def priced_lines(
    sku: str, quantity: int, *, total_minor: int, discount_minor: int, accepted: Accepted
) -> list[LineData]:
    """Return a line whose units cost ``total_minor`` together, before the discount.

    Where the total can't be divided evenly, some units cost a cent more and stand on a line of their own, so that the
    sum stays exact.
    """
    unit_minor, dearer = divmod(total_minor, quantity)
    dearer_discount = discount_minor * dearer // quantity
    parts = [
        (quantity - dearer, unit_minor, discount_minor - dearer_discount),
        (dearer, unit_minor + 1, dearer_discount),
    ]
    lines = []
    for units, price_minor, units_discount in parts:
        if units == 0:
            continue
        line = LineData(
            sku=(accepted.sku or sku)[:MAX_NAME],
            quantity=units,
            price_minor=price_minor,
            experiment_key=accepted.experiment_key,
            discount_minor=units_discount,
            refused_code=accepted.code,
            acceptance_id=accepted.acceptance_id,
        )
        lines.append(line)
    return lines


def sum_before_discounts(lines: Iterable[LineData]) -> int:
    """Return what the lines cost before discounts, in minor units."""
    return sum(line.price_minor * line.quantity for line in lines)


def sum_of_discounts(lines: Iterable[LineData]) -> int:
    """Return what discounts take off the lines, in minor units."""
    return sum(line.discount_minor for line in lines)
