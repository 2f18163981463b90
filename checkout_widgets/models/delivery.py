"""What a shop system sent, kept as it came."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.connection import Connection

NAMED_BY = ("order_external_id", "customer_key")  # what processing finds out of whose it is
MAX_ERROR = 2_000  # characters


class DeliveryStatus(models.TextChoices):
    """How far a delivery has come."""

    PENDING = "pending", _("Waiting")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Retrying")
    DEAD = "dead", _("Failed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, limited."""

    def open(self) -> Self:
        """Those that are still to be done."""
        return self.select_related("connection__store").filter(
            status__in=(DeliveryStatus.PENDING, DeliveryStatus.FAILED)
        )

    def waiting_for(self, order: "Delivery") -> Self:
        """Those that failed because they came before this delivery's order."""
        return self.filter(
            connection=order.connection_id,
            order_external_id=order.order_external_id,
            status=DeliveryStatus.FAILED,
        )

    def retryable(self) -> Self:
        """Those that somebody may want to try again."""
        return self.filter(status__in=(DeliveryStatus.FAILED, DeliveryStatus.DEAD))

    def finished_before(self, at: datetime) -> Self:
        """Those that are done with and older than this."""
        return self.filter(status__in=(DeliveryStatus.DONE, DeliveryStatus.IGNORED), received_at__lt=at)


class Delivery(models.Model):
    """The exact body of a webhook whose signature was right, and what became of it.

    ``digest`` is the SHA-256 of topic and body: the same again is the same delivery, whatever its ``external_id``. It
    is null where the body doesn't say which version of the order it is about.
    """

    connection = models.ForeignKey(
        Connection,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("connection"),
    )
    topic = models.CharField(_("topic"), max_length=64)
    # The sender's name for it, which nothing relies on.
    external_id = models.CharField(_("shop's delivery ID"), max_length=64, blank=True)
    order_external_id = models.CharField(_("order"), max_length=64, blank=True)
    # Whose delivery it is, of one that is of no order: erasing the customer deletes it.
    customer_key = models.CharField(_("customer key"), max_length=62, blank=True, default="", db_default="")
    digest = models.BinaryField(_("SHA-256"), max_length=32, null=True)
    body = models.BinaryField(_("body"))
    received_at = models.DateTimeField(_("received at"))
    status = models.CharField(
        _("status"), max_length=16, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("reason"), blank=True, help_text=_("Why it failed or was ignored"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at",)
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = (
            # Shops send again what they think was lost. Deliveries without a digest are never the same.
            models.UniqueConstraint(fields=("connection", "digest"), name="one_delivery_per_connection_and_digest"),
        )
        indexes = (
            # processing: what waits for an order to arrive
            models.Index(fields=("connection", "order_external_id"), name="delivery_connection_order"),
            # erasing: what was delivered of a customer
            models.Index(
                fields=("connection", "customer_key"),
                condition=~models.Q(customer_key=""),
                name="delivery_connection_customer",
            ),
            # setup: when a connection's last delivery came
            models.Index(fields=("connection", "-received_at"), name="delivery_connection_received"),
            # the list of dead letters, and what retention removes
            models.Index(fields=("status", "received_at"), name="delivery_status_received"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.external_id}".strip()

    def finish(self, status: DeliveryStatus, reason: str = "") -> None:
        """Be done or ignored; the reason says why it is ignored, or doesn't count."""
        self.attempts += 1
        self.status, self.error, self.finished_at = status, reason, timezone.now()
        self.save(update_fields=["attempts", "status", "error", "finished_at", *NAMED_BY])

    def fail(self, error: str, *, is_final: bool) -> None:
        """Note a failed attempt; a final one is given up until somebody asks to try again."""
        self.attempts += 1
        self.status = DeliveryStatus.DEAD if is_final else DeliveryStatus.FAILED
        # Errors quote what was read: PostgreSQL's text takes no NUL, and a body may be megabytes.
        self.error = error.replace("\x00", "")[:MAX_ERROR]
        self.save(update_fields=["attempts", "status", "error", *NAMED_BY])
