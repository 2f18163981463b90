"""What the visitors of a test did in another test that ran at the same time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment


class Overlap(models.Model):
    """The visitors of a test by their variant there and in another test of the store, as counted at ``counted_at``.

    ``cells``: a list, each with the key of the ``variant`` and of the ``other_variant`` (empty for those who aren't in
    the other test), and sums over these visitors as ``reading.overlaps`` reads them. They name no visitor. Written by
    ``experiments.running.overlaps`` alone, once a day.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="overlaps", db_index=False, verbose_name=_("test")
    )
    other = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="overlaps_as_other", verbose_name=_("other test")
    )
    counted_at = models.DateTimeField(_("counted at"))
    cells = models.JSONField(_("cells"))

    class Meta:
        verbose_name = _("overlap of two tests")
        verbose_name_plural = _("overlaps of tests")
        constraints = (models.UniqueConstraint(fields=("experiment", "other"), name="one_overlap_per_pair_of_tests"),)

    def __str__(self) -> str:
        return f"{self.experiment_id} in {self.other_id}"
