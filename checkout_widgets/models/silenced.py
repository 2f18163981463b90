"""Shoppers who are offered nothing for a while, because something is wrong with an order of theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class SilencedShopper(models.Model):
    """A visitor or a customer who gets no offers until a time. ``shopper`` is a digest: the edge holds these in memory,
    and published files may lie where others can read. ``owner`` is whose problem it is, the contact's row ID."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="silenced_shoppers", db_index=False, verbose_name=_("store")
    )
    owner = models.BigIntegerField(_("contact"))
    shopper = models.CharField(_("shopper"), max_length=32)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("shopper without offers")
        verbose_name_plural = _("shoppers without offers")
        constraints = (
            models.UniqueConstraint(fields=("store", "owner", "shopper"), name="one_silence_per_owner_and_shopper"),
        )
        indexes = (
            # housekeeping: those whose time is over
            models.Index(fields=("until",), name="silenced_until"),
        )

    def __str__(self) -> str:
        return f"{self.shopper[:8]} until {self.until}"
