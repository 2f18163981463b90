"""What is known of who bought, beside what orders say themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.store import Store


class CustomerSighting(models.Model):
    """A customer of the shop was seen in a visitor's browser, first at ``seen_at``.

    So an order that names only the customer finds the visitor. Customer ids are the shop's own.
    """

    pk = models.CompositePrimaryKey("store_id", "customer_id", "visitor_id")
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="sightings", db_index=False, verbose_name=_("store")
    )
    customer_id = models.CharField(_("customer ID"), max_length=64)
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        # privacy: what is known of a visitor
        verbose_name = _("customer link")
        verbose_name_plural = _("customer links")
        indexes = (models.Index(fields=("store", "visitor_id"), name="sighting_store_visitor"),)

    def __str__(self) -> str:
        return f"{self.customer_id} as {self.visitor_id}"


class CustomerAlias(models.Model):
    """Two keys turned out to be one customer's: orders with ``key`` count as those of ``first_key``.

    ``first_key`` is the one that was used for assignment first, and is nobody's alias itself: a row leads there at
    once. Written by ``experiments.accounting.merging`` alone.
    """

    pk = models.CompositePrimaryKey("store_id", "key")
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="customer_aliases", db_index=False, verbose_name=_("store")
    )
    key = models.CharField(_("customer key"), max_length=62)
    first_key = models.CharField(_("key first used"), max_length=62)
    merged_at = models.DateTimeField(_("merged at"))

    class Meta:
        verbose_name = _("customer alias")
        verbose_name_plural = _("customer aliases")
        # merging and privacy: all keys of a customer
        indexes = (models.Index(fields=("store", "first_key"), name="alias_store_first_key"),)

    def __str__(self) -> str:
        return f"{self.key} is {self.first_key}"


class OrderClaim(models.Model):
    """A visitor's browser says that an order is its own: nobody has signed that.

    ``is_verified`` once a signed source delivered the order with this total, which nobody knows but who bought. Until
    then the claim links nothing but an order that has no other source.
    """

    pk = models.CompositePrimaryKey("store_id", "external_id", "visitor_id")
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="claims", db_index=False, verbose_name=_("store")
    )
    external_id = models.CharField(_("order ID"), max_length=64)
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    total_minor = models.BigIntegerField(_("total"))
    claimed_at = models.DateTimeField(_("reported at"))
    is_verified = models.BooleanField(_("verified"), default=False)

    class Meta:
        verbose_name = _("browser-reported order")
        verbose_name_plural = _("browser-reported orders")
        indexes = (
            # privacy: what is known of a visitor
            models.Index(fields=("store", "visitor_id"), name="claim_store_visitor"),
            # retention: claims that came to nothing
            models.Index(fields=("claimed_at",), condition=models.Q(is_verified=False), name="claim_unverified"),
        )

    def __str__(self) -> str:
        return f"{self.external_id} by {self.visitor_id}"
