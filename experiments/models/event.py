"""What a widget reported."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.experiment_choices import Moment
from experiments.models.store import Store
from experiments.models.variant import Variant


class EventType(models.TextChoices):
    """What can happen to a widget."""

    EXPOSURE = "exposure", _("Exposure")
    IMPRESSION = "impression", _("Impression")
    CLICK = "click", _("Click")
    ACCEPT = "accept", _("Accept")
    ACCEPT_FAILED = "accept_failed", _("Accept failed")
    DECLINE = "decline", _("Decline")
    SKIPPED = "skipped", _("Skipped")
    ERROR = "error", _("Error")
    VIEW = "view", _("Time in view")
    REASON = "reason", _("Reason for a decline")


# What says how far a visitor got. How long a widget was in view, and why it was declined, is added up for offers alone.
FUNNEL_TYPES = tuple(kind for kind in EventType if kind not in (EventType.VIEW, EventType.REASON))


class WidgetEvent(models.Model):
    """One event of a widget; ``event_id`` is made by the sender, so that sending twice counts once.

    The table is in parts (``accounting/partitions.py``), by the month in which events were received, whose first day
    ``month`` is; by the day itself where they go on to ClickHouse (``event_store``). ``accounting/ingestion.py`` sees
    to it that an id is stored once, whichever the part.
    """

    pk = models.CompositePrimaryKey("store_id", "event_id", "month")
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="events", db_index=False, verbose_name=_("store")
    )
    event_id = models.UUIDField(_("event ID"))
    month = models.DateField(_("month"))
    type = models.CharField(_("type"), max_length=16, choices=EventType.choices)
    occurred_at = models.DateTimeField(_("occurred at"))
    received_at = models.DateTimeField(_("received at"))
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, null=True, related_name="events", db_index=False, verbose_name=_("test")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, null=True, related_name="events", db_index=False, verbose_name=_("variant")
    )
    moment = models.CharField(_("moment"), max_length=16, choices=Moment.choices, blank=True)
    props = models.JSONField(_("properties"), default=dict)

    class Meta:
        verbose_name = _("widget event")
        verbose_name_plural = _("widget events")
        indexes = (
            # the report's funnel: events of one experiment by variant and type
            models.Index(fields=("experiment", "variant", "type"), name="event_experiment_variant_type"),
            # the read API and retention: a store's events by time
            models.Index(fields=("store", "received_at"), name="event_store_received"),
            # the setup page: what came on screen in a store lately, counted without looking at the table
            models.Index(
                fields=("store", "received_at"),
                include=("moment", "occurred_at", "month"),
                condition=models.Q(type="impression"),
                name="event_shown",
            ),
            # planning messages: what visitors declined lately. Few events are declines, and no other one pays for it.
            models.Index(fields=("store", "visitor_id"), condition=models.Q(type="decline"), name="event_declined"),
            # privacy: the events of a visitor (``reading/events.py``). A Bloom filter of the visitors of each 64 pages,
            # made once these are full, so that no event pays for it; about 2,000 rows fill them.
            BrinIndex(
                fields=("visitor_id",),
                opclasses=["text_bloom_ops(n_distinct_per_range = 2000, false_positive_rate = 0.001)"],
                pages_per_range=64,
                autosummarize=True,
                name="event_visitor",
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Rejection(models.Model):
    """How often something sent to a store was refused: one row per store, day, source and code."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="rejections", db_index=False, verbose_name=_("store")
    )
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=16)
    code = models.CharField(_("code"), max_length=32)
    count = models.PositiveBigIntegerField(_("count"), default=0)
    last_at = models.DateTimeField(_("last rejected at"))

    class Meta:
        verbose_name = _("rejection")
        verbose_name_plural = _("rejections")
        ordering = ("-day", "source", "code")
        constraints = (
            models.UniqueConstraint(fields=("store", "day", "source", "code"), name="one_rejection_per_day_and_code"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.code}: {self.count}"
