"""How far a store's shoppers are with what they bought, for its pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class ShopperStages(models.Model):
    """At which stage each of a store's shoppers is, as far as the shop knows them.

    ``shoppers`` are digests with their stage, sorted and packed (``shopper_stages.py``): edges hold all of them in
    memory, and published files may lie where others can read.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="shopper_stages", verbose_name=_("store")
    )
    shoppers = models.BinaryField(_("shoppers"))

    class Meta:
        verbose_name = _("stages of shoppers")
        verbose_name_plural = _("stages of shoppers")

    def __str__(self) -> str:
        return str(self.store_id)
