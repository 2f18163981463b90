"""Orders as they arrived: to look at."""

from django.contrib import admin

from experiments import money
from experiments.admin.tenancy import ReadOnly, ReadOnlyInline, StoreScopedAdmin
from experiments.models import Order, OrderLine, Refund


class OrderLineInline(ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = ("sku", "quantity", "price", "is_upsell", "experiment_key")
    readonly_fields = ("price",)

    @admin.display(description="Price")
    def price(self, line: OrderLine) -> str:
        """The unit price."""
        return money.text(line.price_minor, line.order.currency)


class RefundInline(ReadOnlyInline):
    """What was paid back."""

    model = Refund
    fields = ("external_id", "amount", "refunded_at")
    readonly_fields = ("amount",)

    @admin.display(description="Amount")
    def amount(self, refund: Refund) -> str:
        """The amount."""
        return money.text(refund.amount_minor, refund.order.currency)


@admin.register(Order)
class OrderAdmin(ReadOnly, StoreScopedAdmin):
    """The orders that the stores sent."""

    inlines = (OrderLineInline, RefundInline)
    list_display = ("external_id", "store", "placed_at", "status", "total", "visitor_id", "source")
    list_filter = ("status", "source")
    list_select_related = ("store",)
    search_fields = ("external_id", "visitor_id", "customer_id")
    date_hierarchy = "placed_at"
    fields = (
        "store",
        "external_id",
        "source",
        "status",
        "visitor_id",
        "customer_id",
        "placed_at",
        "updated_at",
        "received_at",
        "subtotal",
        "discount",
        "tax",
        "shipping",
        "total",
    )
    readonly_fields = ("subtotal", "discount", "tax", "shipping", "total")

    def subtotal(self, order: Order) -> str:
        """Of the lines."""
        return money.text(order.subtotal_minor, order.currency)

    def discount(self, order: Order) -> str:
        """Taken off the subtotal."""
        return money.text(order.discount_minor, order.currency)

    def tax(self, order: Order) -> str:
        """As the store sent it."""
        return money.text(order.tax_minor, order.currency)

    def shipping(self, order: Order) -> str:
        """As the store sent it."""
        return money.text(order.shipping_minor, order.currency)

    @admin.display(ordering="total_minor")
    def total(self, order: Order) -> str:
        """What was paid."""
        return money.text(order.total_minor, order.currency)
