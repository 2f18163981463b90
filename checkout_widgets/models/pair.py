"""Which products go together: counted in orders, and chosen by merchandisers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.product import Product
from experiments.models import Store


class PairBasis(models.TextChoices):
    """How two products come together: in one order, or one after the other."""

    SAME_ORDER = "same_order", _("Bought together")
    LATER = "later", _("Bought later")


class ProductPair(models.Model):
    """What is bought with a product, or after it, and how often; counted by the worker (``recommending/refresh.py``).

    ``count`` of ``base`` have both: orders where they are bought together, customers where one is bought later.
    ``customers`` of ``customers_base`` are the same in customers, those who are known.
    """

    # no index: every question names a product, and a store's pairs are replaced together
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("store")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="pairs", db_index=False, verbose_name=_("product")
    )
    suggested = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("suggested product")
    )
    basis = models.CharField(_("basis"), max_length=10, choices=PairBasis.choices)
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.FloatField(_("score"))
    count = models.PositiveIntegerField(_("with both"))
    base = models.PositiveIntegerField(_("with the product"))
    customers = models.PositiveIntegerField(_("customers with both"))
    customers_base = models.PositiveIntegerField(_("customers with the product"))

    class Meta:
        verbose_name = _("product pair")
        verbose_name_plural = _("product pairs")
        ordering = ("product", "basis", "rank")
        constraints = (
            models.UniqueConstraint(fields=("product", "basis", "rank"), name="one_pair_per_product_and_rank"),
            models.CheckConstraint(
                condition=models.Q(count__lte=models.F("base")) & models.Q(customers__lte=models.F("customers_base")),
                name="pair_count_is_of_its_base",
            ),
        )
        indexes = (models.Index(fields=("store",), name="pair_store"),)  # replaced together

    def __str__(self) -> str:
        return f"{self.product_id} with {self.suggested_id}"


class PairsCount(models.Model):
    """When a store's pairs were last counted, and in what. ``version`` rises with each count."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, primary_key=True, related_name="pairs_count", verbose_name=_("store")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    counted_at = models.DateTimeField(_("counted at"))
    since = models.DateTimeField(_("orders since"))
    orders = models.PositiveIntegerField(_("orders"))
    products = models.PositiveIntegerField(_("products with pairs"))

    class Meta:
        verbose_name = _("count of product pairs")
        verbose_name_plural = _("counts of product pairs")

    def __str__(self) -> str:
        return f"{self.store_id}, version {self.version}"


class PairLists(models.Model):
    """A store's counted pairs as the edge takes them (``recommending/lists.py``): in one piece, as they are read often.

    ``version`` rises whenever what is suggested may have changed: with each count, and with what merchandisers choose.
    """

    # Not the primary key: the triggers that count changes for the edge find rows by their id.
    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="pair_lists", verbose_name=_("store"))
    version = models.PositiveIntegerField(_("version"), default=1)
    content = models.BinaryField(_("content"), default=b"")

    class Meta:
        verbose_name = _("lists of product pairs")
        verbose_name_plural = _("lists of product pairs")

    def __str__(self) -> str:
        return f"{self.store_id}, version {self.version}"


class ChosenPair(models.Model):
    """What a merchandiser says of a pair: suggested first, or never. It goes before what was counted.

    It is about one product, or about all of a category; a banned one about neither is never suggested at all.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="chosen_pairs", db_index=False, verbose_name=_("store")
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="chosen_pairs",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    category = models.CharField(_("category"), max_length=64, blank=True, default="")
    suggested = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("suggested product")
    )
    is_banned = models.BooleanField(_("never suggested"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_by = models.CharField(_("created by"), max_length=150, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("chosen pair")
        verbose_name_plural = _("chosen pairs")
        ordering = ("pk",)
        constraints = (
            # Also finds a store's. Without "nulls distinct" a category could have the same product twice.
            models.UniqueConstraint(
                fields=("store", "product", "category", "suggested"),
                nulls_distinct=False,
                name="one_choice_per_pair",
                violation_error_message=_("This pair is pinned or banned already."),
            ),
            models.CheckConstraint(
                condition=models.Q(product__isnull=True) | models.Q(category=""),
                name="pair_is_of_product_or_category",
                violation_error_message=_("Choose a product or a category, not both."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_banned=True) | models.Q(product__isnull=False) | ~models.Q(category=""),
                name="pinned_pair_is_of_something",
                violation_error_message=_("Choose the product or the category that it goes with."),
            ),
        )

    def __str__(self) -> str:
        beside = self.product or self.category or _("every product")
        return _("%(suggested)s with %(beside)s") % {"suggested": self.suggested, "beside": beside}
