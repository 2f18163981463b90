"""Orders as they arrived: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from experiments import money
from experiments.admin.tenancy import ReadOnly, ReadOnlyInline, StoreScopedAdmin
from experiments.models import Order, OrderLine, Refund


class OrderLineInline(ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = ("sku", "quantity", "price", "discount", "is_upsell", "experiment_key", "refused_code")
    readonly_fields = ("price", "discount")

    @admin.display(description="Price")
    def price(self, line: OrderLine) -> str:
        """The unit price."""
        return money.text(line.price_minor, line.order.currency)

    @admin.display(description="Discount")
    def discount(self, line: OrderLine) -> str:
        """Of the whole line."""
        return money.text(line.discount_minor, line.order.currency)


class RefundInline(ReadOnlyInline):
    """What was paid back."""

    model = Refund
    fields = ("external_id", "amount", "refunded_at")
    readonly_fields = ("amount",)

    @admin.display(description="Amount")
    def amount(self, refund: Refund) -> str:
        """The amount."""
        return money.text(refund.amount_minor, refund.order.currency)


class RefusedTokens(admin.SimpleListFilter):
    """Orders with an accepted offer that doesn't count."""

    title = "accepted offers"
    parameter_name = "refused"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Order]) -> list[tuple[str, str]]:
        """The one choice beside all orders."""
        return [("yes", "With a token that doesn't count")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Those that were chosen."""
        return queryset.filter(pk__in=Order.objects.with_refused_tokens()) if self.value() == "yes" else queryset


@admin.register(Order)
class OrderAdmin(ReadOnly, StoreScopedAdmin):
    """The orders that the stores sent."""

    inlines = (OrderLineInline, RefundInline)
    list_display = ("external_id", "store", "placed_at", "status", "total", "visitor", "source")
    list_filter = ("status", "source", "repeat_kind", RefusedTokens)
    list_select_related = ("store",)
    search_fields = ("external_id", "visitor_id", "linked_visitor_id", "customer_id")
    date_hierarchy = "placed_at"
    fields = (
        "store",
        "external_id",
        "source",
        "status",
        "visitor_id",
        "linked_visitor_id",
        "customer_id",
        "repeat_kind",
        "first_external_id",
        "placed_at",
        "updated_at",
        "received_at",
        "subtotal",
        "discount",
        "tax",
        "shipping",
        "total",
        "shopper_paid",
    )
    readonly_fields = ("subtotal", "discount", "tax", "shipping", "total", "shopper_paid")

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

    @admin.display(description="The shopper paid")
    def shopper_paid(self, order: Order) -> str:
        """The total in the shopper's currency, where that isn't the shop's."""
        if order.presentment_total_minor is None:
            return "In the shop's currency."
        return money.text(order.presentment_total_minor, order.presentment_currency)

    @admin.display(description="Visitor")
    def visitor(self, order: Order) -> str:
        """Whose it is: whom it names, or is linked to."""
        return order.visitor_id or order.linked_visitor_id
