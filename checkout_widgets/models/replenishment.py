"""After how many days customers buy the same again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.product import Product
from experiments.models import Store


class ReplenishmentTime(models.Model):
    """How long until half of the customers who bought so many of a product had bought it again; counted by the worker
    (``replenishment/counting.py``).

    It is of one product, or of all products of a category. ``customers`` bought it, ``again`` of them again.
    ``quarter_days`` and ``median_days`` are null where fewer than a quarter, or half, come back. ``low_days`` and
    ``high_days`` are the 95% interval of the median, null where it has no such end.
    """

    # no index: the constraint below begins with it
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("store")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", null=True, verbose_name=_("product")
    )
    category = models.CharField(_("category"), max_length=64, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"))
    customers = models.PositiveIntegerField(_("customers"))
    again = models.PositiveIntegerField(_("bought it again"))
    quarter_days = models.PositiveIntegerField(_("days until a quarter bought it again"), null=True)
    median_days = models.PositiveIntegerField(_("days until half bought it again"), null=True)
    low_days = models.PositiveIntegerField(_("lower end of the interval"), null=True)
    high_days = models.PositiveIntegerField(_("upper end of the interval"), null=True)

    class Meta:
        verbose_name = _("replenishment time")
        verbose_name_plural = _("replenishment times")
        ordering = ("pk",)
        constraints = (
            # Also finds a store's, and what a journey asks for: without "nulls distinct" a category had several.
            models.UniqueConstraint(
                fields=("store", "product", "category", "quantity"),
                nulls_distinct=False,
                name="one_replenishment_time_per_quantity",
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=True) ^ models.Q(category=""),
                name="replenishment_is_of_product_or_category",
            ),
            models.CheckConstraint(
                condition=models.Q(again__lte=models.F("customers")), name="bought_again_is_of_the_customers"
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id or self.category}"
