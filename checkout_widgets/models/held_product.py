"""What visitors said they have already."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class HeldProduct(models.Model):
    """A visitor declined a product because they have it: it isn't offered to them again."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="held_products", db_index=False, verbose_name=_("store")
    )
    visitor_id = models.CharField(_("visitor"), max_length=64)
    sku = models.CharField(_("product"), max_length=128)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("product that a visitor has")
        verbose_name_plural = _("products that visitors have")
        constraints = (
            models.UniqueConstraint(fields=("store", "visitor_id", "sku"), name="one_held_product_per_visitor_and_sku"),
        )

    def __str__(self) -> str:
        return self.sku


class HeldByShoppers(models.Model):
    """The same for a store's edges: ``shoppers`` are digests with the place of a product in ``skus``, packed.

    ``made_from`` names the rows, so that this one is written again only where they have changed.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="held_by_shoppers", verbose_name=_("store")
    )
    skus = models.JSONField(_("products"), default=list)
    shoppers = models.BinaryField(_("shoppers"))
    made_from = models.CharField(_("made from"), max_length=128)

    class Meta:
        verbose_name = _("products of shoppers")
        verbose_name_plural = _("products of shoppers")

    def __str__(self) -> str:
        return str(self.store_id)
