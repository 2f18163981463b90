"""How far the visitors of a test got: what each did, the sums of that by day, and what is still to be added to both."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.event import EventType
from experiments.models.experiment import Experiment
from experiments.models.store import Store
from experiments.models.variant import Variant


class EventCounts(models.Model):
    """Events of one visitor in one variant of a test: a column for each of ``FUNNEL_TYPES``, named as the type is.

    ``accept`` is less the acceptances that were taken back, and so may be below 0, where the acceptance itself never
    arrived. ``decline`` is without those. ``accounting/funnel_changes.py`` says how a type is counted.
    """

    exposure = models.IntegerField(_("exposures"), default=0, db_default=0)
    impression = models.IntegerField(_("impressions"), default=0, db_default=0)
    click = models.IntegerField(_("clicks"), default=0, db_default=0)
    accept = models.IntegerField(_("accepts"), default=0, db_default=0)
    accept_failed = models.IntegerField(_("failed accepts"), default=0, db_default=0)
    decline = models.IntegerField(_("declines"), default=0, db_default=0)
    skipped = models.IntegerField(_("skipped offers"), default=0, db_default=0)
    error = models.IntegerField(_("errors"), default=0, db_default=0)

    class Meta:
        abstract = True


class FunnelVisitor(EventCounts):
    """What one visitor did in one variant of a test. It stays when the events are deleted for their age.

    ``first_on`` is the UTC day of the visitor's first event there, whichever arrived first. ``is_automated`` is that of
    the visitor's exposure in the test. Written by ``experiments.accounting`` alone, under one lock; triggers keep
    ``FunnelDay`` equal to it. The keys aren't constraints: a row that counts has a ``FunnelDay``, whose keys are, and
    to check them for every visitor takes longer than to write the row.
    """

    pk = models.CompositePrimaryKey("experiment_id", "visitor_id", "variant_id")
    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        related_name="funnel_visitors",
        db_index=False,
        db_constraint=False,
        verbose_name=_("test"),
    )
    variant = models.ForeignKey(
        Variant,
        on_delete=models.CASCADE,
        related_name="funnel_visitors",
        db_index=False,
        db_constraint=False,
        verbose_name=_("variant"),
    )
    first_on = models.DateField(_("first event on"))
    is_automated = models.BooleanField(_("automated browser"))
    visitor_id = models.CharField(_("visitor ID"), max_length=64)

    class Meta:
        verbose_name = _("visitor's event counts")
        verbose_name_plural = _("visitors' event counts")

    def __str__(self) -> str:
        return f"{self.visitor_id} in {self.experiment_id}"


class FunnelDay(models.Model):
    """Visitors by the UTC day of their first event in a variant, and all their events, whenever those happened.

    Each visitor is in one day, so that the visitors of several days are a sum. Written by triggers alone.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="funnel_days", db_index=False, verbose_name=_("test")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="funnel_days", db_index=False, verbose_name=_("variant")
    )
    day = models.DateField(_("day"))
    type = models.CharField(_("type"), max_length=16, choices=EventType.choices)
    is_automated = models.BooleanField(_("automated browser"))
    events = models.BigIntegerField(_("events"))
    visitors = models.BigIntegerField(_("visitors"))

    class Meta:
        verbose_name = _("daily event count")
        verbose_name_plural = _("daily event counts")
        constraints = (
            # also serves reports, which read an experiment's days
            models.UniqueConstraint(
                fields=("experiment", "day", "variant", "type", "is_automated"),
                name="one_funnel_count_per_day_and_type",
            ),
            models.CheckConstraint(
                condition=models.Q(visitors__gte=0, events__gte=models.F("visitors")),
                name="funnel_day_has_an_event_of_each_visitor",
            ),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day} {self.type}"


class FunnelChange(EventCounts):
    """What a visitor's new events add to ``FunnelVisitor``, noted by triggers in the transaction that stores them.

    Only ever inserted, so that two edge processes with events of one visitor never wait for one another; the worker
    adds them up. Without a variant it says that the visitor's exposure became, or is no longer, an automated browser's.
    ``received_at`` is that of the events.
    """

    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        related_name="funnel_changes",
        db_index=False,
        db_constraint=False,
        verbose_name=_("test"),
    )
    variant = models.ForeignKey(
        Variant,
        on_delete=models.CASCADE,
        null=True,
        related_name="funnel_changes",
        db_index=False,
        db_constraint=False,
        verbose_name=_("variant"),
    )
    received_at = models.DateTimeField(_("received at"), null=True)
    first_on = models.DateField(_("first event on"), null=True)
    visitor_id = models.CharField(_("visitor ID"), max_length=64)

    class Meta:
        verbose_name = _("new event count of a visitor")
        verbose_name_plural = _("new event counts of visitors")
        # reports: what isn't added up yet of an experiment
        indexes = (models.Index(fields=("experiment",), name="funnel_change_experiment"),)

    def __str__(self) -> str:
        return f"{self.visitor_id} in {self.experiment_id}"


class UncountedEvents(models.Model):
    """One row while events from before there was a ``FunnelVisitor`` aren't all counted there; none afterwards.

    Those received before ``since`` are counted; where it is null, none is.
    """

    since = models.DateTimeField(_("received since"), null=True)

    class Meta:
        verbose_name = _("uncounted events")
        verbose_name_plural = _("uncounted events")

    def __str__(self) -> str:
        return f"since {self.since}"


class ForgottenEvents(models.Model):
    """Up to when a store's events have been deleted for their age, or are being: what is younger is all there."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, primary_key=True, related_name="forgotten_events", verbose_name=_("store")
    )
    before = models.DateTimeField(_("events deleted before"))

    class Meta:
        verbose_name = _("event deletion of a store")
        verbose_name_plural = _("event deletions of stores")

    def __str__(self) -> str:
        return f"{self.store_id} before {self.before}"
