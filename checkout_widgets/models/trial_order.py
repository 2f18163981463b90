"""A test order, and what Offerlift made of it."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.delivery import Delivery, DeliveryStatus
from experiments.models import Store

MOST_KEPT = 50  # of a store: a shop's own automated tests may send one with every build


class TrialOrderQuerySet(models.QuerySet["TrialOrder"]):
    """Test orders, limited."""

    def sent_before(self, at: datetime) -> Self:
        """Those that are older than this."""
        return self.filter(sent_at__lt=at)

    def remove(self) -> int:
        """Delete them with the deliveries that brought them, and return how many they are.

        A delivery that is still waiting goes as well; processed later, it would find nothing to write to.
        """
        with transaction.atomic():
            Delivery.objects.filter(trial_order__in=self).delete()
            number, _tables = self.delete()
        return number


class TrialOrder(models.Model):
    """A test order. There is no ``Order`` of it: it was stored as one, read, and undone in the same transaction.

    ``source`` is the shop system that sent it, or ``api``. ``sent_by`` is empty where the store's own server sent it.
    ``understood`` is what was made of it (``trial_orders/rehearsal.py``), empty until ``read_at``. ``delivery`` is the
    webhook that brought it, which may be gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="trial_orders", db_index=False, verbose_name=_("store")
    )
    source = models.CharField(_("source"), max_length=16)
    sent_by = models.CharField(_("sent by"), max_length=150, blank=True)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    external_id = models.CharField(_("order ID"), max_length=64, blank=True)
    visitor_id = models.CharField(_("visitor"), max_length=64, blank=True)
    # Nothing to do and no constraint: deliveries are deleted by the ten thousand, without being read for it.
    delivery = models.OneToOneField(
        Delivery,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="trial_order",
        verbose_name=_("delivery"),
    )
    read_at = models.DateTimeField(_("read at"), null=True)
    understood = models.JSONField(_("what was understood"), default=dict)

    objects = TrialOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("test order")
        verbose_name_plural = _("test orders")
        ordering = ("-sent_at",)
        # the setup page: a store's newest
        indexes = (models.Index(fields=("store", "-sent_at"), name="trial_order_store_sent"),)

    def __str__(self) -> str:
        return self.external_id or str(self.id)

    @property
    def is_waiting(self) -> bool:
        """Whether the worker hasn't come to it yet."""
        if self.read_at is not None:
            return False
        return self.delivery is None or self.delivery.status == DeliveryStatus.PENDING

    @property
    def problem(self) -> str:
        """Why nothing was understood, as the delivery says; empty where something was, or is still to come."""
        if self.read_at is not None or self.delivery is None:
            return ""
        return self.delivery.error


def forget_oldest(store_id: int) -> None:
    """Keep a store's newest ``MOST_KEPT`` test orders."""
    of_store = TrialOrder.objects.filter(store=store_id).order_by("-sent_at", "pk")
    oldest = list(of_store.values_list("pk", flat=True)[MOST_KEPT:])
    if oldest:
        TrialOrder.objects.filter(pk__in=oldest).remove()
