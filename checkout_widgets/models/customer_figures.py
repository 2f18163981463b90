"""What a store's customers are worth, as it was last counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class CustomerFigures(models.Model):
    """Cohorts, forecasts and what goes with them, of all customers together; nobody can be told from it.

    ``figures`` are those of ``customer_figures.document.Figures``, counted anew each time
    (``customer_figures/refresh.py``).
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, primary_key=True, related_name="customer_figures", verbose_name=_("store")
    )
    counted_at = models.DateTimeField(_("counted at"))
    figures = models.JSONField(_("figures"))

    class Meta:
        verbose_name = _("figures of customers")
        verbose_name_plural = _("figures of customers")

    def __str__(self) -> str:
        return str(self.store_id)
