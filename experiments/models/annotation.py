"""What happened in a store that its tests know nothing of: a campaign, a price change, an outage, another's test."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.store import Store
from experiments.models.years import validate_year

LONGEST_TEXT = 200  # characters
LONGEST_ID = 100  # characters
MOST_DAYS = 366  # longer than any test; a year too many is a slip of the pen


class AnnotationKind(models.TextChoices):
    """What happened."""

    CAMPAIGN = "campaign", _("Campaign")
    PRICE_CHANGE = "price_change", _("Price change")
    OUTAGE = "outage", _("Outage")
    OTHER_TEST = "other_test", _("Test by another system")
    OTHER = "other", _("Other")


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations, limited."""

    def about(self, experiment: Experiment) -> Self:
        """Those of a test's store that are about all of its tests, or about this one."""
        of_test = models.Q(experiment=None) | models.Q(experiment=experiment)
        return self.filter(of_test, store=experiment.store_id)

    def within(self, first_day: date, last_day: date) -> Self:
        """Those that share a day with a span of days."""
        return self.filter(first_day__lte=last_day, last_day__gte=first_day)


class Annotation(models.Model):
    """Days on which something happened, for the time axis of a store's tests; of all of them, or of one.

    Days are the store's, both included. ``is_confounding``: what tests found on these days may come from it, so that
    reports also show the effect without them; verdicts never leave days out. ``external_id`` names it in the system
    that sent it, which then can send it again without making a second one; empty for one that was entered by hand.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="annotations", db_index=False, verbose_name=_("store")
    )
    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="annotations",
        verbose_name=_("test"),
        help_text=_("Leave empty if it concerns all tests of the store."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=AnnotationKind.choices)
    text = models.CharField(_("text"), max_length=LONGEST_TEXT, help_text=_("What happened, in a few words."))
    first_day = models.DateField(_("first day"), validators=[validate_year])
    last_day = models.DateField(_("last day"), validators=[validate_year])
    is_confounding = models.BooleanField(
        _("also show results without these days"),
        default=False,
        help_text=_("Reports then show the effect with and without these days. The verdict always counts all days."),
    )
    external_id = models.CharField(_("external ID"), max_length=LONGEST_ID, blank=True, editable=False)
    created_by = models.CharField(_("entered by"), max_length=150, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ("-first_day", "-id")
        indexes = (
            # the page of a store's annotations, the newest first; a report's, by its days
            models.Index(fields=("store", "-first_day"), name="annotation_store_day"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="annotation_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=("store", "external_id"),
                condition=~models.Q(external_id=""),
                name="one_annotation_per_store_and_external_id",
            ),
        )

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Raise ``ValidationError`` by field: of days in the wrong order, too many of them, or a foreign test."""
        if None in (self.first_day, self.last_day):
            return  # each says so itself
        if self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day is before the first day.")})
        if (self.last_day - self.first_day).days >= MOST_DAYS:
            raise ValidationError({"last_day": _("An annotation can have at most 366 days.")})
        if self.experiment is not None and self.experiment.store_id != self.store_id:
            raise ValidationError({"experiment": _("The store has no such test.")})
