"""What happens to a customer after the order: parcels, trouble, contracts, answers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments.models import Order, Store
from journeys.models.contact import Contact
from journeys.models.message import CustomerMessage


class Shipment(models.Model):
    """A parcel of an order. ``is_estimated``: when it arrived is the store's median, because nobody said."""

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="shipments", db_index=False, verbose_name=_("order")
    )
    external_id = models.CharField(_("shipment ID"), max_length=64)
    source = models.CharField(_("source"), max_length=16)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    expected_at = models.DateTimeField(_("expected at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    is_estimated = models.BooleanField(_("arrival estimated"), default=False)
    tracking_url = models.URLField(_("tracking page"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = (models.UniqueConstraint(fields=("order", "external_id"), name="one_shipment_per_order_and_id"),)

    def __str__(self) -> str:
        return self.external_id


class FrictionKind(models.TextChoices):
    """What is wrong."""

    RETURN = "return", _("Return or refund")
    TICKET = "ticket", _("Ticket")
    LATE = "late", _("Late delivery")
    PAYMENT = "payment", _("Failed payment")
    LOW_SCORE = "low_score", _("Low score")


class Friction(models.Model):
    """Something is wrong for a contact: nothing is offered while it is open, and for a while after.

    ``updated_at`` is the source's: the newest holds, in whatever order they come.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="frictions", db_index=False, verbose_name=_("contact")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=FrictionKind.choices)
    external_id = models.CharField(_("ID in the source"), max_length=128)
    source = models.CharField(_("source"), max_length=16)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now)

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "kind", "source", "external_id"), name="one_friction_per_contact_and_cause"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class Contract(models.Model):
    """A contract that ends or renews, as the store's system says."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="contracts", db_index=False, verbose_name=_("store")
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contracts", verbose_name=_("contact"))
    external_id = models.CharField(_("contract ID"), max_length=64)
    sku = models.CharField(_("product"), max_length=128, blank=True)
    ends_at = models.DateTimeField(_("ends at"))
    cancelled_at = models.DateTimeField(_("canceled at"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = (models.UniqueConstraint(fields=("store", "external_id"), name="one_contract_per_store_and_id"),)
        indexes = (models.Index(fields=("store", "ends_at"), name="contract_store_ends"),)

    def __str__(self) -> str:
        return self.external_id


class QuestionAnswer(models.Model):
    """What somebody answered to a message's question; the tag is what offers may ask for."""

    message = models.OneToOneField(
        CustomerMessage, on_delete=models.CASCADE, related_name="answer", verbose_name=_("message")
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="answers", verbose_name=_("contact"))
    question = models.CharField(_("question"), max_length=64)
    tag = models.CharField(_("answer"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.question}: {self.tag}"
