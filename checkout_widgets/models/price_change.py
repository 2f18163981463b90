"""What products cost, and since when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.product import Product


class PriceSource(models.TextChoices):
    """Where a price is known from."""

    CATALOG = "catalog", _("Catalog")
    ORDER = "order", _("Order")


class PriceChange(models.Model):
    """A price of a product: in the catalog from ``at`` on, or paid in an order on the day of ``at`` (UTC).

    A trigger writes the catalog's, whatever changes it: a file, a feed, a shop system, or a person. The worker reads
    those of orders (``price_history/from_orders.py``).
    """

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="price_changes", db_index=False, verbose_name=_("product")
    )
    at = models.DateTimeField(_("at"))
    price_minor = models.BigIntegerField(_("price"))
    source = models.CharField(_("source"), max_length=8, choices=PriceSource.choices)

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        constraints = (
            # Orders that are read once more add nothing. Its index finds a product's prices by time.
            models.UniqueConstraint(
                fields=("product", "at", "source", "price_minor"), name="one_price_per_product_and_time"
            ),
        )
        indexes = (
            # housekeeping: what orders said long ago
            models.Index(fields=("at",), condition=models.Q(source="order"), name="price_change_of_orders"),
        )

    def __str__(self) -> str:
        return f"{self.product}: {self.price_minor}"


class PricesRead(models.Model):
    """One row: the last order whose prices were read."""

    last_order_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last_order_id)
