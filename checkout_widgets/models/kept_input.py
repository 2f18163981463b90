"""What was typed into a draft and can't be saved yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Experiment


class KeptInput(models.Model):
    """What was typed into a section of a draft's page and can't be saved as it is, so that nothing typed is lost.

    ``typed`` maps the names of the form's fields to lists of texts, as the browser sent them.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="kept_inputs", verbose_name=_("test")
    )
    section = models.CharField(_("section"), max_length=100)
    typed = models.JSONField(_("what was typed"), default=dict)
    kept_by = models.CharField(_("kept by"), max_length=150)
    kept_at = models.DateTimeField(_("kept at"), auto_now=True)

    class Meta:
        verbose_name = _("kept input")
        verbose_name_plural = _("kept inputs")
        constraints = (
            models.UniqueConstraint(fields=("experiment", "section"), name="one_kept_input_per_experiment_and_section"),
        )

    def __str__(self) -> str:
        return self.section
