"""Which events have gone on to ClickHouse, and what still has to be erased there (``experiments/event_store``)."""

import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.store import Store


def new_number() -> int:
    """Return a number that is higher than any before: the microseconds since 1970.

    No sequence: after a database was restored it would give numbers again that ClickHouse has rows of.
    """
    return time.time_ns() // 1000


class EventBatch(models.Model):
    """A part of the table of events that goes to ClickHouse, where each of its rows has the batch's number.

    PostgreSQL answers for the part until the batch is ``MOVED``, in the transaction that drops the part. So an event is
    read from one of the two, whatever is stored of a batch on its way.
    """

    class BatchState(models.TextChoices):
        """How far it has come."""

        COPYING = "copying", _("Copying")
        COPIED = "copied", _("Copied")
        MOVED = "moved", _("Moved")
        LEFT = "left", _("Given up")

    number = models.BigIntegerField(_("number"), primary_key=True, default=new_number)
    part = models.DateField(_("part"))
    state = models.CharField(_("state"), max_length=8, choices=BatchState.choices, default=BatchState.COPYING)
    first_received_at = models.DateTimeField(_("first event received at"))
    last_received_at = models.DateTimeField(_("last event received at"))
    copied_pages = models.BigIntegerField(_("copied pages"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)

    class Meta:
        verbose_name = _("batch of moved events")
        verbose_name_plural = _("batches of moved events")
        constraints = (
            models.UniqueConstraint(
                fields=("part",), condition=models.Q(state__in=("copying", "copied")), name="one_batch_on_its_way"
            ),
        )

    def __str__(self) -> str:
        return f"{self.part} {self.state}"


class MovedDecline(models.Model):
    """An offer that a visitor declined, of an event that ClickHouse alone has.

    Whom messages are sent to depends on it, and they mustn't wait for ClickHouse: it stays here as long as a no counts.
    ``variant_id`` isn't a constraint: the variant may be deleted.
    """

    batch = models.ForeignKey(EventBatch, on_delete=models.CASCADE, verbose_name=_("batch of moved events"))
    store = models.ForeignKey(Store, on_delete=models.CASCADE, verbose_name=_("store"), db_index=False)
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    variant_id = models.BigIntegerField(_("variant"), null=True)
    step = models.CharField(_("step"), max_length=8, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))

    class Meta:
        verbose_name = _("moved decline")
        verbose_name_plural = _("moved declines")
        indexes = (models.Index(fields=("store", "visitor_id", "occurred_at"), name="moved_decline"),)

    def __str__(self) -> str:
        return f"{self.visitor_id} {self.occurred_at}"


class EventErasure(models.Model):
    """Events that ClickHouse may have and must not: of a visitor, of a test, or of a whole store.

    Nothing reads them any more from the instant that the row is there; the row stays until every shard says that it has
    none of them. The keys aren't constraints: what they name may be deleted.

    The rest is for taking a visitor out of what is counted by day (``checkout_widgets.offer_days.erased_views``):
    ``events`` are those that PostgreSQL had of days that it can't count again, ``batches`` those that had been moved
    when somebody asked, ``automated_in`` the tests that had the visitor as a robot.
    """

    store_id = models.BigIntegerField(_("store"))
    experiment_id = models.BigIntegerField(_("test"), null=True)
    visitor_id = models.CharField(_("visitor ID"), max_length=64, blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    automated_in = models.JSONField(_("tests with the visitor as a robot"), default=list, db_default=[])
    events = models.JSONField(_("events"), default=list, db_default=[])
    batches = models.JSONField(_("batches"), default=list, db_default=[])
    are_views_taken_out = models.BooleanField(_("views are taken out"), default=False, db_default=False)

    class Meta:
        verbose_name = _("erasure of moved events")
        verbose_name_plural = _("erasures of moved events")

    def __str__(self) -> str:
        return f"{self.store_id} {self.requested_at}"
