"""WooCommerce's orders as it sends them, as far as they are needed; amounts of lines are without tax in every shop.

Fields: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders. Times that end in ``_gmt`` are UTC and don't
say so.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import MAX_NAME, Id, ListOf, listed
from checkout_widgets.webhooks.shop_systems.woocommerce_currencies import BaseCurrency, base_currency

DRAFTS = frozenset({"checkout-draft", "auto-draft", "draft"})


class WooCommerceMeta(Struct):
    """What a plugin wrote down with the order or with a line."""

    name: str = field(name="key")
    value: Any = None


class WooCommerceLine(Struct):
    """A product in an order: ``subtotal`` before discounts, ``total`` after; both without tax. ``price`` is what one
    costs after discounts, without tax and not rounded."""

    quantity: float
    subtotal: Decimal
    total: Decimal
    subtotal_tax: Decimal | None = None
    total_tax: Decimal | None = None
    price: Decimal | None = None
    sku: str | None = None
    product_id: Id | None = 0
    variation_id: Id | None = 0
    meta_data: ListOf[WooCommerceMeta] = []

    @property
    def external_ids(self) -> tuple[str, ...]:
        """WooCommerce's own ids of the product: the variation's before the product's."""
        return payloads.id_texts(self.variation_id, self.product_id)

    @property
    def is_rounded(self) -> bool:
        """Whether the shop knows the line more exactly than it writes it, as one that rounds taxes at the subtotal."""
        return self.price is not None and self.price * Decimal(self.quantity) != self.total

    @property
    def units(self) -> int:
        """How many; a part of one counts as one."""
        return max(1, round(self.quantity))


class WooCommerceFee(Struct):
    """What is paid beside goods and shipping; below zero it is a discount."""

    total: Decimal
    total_tax: Decimal | None = None


class WooCommerceRefund(Struct):
    """What was paid back: a negative total with tax, and nothing about what it is for."""

    id: Id
    total: Decimal


class RefundedLine(Struct):
    """What was paid back of a line, a fee or the shipping: negative, without tax."""

    total: Decimal
    total_tax: Decimal | None = None
    quantity: float = 0
    sku: str | None = None
    product_id: Id | None = 0
    variation_id: Id | None = 0

    @property
    def label(self) -> str:
        """The SKU, or WooCommerce's own id where the product has none."""
        return (self.sku or str(self.variation_id or self.product_id or ""))[:MAX_NAME]


class ItemizedRefund(Struct):
    """A refund line by line: ``amount`` is all that was paid back, with tax; without lines it is an amount alone."""

    id: Id
    amount: Decimal
    line_items: ListOf[RefundedLine] = []
    shipping_lines: ListOf[RefundedLine] = []
    fee_lines: ListOf[RefundedLine] = []


class WooCommerceBilling(Struct):
    """Whom the order is billed to; nothing but the address is read."""

    email: Any = None


class WooCommerceOrder(Struct):
    """An order. Our plugin adds ``offerlift_refunds``, each refund line by line, and the shop's own currency."""

    id: Id
    status: str
    currency: str
    total: Decimal
    total_tax: Decimal
    shipping_total: Decimal
    line_items: ListOf[WooCommerceLine]
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    date_paid_gmt: datetime | None = None
    customer_id: Id | None = 0
    billing: WooCommerceBilling | list[Any] | None = None  # PHP writes a list where it has nothing in it
    parent_id: Id | None = 0
    created_via: str | None = ""
    meta_data: ListOf[WooCommerceMeta] = []
    fee_lines: ListOf[WooCommerceFee] = []
    refunds: ListOf[WooCommerceRefund] = []
    offerlift_refunds: ListOf[ItemizedRefund] = []
    offerlift_base_currency: str | None = ""

    @property
    def reason_to_ignore(self) -> str:
        """Why the order isn't stored; empty where it is. The block checkout saves a draft from its first second."""
        if self.status in DRAFTS:
            return "The shopper is still filling in the checkout."
        return ""

    @property
    def is_deleted(self) -> bool:
        """Whether the shop put the order in the trash; it may be restored."""
        return self.status == "trash"

    @property
    def goods(self) -> list[WooCommerceLine]:
        """Its lines: WooCommerce's are always products."""
        return listed(self.line_items)

    @property
    def discounts(self) -> list[WooCommerceFee]:
        """The fees below zero: a volume discount, a gift."""
        return [fee for fee in listed(self.fee_lines) if self.minor(fee.total) < 0]

    @property
    def visitor_id(self) -> str:
        """The visitor, from the order's meta data or else a line's; empty where neither names one."""
        places = [self.meta_data]
        for line in self.goods:
            places.append(line.meta_data)
        return payloads.visitor_of(payloads.pairs(*places))

    @property
    def address(self) -> str:
        """The address that the order was placed with; empty without one."""
        if not isinstance(self.billing, WooCommerceBilling):
            return ""
        return payloads.first_address(self.billing.email)

    @property
    def trial_mark(self) -> str:
        """The mark of a test order, from the order's meta data; empty without one."""
        return payloads.trial_mark_of(payloads.pairs(self.meta_data))

    def meta(self, name: str) -> str | None:
        """Return the first value under the name as text; None where a plugin wrote nothing under it."""
        for meta in listed(self.meta_data):
            if meta.name == name:
                return str(meta.value)
        return None

    @property
    def base(self) -> BaseCurrency:
        """What the order is counted in: the shop's currency, where a plugin sold in another one and says the rate."""
        meta = dict(payloads.pairs(self.meta_data))
        return base_currency(meta, self.currency, self.offerlift_base_currency or "")

    def minor(self, amount: Decimal | None) -> int:
        """Return an amount of the order in minor units of ``base``; nothing is zero. Raises ``BadPayload``."""
        if not amount:
            return 0
        base = self.base
        return payloads.minor(amount * base.rate, base.code)

    @property
    def tolerance_minor(self) -> int:
        """Half of the last decimal that the shop writes, where that is more than the currency's."""
        amounts = [self.total]
        for line in self.goods:
            amounts += [line.subtotal, line.total]
        written = max(map(payloads.decimals, amounts))
        return self.minor(Decimal(1).scaleb(-written)) // 2


def utc(at: datetime) -> datetime:
    """Return a ``_gmt`` time with the offset that it doesn't say."""
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=UTC)
