"""What the edge decided, counted, and a few of the contexts that it decided in."""

from datetime import datetime
from typing import NamedTuple, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.experiment_choices import Moment
from experiments.models.store import Store


class DecisionReason(models.TextChoices):
    """What became of a moment that a page asked about: served, or why there was nothing."""

    SERVED = "served", _("Took part in a test or saw a rolled-out offer")
    NO_CONSENT = "no_consent", _("No consent")
    BOT = "bot", _("Bot")
    HOLDOUT = "holdout", _("In the holdout")
    CAPPED = "capped", _("Offer limit reached")
    DECLINED_RECENTLY = "declined_recently", _("Declined recently")
    FRICTION = "friction", _("Payment error, return, or support")
    OUT_OF_STOCK = "out_of_stock", _("Offer not available")
    NOT_TARGETED = "not_targeted", _("Targeting doesn't match")
    NOT_INCLUDED = "not_included", _("Outside the traffic share")
    PAUSED = "paused", _("Test paused")
    NO_EXPERIMENT = "no_experiment", _("No test is running")
    UNKNOWN_MOMENT = "unknown_moment", _("Unknown moment")


# What keeps a visitor from every offer of a store, whichever tests run.
STORE_REASONS = frozenset(
    (DecisionReason.HOLDOUT, DecisionReason.CAPPED, DecisionReason.DECLINED_RECENTLY, DecisionReason.FRICTION)
)


class Seen(NamedTuple):
    """When pages asked about a moment for the first and the last time."""

    first_at: datetime
    last_at: datetime


class DecisionDayQuerySet(models.QuerySet["DecisionDay"]):
    """Counts, limited."""

    def measurable(self) -> Self:
        """Those of shoppers who may be measured: neither crawlers nor without consent."""
        return self.exclude(reason__in=(DecisionReason.BOT, DecisionReason.NO_CONSENT))

    def seen(self) -> dict[str, Seen]:
        """By moment, when a page first and last asked about it."""
        rows = self.exclude(moment="").values_list("moment").order_by("moment")
        spans = rows.annotate(models.Min("first_at"), models.Max("last_at"))
        return {moment: Seen(first, last) for moment, first, last in spans}


class DecisionDay(models.Model):
    """How often the edge decided a moment in one way on one UTC day: one row per store, moment, experiment and reason.

    ``experiment`` is the one that was served or that gave the reason; null where the reason holds for the whole store.
    The moment is empty where pages asked about one that there isn't. Written by ``experiments.decisions.counts`` alone.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="decision_days", db_index=False, verbose_name=_("store")
    )
    day = models.DateField(_("day"))
    moment = models.CharField(_("moment"), max_length=16, choices=Moment.choices, blank=True)
    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        null=True,
        related_name="decision_days",
        db_index=False,
        verbose_name=_("test"),
    )
    reason = models.CharField(_("reason"), max_length=24, choices=DecisionReason.choices)
    count = models.PositiveBigIntegerField(_("count"))
    first_at = models.DateTimeField(_("first request at"))
    last_at = models.DateTimeField(_("last request at"))

    objects = DecisionDayQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "moment", "reason")
        verbose_name = _("daily decision count")
        verbose_name_plural = _("daily decision counts")
        constraints = (
            # also serves what reads a store's days
            models.UniqueConstraint(
                fields=("store", "day", "moment", "experiment", "reason"),
                name="one_decision_count_per_day_and_reason",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.moment} {self.reason}: {self.count}"


class DecisionSample(models.Model):
    """One decision's context, without anything that names the visitor: a few of each store, moment and UTC day.

    Those of the smallest ``rank``, a random number from 0 to 1, are kept, so that the sample is a fair one however many
    processes draw it. ``reason`` is why no test at all could have had the visitor (``STORE_REASONS``), empty where one
    could.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="decision_samples", db_index=False, verbose_name=_("store")
    )
    day = models.DateField(_("day"))
    moment = models.CharField(_("moment"), max_length=16, choices=Moment.choices)
    rank = models.FloatField(_("sampling rank"))
    context = models.JSONField(_("context"))
    reason = models.CharField(
        _("reason of the store"), max_length=24, choices=DecisionReason.choices, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("decision sample")
        verbose_name_plural = _("decision samples")
        indexes = (
            # the sample of a moment, and which of a day's stay
            models.Index(fields=("store", "moment", "day", "rank"), name="decision_sample"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.moment}"
