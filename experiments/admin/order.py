"""Orders as they arrived: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments import formatting
from experiments.admin.tenancy import ReadOnly, ReadOnlyInline, StoreScopedAdmin
from experiments.models import Order, OrderLine, Refund


class OrderLineInline(ReadOnlyInline):
    """What was bought."""

    model = OrderLine
    fields = ("sku", "quantity", "price", "discount", "is_upsell", "experiment_key", "refused_code")
    readonly_fields = ("price", "discount")

    @admin.display(description=_("Price"))
    def price(self, line: OrderLine) -> str:
        """Return the unit price."""
        return formatting.price(line.price_minor, line.order.currency)

    @admin.display(description=_("Discount"))
    def discount(self, line: OrderLine) -> str:
        """Return the discount on the whole line."""
        return formatting.price(line.discount_minor, line.order.currency)


class RefundInline(ReadOnlyInline):
    """What was paid back."""

    model = Refund
    fields = ("external_id", "amount", "refunded_at")
    readonly_fields = ("amount",)

    @admin.display(description=_("Amount"))
    def amount(self, refund: Refund) -> str:
        return formatting.price(refund.amount_minor, refund.order.currency)


class RefusedTokensFilter(admin.SimpleListFilter):
    """Orders with an accepted offer that doesn't count."""

    title = _("accepted offers")
    parameter_name = "refused"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Order]) -> list[tuple[str, str]]:
        """Offer one choice beside all orders."""
        return [("yes", gettext("With an accepted offer that doesn't count"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Return the orders that were chosen."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Order.objects.with_refused_tokens())


@admin.register(Order)
class OrderAdmin(ReadOnly, StoreScopedAdmin):
    """The orders that the stores sent."""

    inlines = (OrderLineInline, RefundInline)
    list_display = ("external_id", "store", "placed_at", "status", "total", "visitor", "source")
    list_filter = ("status", "source", "repeat_kind", RefusedTokensFilter)
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

    @admin.display(description=_("Subtotal"))
    def subtotal(self, order: Order) -> str:
        """Return the lines' amount before discounts on the order."""
        return formatting.price(order.subtotal_minor, order.currency)

    @admin.display(description=_("Discount"))
    def discount(self, order: Order) -> str:
        """Return what was taken off the subtotal."""
        return formatting.price(order.discount_minor, order.currency)

    @admin.display(description=_("Tax"))
    def tax(self, order: Order) -> str:
        """Return the tax as the store sent it."""
        return formatting.price(order.tax_minor, order.currency)

    @admin.display(description=_("Shipping"))
    def shipping(self, order: Order) -> str:
        """Return the shipping as the store sent it."""
        return formatting.price(order.shipping_minor, order.currency)

    @admin.display(description=_("Total"), ordering="total_minor")
    def total(self, order: Order) -> str:
        """Return what was paid."""
        return formatting.price(order.total_minor, order.currency)

    @admin.display(description=_("Paid by the shopper"))
    def shopper_paid(self, order: Order) -> str:
        """Return the total in the shopper's currency, where that isn't the shop's."""
        if order.presentment_total_minor is None:
            return gettext("In the shop's currency")
        return formatting.price(order.presentment_total_minor, order.presentment_currency)

    @admin.display(description=_("Visitor"))
    def visitor(self, order: Order) -> str:
        """Return whose it is: whom it names, or is linked to."""
        return order.visitor_id or order.linked_visitor_id
