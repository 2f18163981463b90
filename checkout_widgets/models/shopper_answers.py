"""What a store's shoppers answered to its questions, for its pages."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class ShopperAnswers(models.Model):
    """The tags of what a store's shoppers answered, while a test on its pages asks for any.

    ``shoppers`` are digests with the place of a tag in ``tags``, sorted and packed (``shopper_answers.py``).
    ``made_from`` names the answers, so that the row is written again only where they have changed.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="shopper_answers", verbose_name=_("store")
    )
    tags = ArrayField(models.CharField(max_length=64), default=list, verbose_name=_("tags"))
    shoppers = models.BinaryField(_("shoppers"))
    made_from = models.CharField(_("made from"), max_length=128)

    class Meta:
        verbose_name = _("answers of shoppers")
        verbose_name_plural = _("answers of shoppers")

    def __str__(self) -> str:
        return str(self.store_id)
