"""What a store sells."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store
from experiments.models.store import CURRENCY_CODE


class ProductKind(models.TextChoices):
    """What a product is to recommendations: only goods are suggested, and only goods make pairs."""

    GOODS = "goods", _("Goods")
    SERVICE = "service", _("Service or fee")
    GIFT_CARD = "gift_card", _("Gift card")


class Product(models.Model):
    """A product of the store's catalogue. ``stock`` is null where it isn't counted, ``cost_minor`` where unknown."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="products", db_index=False, verbose_name=_("store")
    )
    sku = models.CharField(_("SKU"), max_length=64)
    external_id = models.CharField(
        _("ID in the shop system"),
        max_length=64,
        blank=True,
        help_text=_("What is added to the cart: a Shopify variant ID, a WooCommerce product or variation ID"),
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=64, blank=True)
    image_url = models.URLField(_("image URL"), max_length=500, blank=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY_CODE])
    price_minor = models.BigIntegerField(_("price"), validators=[MinValueValidator(0)])
    cost_minor = models.BigIntegerField(_("cost"), null=True, blank=True, validators=[MinValueValidator(0)])
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ProductKind.choices, default=ProductKind.GOODS, db_default=ProductKind.GOODS
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        ordering = ("title",)
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = (
            # Files, orders and offers name a product by its SKU. An id of the shop system may be in several.
            models.UniqueConstraint(fields=("store", "sku"), name="one_product_per_store_and_sku"),
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="product_price_is_not_negative"),
        )
        indexes = (
            # orders: the product that a line names by the shop system's own id
            models.Index(
                fields=("store", "external_id"),
                condition=~models.Q(external_id=""),
                name="product_store_external_id",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.sku})"
