"""A customer wants to know what is stored about them, as the shop system passes it on."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store

ANSWERED_WITHIN = timedelta(days=30)  # as Shopify asks for, and article 12(3) GDPR


class DataRequest(models.Model):
    """A request that the store's admins answer with an export. ``customer_key`` says whose it is, not an address."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="data_requests", db_index=False, verbose_name=_("store")
    )
    source = models.CharField(_("source"), max_length=16)
    external_id = models.CharField(_("ID in the source"), max_length=64)
    customer_key = models.CharField(_("customer key"), max_length=62)
    received_at = models.DateTimeField(_("received at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("request for data")
        verbose_name_plural = _("requests for data")
        ordering = ("-received_at", "-pk")
        constraints = (
            # a request that is delivered twice is one
            models.UniqueConstraint(fields=("store", "source", "external_id"), name="one_data_request_per_source_id"),
        )

    def __str__(self) -> str:
        return self.external_id
