"""What a mail provider said of messages: kept as it came until it is read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderDeliveryStatus(models.TextChoices):
    """How far a delivery of a provider has come."""

    PENDING = "pending", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ProviderDelivery(models.Model):
    """The exact body of a provider's webhook whose signature was right, and what became of it.

    Its body names addresses, so that it is emptied once it is read; one that can't be read is kept for some days.
    ``headers`` are those that a reader needs. ``digest`` is the SHA-256 of provider, headers and body: the same again
    is the same delivery.
    """

    provider = models.CharField(_("provider"), max_length=32)
    content_type = models.CharField(_("content type"), max_length=200, blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    body = models.BinaryField(_("body"))
    digest = models.BinaryField(_("SHA-256"), max_length=32)
    received_at = models.DateTimeField(_("received at"))
    status = models.CharField(
        _("status"), max_length=16, choices=ProviderDeliveryStatus.choices, default=ProviderDeliveryStatus.PENDING
    )
    error = models.CharField(_("reason"), max_length=200, blank=True)
    events = models.PositiveIntegerField(_("events"), default=0)

    class Meta:
        verbose_name = _("provider's delivery")
        verbose_name_plural = _("providers' deliveries")
        ordering = ("-received_at", "id")
        constraints = (models.UniqueConstraint(fields=("provider", "digest"), name="one_provider_delivery_per_digest"),)
        indexes = (
            # what waits to be read, and what is forgotten
            models.Index(fields=("status", "received_at"), name="provider_delivery_status"),
        )

    def __str__(self) -> str:
        return f"{self.provider}: {self.status}"


class UnmatchedEvent(models.Model):
    """Something that a provider said of a message that isn't here: of another installation, or erased since.

    ``provider_id`` is what the provider calls the message; nothing here names a person.
    """

    provider = models.CharField(_("provider"), max_length=32)
    provider_id = models.CharField(_("provider's ID"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16)
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("event of an unknown message")
        verbose_name_plural = _("events of unknown messages")
        ordering = ("-received_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "provider_id", "kind", "at"), name="one_unmatched_event_per_kind_and_time"
            ),
        )
        indexes = (
            # the newest on the deliverability page, and what is forgotten
            models.Index(fields=("received_at",), name="unmatched_event_received"),
        )

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.kind}"
