"""What was bought, and what was paid back."""

from collections.abc import Collection
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from experiments.models.store import CURRENCY_CODE, Store


class OrderStatus(models.TextChoices):
    """How far an order is.

    ``PENDING`` isn't paid and not an order yet, such as a payment that was left at the bank. ``ON_HOLD`` is an order
    whose money is awaited: cash on delivery, a bank transfer, an authorized card.
    """

    PENDING = "pending", _("Pending")
    ON_HOLD = "on_hold", _("On hold")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Canceled")


class RepeatKind(models.TextChoices):
    """What an order is that no shopper placed: made by the shop from an earlier one."""

    NONE = "", _("Placed by a shopper")
    RENEWAL = "renewal", _("Renewal")
    COPY = "copy", pgettext_lazy("of an order", "Copy")


COUNTED_STATUSES = (OrderStatus.PAID, OrderStatus.ON_HOLD)
UNSIGNED = "snippet"  # what a shopper's browser says, and anybody can
HISTORY = ("import", "history")


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, limited."""

    def of_visitor(self, store: Store, visitor_id: str) -> Self:
        """Those that name the visitor, or are linked to the visitor."""
        return self.of_visitors(store, [visitor_id])

    def of_visitors(self, store: Store, visitor_ids: Collection[str]) -> Self:
        """Those that name any of the visitors, or are linked to one."""
        named, linked = models.Q(visitor_id__in=visitor_ids), models.Q(linked_visitor_id__in=visitor_ids)
        return self.filter(named | linked, store=store)

    def unmatched(self) -> Self:
        """Those of which nobody knows the visitor."""
        return self.filter(visitor_id="", linked_visitor_id="")

    def with_refused_tokens(self) -> Self:
        """Those with a line whose acceptance token doesn't count."""
        return self.filter(
            models.Exists(OrderLine.objects.filter(order=models.OuterRef("pk")).exclude(refused_code=""))
        )

    def signed(self) -> Self:
        """Those that the shop itself sent, not only the shopper's browser."""
        return self.exclude(source=UNSIGNED)

    def standing(self) -> Self:
        """Those that are paid, or will be: neither unpaid nor cancelled."""
        return self.filter(status__in=COUNTED_STATUSES)


class Order(models.Model):
    """An order as its source last described it: the newest ``updated_at`` wins. Money is in minor units.

    ``linked_visitor_id`` is whose it is where it names no visitor, found and written by ``accounting/identity.py``
    alone. ``customer_key`` names the customer on whatever device, guests too (``accounting/customers.py``); empty for
    guests of the time before there were keys. ``presentment_currency`` and its total are what the shopper saw, where
    that isn't ``currency``.

    ``sent_status`` is what the source said, ``status`` what counts: a deletion cancels without a version of the order.
    ``deleted_at`` and ``restored_at`` are arrivals by our clock, because the shop says no time of a deletion.
    ``first_external_id`` is the order that a renewal or a copy was made from, where it is known. ``unclear_until``:
    until then an order counts of which nobody can say any more whether its payment was awaited or given up.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="orders", db_index=False, verbose_name=_("store")
    )
    external_id = models.CharField(_("order ID"), max_length=64)
    source = models.CharField(_("source"), max_length=16, default="api")
    visitor_id = models.CharField(_("visitor"), max_length=64, blank=True)
    linked_visitor_id = models.CharField(_("linked visitor"), max_length=64, blank=True, default="", db_default="")
    customer_id = models.CharField(_("customer"), max_length=64, blank=True)
    customer_key = models.CharField(_("customer key"), max_length=62, blank=True, default="", db_default="")
    status = models.CharField(_("status"), max_length=16, choices=OrderStatus.choices, default=OrderStatus.PAID)
    sent_status = models.CharField(
        _("status in the shop"),
        max_length=16,
        choices=OrderStatus.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)
    restored_at = models.DateTimeField(_("restored at"), null=True, editable=False)
    unclear_until = models.DateTimeField(_("counts until"), null=True, editable=False)
    repeat_kind = models.CharField(
        _("created from another order"), max_length=8, choices=RepeatKind.choices, blank=True, default="", db_default=""
    )
    first_external_id = models.CharField(_("first order"), max_length=64, blank=True, default="", db_default="")
    placed_at = models.DateTimeField(_("placed at"))
    updated_at = models.DateTimeField(_("updated at"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY_CODE])
    subtotal_minor = models.BigIntegerField(_("subtotal"))
    discount_minor = models.BigIntegerField(_("discount"), default=0)
    tax_minor = models.BigIntegerField(_("tax"), default=0)
    shipping_minor = models.BigIntegerField(_("shipping"), default=0)
    total_minor = models.BigIntegerField(_("total"))
    presentment_currency = models.CharField(
        _("shopper's currency"), max_length=3, blank=True, default="", db_default=""
    )
    presentment_total_minor = models.BigIntegerField(_("total in the shopper's currency"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at",)
        constraints = (
            models.UniqueConstraint(fields=("store", "external_id"), name="one_order_per_store_and_id"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="order_currency_is_iso_4217"
            ),
            models.CheckConstraint(condition=models.Q(discount_minor__gte=0), name="order_discount_is_not_negative"),
        )
        indexes = (
            # outcomes: the orders of an exposure's visitor
            models.Index(fields=("store", "visitor_id", "placed_at"), name="order_store_visitor_placed"),
            models.Index(
                fields=("store", "linked_visitor_id", "placed_at"),
                condition=~models.Q(linked_visitor_id=""),
                name="order_store_linked_placed",
            ),
            # identity: a customer's orders, those that name a visitor and those that don't
            models.Index(
                fields=("store", "customer_id", "placed_at"),
                condition=~models.Q(customer_id=""),
                name="order_store_customer_placed",
            ),
            # outcomes: the orders of an exposed customer
            models.Index(
                fields=("store", "customer_key", "placed_at"),
                condition=~models.Q(customer_key=""),
                name="order_store_key_placed",
            ),
            # history: a store's orders by time
            models.Index(fields=("store", "placed_at"), name="order_store_placed"),
            # setup: how many orders wait for their payment, and how long
            models.Index(
                fields=("store", "placed_at"),
                condition=models.Q(status__in=("pending", "on_hold")),
                name="order_waiting_for_payment",
            ),
            # housekeeping: what stops counting when its time is over
            models.Index(
                fields=("unclear_until",), condition=models.Q(unclear_until__isnull=False), name="order_unclear"
            ),
            # housekeeping: renewals and copies whose first order is still to be found
            models.Index(
                fields=("store",),
                condition=models.Q(first_external_id="") & ~models.Q(repeat_kind=""),
                name="order_repeat_of_unknown",
            ),
        )

    def __str__(self) -> str:
        return self.external_id


class OrderLine(models.Model):
    """A product in an order; ``is_upsell`` where its acceptance token verified and counts.

    ``acceptance_id`` is the acceptance whose token fits the line, ``token_experiment_key`` the test that it is of.
    ``experiment_key`` is the same while this order is the one that counts for the acceptance, and else empty
    (``accounting/single_use.py``).
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    sku = models.CharField(_("SKU"), max_length=64)
    quantity = models.PositiveIntegerField(_("quantity"))
    price_minor = models.BigIntegerField(_("price"), help_text=_("Per unit, before discounts."))
    discount_minor = models.BigIntegerField(
        _("discount"), default=0, help_text=_("The line's share of the order's discount.")
    )
    cost_minor = models.BigIntegerField(
        _("cost"), null=True, help_text=_("Per unit, at the time of the order. Empty if unknown.")
    )
    is_upsell = models.BooleanField(_("accepted offer"), default=False)
    experiment_key = models.CharField(
        _("test"), max_length=64, blank=True, help_text=_("The test whose offer was accepted.")
    )
    refused_code = models.CharField(
        _("rejection reason"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why its acceptance doesn't count."),
    )

    acceptance_id = models.UUIDField(_("acceptance ID"), null=True, editable=False)
    token_experiment_key = models.CharField(
        _("test key in the token"), max_length=64, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("order", "position"), name="one_line_per_order_and_position"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="order_line_quantity_is_positive"),
            models.CheckConstraint(
                condition=models.Q(discount_minor__gte=0), name="order_line_discount_is_not_negative"
            ),
        )
        indexes = (
            # the list of tokens that don't count
            models.Index(fields=("order",), condition=~models.Q(refused_code=""), name="order_line_refused"),
            # which orders carry an acceptance
            models.Index(
                fields=("acceptance_id",),
                condition=models.Q(acceptance_id__isnull=False),
                name="order_line_acceptance",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class Refund(models.Model):
    """Money paid back; ``lines`` is a list of ``{"sku", "quantity"}``."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds", verbose_name=_("order"))
    external_id = models.CharField(_("refund ID"), max_length=64)
    amount_minor = models.BigIntegerField(_("amount"))
    refunded_at = models.DateTimeField(_("refunded at"))
    lines = models.JSONField(_("lines"), default=list)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = (
            models.UniqueConstraint(fields=("order", "external_id"), name="one_refund_per_order_and_id"),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="refund_is_not_negative"),
        )

    def __str__(self) -> str:
        return self.external_id
