"""Shopify's orders and refunds as it sends them, as far as they are needed.

Fields: https://shopify.dev/docs/api/admin-rest/latest/resources/order and .../refund. Each amount has a ``shop_money``
(the shop's currency, which counts) and a ``presentment_money`` (what the shopper saw).
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from checkout_widgets.shop_products import ShopProducts
from checkout_widgets.webhooks.shop_systems import payloads
from checkout_widgets.webhooks.shop_systems.payloads import MAX_NAME, Id, ListOf, listed

Time = Annotated[datetime, Meta(tz=True)]
NO_TIP = (None, None, None)


class ShopifyMoney(Struct):
    """An amount with its currency."""

    amount: Decimal
    currency_code: str

    def minor(self) -> int:
        """Return the amount in minor units of its currency. Raises ``BadPayload``."""
        return payloads.minor(self.amount, self.currency_code)


class ShopifyMoneySet(Struct):
    """An amount in two currencies, of which the shop's counts; the other is what the shopper saw."""

    shop_money: ShopifyMoney
    presentment_money: ShopifyMoney | None = None

    def minor(self) -> int:
        """Return the amount in minor units of the shop's currency. Raises ``BadPayload``."""
        return self.shop_money.minor()


class ShopifyVariant(Struct):
    """What is sold of a product; ``price`` is what it costs now, in the shop's currency."""

    id: Id
    price: Decimal
    sku: str | None = None


class ShopifyProduct(Struct):
    """A product with its variants, of which each has one at least."""

    variants: list[ShopifyVariant]


class ShopifyAttribute(Struct):
    """What the shop's pages wrote down with the cart or with a line."""

    name: str
    value: Any = None


class ShopifyMetafield(Struct):
    """A value that an app keeps with an order; webhooks have those of the namespaces that they were created with."""

    namespace: Any = None
    key: Any = None
    value: Any = None

    @property
    def tokens(self) -> list[str]:
        """The tokens that our app has kept with the cart; empty of what others keep."""
        is_ours = str(self.namespace).rpartition("--")[2] == "offerlift"  # an app's own: "app--12345--offerlift"
        if is_ours and self.key == "acceptances":
            return payloads.texts(self.value)
        return []


class ShopifyTaxLine(Struct):
    """A tax of a line; a line may have several."""

    price_set: ShopifyMoneySet


class DiscountAllocation(Struct):
    """A line's share of a discount."""

    amount_set: ShopifyMoneySet


class ShopifyLine(Struct):
    """A product in an order. Gift cards and tips are not goods."""

    quantity: Annotated[int, Meta(ge=0)]
    price_set: ShopifyMoneySet
    sku: str | None = None
    variant_id: Id | None = None
    product_id: Id | None = None
    properties: ListOf[ShopifyAttribute] = None
    tax_lines: ListOf[ShopifyTaxLine] = None
    discount_allocations: ListOf[DiscountAllocation] = None
    gift_card: bool | None = False
    tip: Any = None
    tip_payment_gateway: str | None = None
    tip_payment_method: str | None = None

    @property
    def is_merchandise(self) -> bool:
        is_tip = (self.tip, self.tip_payment_gateway, self.tip_payment_method) != NO_TIP
        return self.quantity > 0 and not self.gift_card and not is_tip

    @property
    def external_ids(self) -> tuple[str, ...]:
        """Shopify's own ids: the variant's before the product's."""
        return payloads.id_texts(self.variant_id, self.product_id)

    @property
    def label(self) -> str:
        """The SKU, or Shopify's own id where the product has none."""
        return self.sku or str(self.variant_id or self.product_id or "")

    def stored_name(self, products: ShopProducts) -> str:
        """Return what the line is stored under: what the catalogue calls it, else the SKU, else Shopify's id."""
        return products.sku_of(self.sku or "", self.external_ids)[:MAX_NAME]

    @property
    def acceptance(self) -> str:
        """The token of the accepted offer that the line is of; empty without one."""
        return payloads.acceptance_of(payloads.pairs(self.properties))

    def before_discounts_minor(self) -> int:
        """Return what all its units cost together, in the price's own way with tax or without."""
        return self.price_set.minor() * self.quantity

    def tax_minor(self) -> int:
        """Return all taxes of the line together."""
        return sum_of_taxes(self.tax_lines)

    def discounts_minor(self) -> list[int]:
        """Return the line's share of each discount."""
        return [allocation.amount_set.minor() for allocation in listed(self.discount_allocations)]


class ShopifyShippingLine(Struct):
    """A way of shipping."""

    discounted_price_set: ShopifyMoneySet
    tax_lines: ListOf[ShopifyTaxLine] = None
    is_removed: bool | None = False

    def tax_minor(self) -> int:
        """Return all taxes of the shipping together."""
        return sum_of_taxes(self.tax_lines)


class ShopifyRefundLine(Struct):
    """A product that was given back or taken out of the order."""

    quantity: int
    line_item: ShopifyLine
    subtotal_set: ShopifyMoneySet
    total_tax_set: ShopifyMoneySet


class ShopifyAdjustment(Struct):
    """Paid back more (negative) or less (positive) than the lines and the shipping are worth."""

    kind: str
    amount_set: ShopifyMoneySet
    tax_amount_set: ShopifyMoneySet | None = None

    def tax_minor(self) -> int:
        """Return the tax in it; 0 where Shopify doesn't say it."""
        if self.tax_amount_set is None:
            return 0
        return self.tax_amount_set.minor()


class ShopifyRefund(Struct):
    """What was paid back."""

    id: Id
    created_at: Time
    order_id: Id | None = None
    refund_line_items: ListOf[ShopifyRefundLine] = None
    order_adjustments: ListOf[ShopifyAdjustment] = None

    @property
    def merchandise(self) -> list[ShopifyRefundLine]:
        """Its lines without gift cards and tips."""
        return [line for line in listed(self.refund_line_items) if line.line_item.is_merchandise]

    @property
    def goods(self) -> list[ShopifyLine]:
        """The order's lines that it is about."""
        return [line.line_item for line in self.merchandise]


class ShopifyCustomer(Struct):
    """Who bought; without an id where the app may not know it. A shop may leave addresses out as well."""

    id: Id | None = None
    email: Any = None


class ShopifyOrder(Struct):
    """An order. Times are those of Shopify's servers; ``processed_at`` is when the shopper placed it."""

    id: Id
    created_at: Time
    updated_at: Time
    currency: str
    total_tax_set: ShopifyMoneySet
    total_price_set: ShopifyMoneySet
    line_items: ListOf[ShopifyLine]
    processed_at: Time | None = None
    cancelled_at: Time | None = None
    financial_status: str | None = None
    taxes_included: bool | None = False
    test: bool | None = False
    source_name: str | None = None
    customer: ShopifyCustomer | None = None
    email: Any = None
    contact_email: Any = None
    note_attributes: ListOf[ShopifyAttribute] = None
    metafields: ListOf[ShopifyMetafield] = None
    shipping_lines: ListOf[ShopifyShippingLine] = None
    refunds: ListOf[ShopifyRefund] = None

    @property
    def goods(self) -> list[ShopifyLine]:
        """Its lines without gift cards and tips."""
        return [line for line in listed(self.line_items) if line.is_merchandise]

    @property
    def visitor_id(self) -> str:
        """The visitor, from the cart's attributes or else a line's properties; empty where neither names one."""
        places = [self.note_attributes]
        for line in listed(self.line_items):
            places.append(line.properties)
        return payloads.visitor_of(payloads.pairs(*places))

    @property
    def cart_tokens(self) -> list[str]:
        """The tokens that stand with the whole cart, in its attributes and in our app's metafield, and with no line."""
        tokens = [payloads.acceptance_of(payloads.pairs(self.note_attributes))]
        for metafield in listed(self.metafields):
            tokens += metafield.tokens
        own = {line.acceptance for line in listed(self.line_items)}
        return [token for token in dict.fromkeys(tokens) if token and token not in own]

    @property
    def trial_mark(self) -> str:
        """The mark of a test order, from the cart's attributes; empty without one."""
        return payloads.trial_mark_of(payloads.pairs(self.note_attributes))

    @property
    def customer_id(self) -> str:
        """Shopify's id of the customer; empty where it isn't known."""
        if self.customer is None or not self.customer.id:
            return ""
        return str(self.customer.id)

    @property
    def address(self) -> str:
        """The address that the order was placed with, else the customer's; empty where the shop says neither."""
        of_customer = self.customer and self.customer.email
        return payloads.first_address(self.email, self.contact_email, of_customer)

    @property
    def reason_to_ignore(self) -> str:
        """Why the order isn't stored; empty where it is."""
        if self.test:
            return "It is a test order."
        return ""

    @property
    def is_deleted(self) -> bool:
        """Never: Shopify tells a deletion under a topic of its own."""
        return False


def sum_of_taxes(lines: ListOf[ShopifyTaxLine]) -> int:
    """Return the taxes together, in minor units."""
    return sum(tax.price_set.minor() for tax in listed(lines))
