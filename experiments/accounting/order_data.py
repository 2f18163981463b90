"""An order as whoever sends it describes it: its fields, and what can't be stored of them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from experiments import money
from experiments.models import OrderStatus, years

MAX_MINOR = 10**12  # keeps every sum of one order far inside a bigint
MAX_QUANTITY = 10**6  # keeps the items of an order of ``MAX_LINES`` inside an int
MAX_LINES = 1_000  # far above any cart; bounds what one order costs to write
MAX_ID = 64  # as wide as the columns of ids
# Where an order of a shop system names its visitor: docs/orders.md promises all of these. Shop systems hide from
# shoppers what begins with an underscore.
VISITOR_NAMES = ("offerlift_visitor", "_offerlift_visitor", "_upsell_vid")
YEARS = range(years.FIRST, years.LAST + 1)
MAX_OFFSET = timedelta(hours=16)  # PostgreSQL takes less; no place on earth is further than 14 hours from UTC


class BadOrder(ValueError):
    """A field of an order that can't be stored; ``field`` names it as in the orders API."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


@contextmanager
def naming_field(place: str) -> Iterator[None]:
    """Name a field that can't be stored by its place in the order: ``at`` as ``refunds[0].at``. Raises ``BadOrder``."""
    try:
        yield
    except BadOrder as error:
        raise BadOrder(f"{place}.{error.field}", error.message) from error


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: it takes neither NUL nor half a UTF-16 pair."""
    return re.search("[\x00\ud800-\udfff]", text) is None


def check_text(field: str, value: str, *, is_required: bool = False) -> None:
    """Raise ``BadOrder`` unless the text is an id that PostgreSQL can hold."""
    if len(value) > MAX_ID or not is_storable(value):
        raise BadOrder(field, f"must be valid text of at most {MAX_ID} characters.")
    if is_required and not value:
        raise BadOrder(field, "must not be empty.")


def check_amount(field: str, minor: int, *, low: int = 0, high: int = MAX_MINOR) -> None:
    """Raise ``BadOrder`` unless the amount is between the bounds."""
    if not low <= minor <= high:
        raise BadOrder(field, f"must be between {low} and {high}.")


def check_moment(field: str, at: datetime) -> None:
    """Raise ``BadOrder`` unless the time says its offset from UTC, and is one that a shop can mean."""
    offset = at.utcoffset()
    if offset is None:
        raise BadOrder(field, "must say its offset from UTC, such as a final Z.")
    if abs(offset) >= MAX_OFFSET:
        raise BadOrder(field, "must have an offset from UTC of less than 16 hours.")
    if at.year not in YEARS:
        raise BadOrder(field, f"must be between the years {YEARS[0]} and {YEARS[-1]}.")


@dataclass(frozen=True, slots=True)
class LineData:
    """A product in an order; ``experiment_key`` is that of its acceptance token, empty where none verified, and
    ``acceptance_id`` the acceptance, which counts for one order alone.

    ``price_minor`` is per unit and before discounts; ``discount_minor`` the whole line's share of the order's discount;
    ``cost_minor`` is what the shop pays per unit, ``None`` where that is unknown; ``refused_code`` says why a token
    that came with the line doesn't count.
    """

    sku: str
    quantity: int
    price_minor: int
    experiment_key: str = ""
    discount_minor: int = 0
    cost_minor: int | None = None
    refused_code: str = ""
    acceptance_id: UUID | None = None

    def __post_init__(self) -> None:
        check_text("sku", self.sku)
        check_amount("cost_minor", self.cost_minor or 0)
        check_amount("discount_minor", self.discount_minor)
        check_amount("quantity", self.quantity, low=1, high=MAX_QUANTITY)
        check_amount("price_minor", self.price_minor, low=-MAX_MINOR)


@dataclass(frozen=True, slots=True)
class RefundData:
    """Money paid back; ``lines`` are ``{"sku", "quantity"}``."""

    external_id: str
    amount_minor: int
    at: datetime
    lines: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        check_text("external_id", self.external_id, is_required=True)
        check_amount("amount_minor", self.amount_minor)
        check_moment("at", self.at)
        for index, line in enumerate(self.lines):
            if not is_storable(line["sku"]):
                raise BadOrder(f"lines[{index}].sku", "must be valid text.")


@dataclass(frozen=True, slots=True)
class OrderData:
    """An order as its source describes it now, complete: lines and refunds replace the stored ones.

    ``presentment_currency`` and its total are what the shopper saw, where that isn't ``currency``. ``repeat_kind`` says
    that the shop made it from an earlier order, which is ``first_external_id`` where the source says so. ``guest_key``
    is the customer's key by the address that the source has (``customer_keys.guest_key``), which itself isn't kept
    here: it counts where nobody names ``customer_id``. ``deleted_at``
    and ``restored_at`` are when we heard, by our clock, that the shop deleted the order or brought it back: they stay
    true whichever version is the newest. Raises ``BadOrder`` for a value that can't be stored.
    """

    external_id: str
    placed_at: datetime
    updated_at: datetime
    currency: str
    lines: tuple[LineData, ...]
    subtotal_minor: int
    total_minor: int
    visitor_id: str = ""
    customer_id: str = ""
    guest_key: str = ""
    status: str = OrderStatus.PAID
    discount_minor: int = 0
    tax_minor: int = 0
    shipping_minor: int = 0
    refunds: tuple[RefundData, ...] = ()
    presentment_currency: str = ""
    presentment_total_minor: int | None = None
    repeat_kind: str = ""
    first_external_id: str = ""
    deleted_at: datetime | None = None
    restored_at: datetime | None = None

    def __post_init__(self) -> None:
        check_text("external_id", self.external_id, is_required=True)
        check_text("visitor_id", self.visitor_id)
        check_text("customer_id", self.customer_id)
        check_text("first_external_id", self.first_external_id)
        check_moment("placed_at", self.placed_at)
        check_moment("updated_at", self.updated_at)
        check_amount("discount_minor", self.discount_minor)
        for field in ("subtotal_minor", "tax_minor", "shipping_minor", "total_minor"):
            check_amount(field, getattr(self, field), low=-MAX_MINOR)
        check_amount("presentment_total_minor", self.presentment_total_minor or 0, low=-MAX_MINOR)
        if not money.is_code(self.currency):
            raise BadOrder("currency", "must be an ISO 4217 code, such as EUR.")
        if self.presentment_currency and not money.is_code(self.presentment_currency):
            raise BadOrder("presentment_currency", "must be an ISO 4217 code, such as EUR.")
        if self.status not in OrderStatus.values:
            raise BadOrder("status", f"must be one of {', '.join(OrderStatus.values)}.")
        if len(self.lines) > MAX_LINES:
            raise BadOrder("lines", f"must be at most {MAX_LINES}.")
        check_sums(self.lines)

    @property
    def acceptances(self) -> set[UUID]:
        """The acceptances that the lines carry."""
        acceptances = set()
        for line in self.lines:
            if line.acceptance_id is not None:
                acceptances.add(line.acceptance_id)
        return acceptances


def check_sums(lines: Iterable[LineData]) -> None:
    """Raise ``BadOrder`` where the lines come to more than sums of orders have room for."""
    price = cost = 0
    for line in lines:
        price += abs(line.price_minor) * line.quantity
        cost += (line.cost_minor or 0) * line.quantity
    if price > MAX_MINOR:
        raise BadOrder("lines", f"must come to {MAX_MINOR} minor units at most.")
    if cost > MAX_MINOR:
        raise BadOrder("lines", f"must cost {MAX_MINOR} minor units at most.")
