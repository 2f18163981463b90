"""One arm of an experiment."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment


class Variant(models.Model):
    """One arm of an experiment; the control shows nothing."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="variants", verbose_name=_("test")
    )
    key = models.SlugField(_("key"), max_length=64)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_control = models.BooleanField(_("control"), default=False)
    weight = models.PositiveIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    is_page_own = models.BooleanField(
        _("the page's own"),
        default=False,
        db_default=False,
        help_text=_("The page shows it: Offerlift only tells the page which variant it is."),
    )
    description = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("What the page shows in this variant."),
    )

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ("-is_control", "id")
        constraints = (
            models.UniqueConstraint(fields=("experiment", "key"), name="one_variant_per_experiment_and_key"),
            models.UniqueConstraint(
                fields=("experiment",), condition=models.Q(is_control=True), name="one_control_per_experiment"
            ),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="variant_weight_is_positive"),
        )

    def __str__(self) -> str:
        return self.name or self.key
