"""The stored result of one analysis."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.written_words import with_texts


class Snapshot(models.Model):
    """A report as it was at ``taken_at``; immutable. A scheduled one is a look."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="snapshots", db_index=False, verbose_name=_("test")
    )
    taken_at = models.DateTimeField(_("taken at"))
    is_look = models.BooleanField(_("planned look"), default=False)
    information_fraction = models.FloatField(_("information fraction"), null=True)
    report = models.JSONField(_("report"))
    # Its sentences in the languages that the store's members read, by code: each with the pointer that leads to it.
    translations = models.JSONField(_("sentences in other languages"), default=dict, db_default={}, editable=False)
    # What the report says of itself, so that nobody has to read whole reports to find the old ones.
    method_version = models.PositiveSmallIntegerField(_("method"), default=1, db_default=1)
    is_reread = models.BooleanField(
        _("read again"),
        default=False,
        db_default=False,
        help_text=_("Computed after the test had ended, by a newer method. The report as it was is stored beside it."),
    )

    class Meta:
        verbose_name = _("stored report")
        verbose_name_plural = _("stored reports")
        ordering = ("-taken_at",)
        indexes = (
            # the newest snapshot, and the looks, of one experiment
            models.Index(fields=("experiment", "-taken_at"), name="snapshot_experiment_time"),
        )

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M} UTC"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new snapshot; a stored one can't be changed."""
        if not self._state.adding:
            raise ValueError("A snapshot can't be changed: take a new one.")
        super().save(*args, **kwargs)

    @property
    def report_to_read(self) -> dict[str, Any]:
        """The report with its sentences in the reader's language, where they were written in it."""
        return with_texts(self.report, self.translations.get(get_language(), {}))
