"""What became of offers, added up by day: how often they were shown, and what was sold by them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.offer import Offer
from experiments.models import Store, Variant


class OfferDay(models.Model):
    """A day on the store's calendar, of what one variant showed, by dimension and value.

    Dimension "" is everybody; others are those that the signed token says, such as ``device``. The offer is the one
    that was shown: of a test's variant, or of a winner that is rolled out. ``step`` is the answer after which it came,
    where it is the second of a sequence. Written by ``checkout_widgets.offer_days`` alone.
    """

    day = models.DateField(_("day"))
    dimension = models.TextField(_("dimension"), blank=True)
    value = models.TextField(_("value"), blank=True)
    # no index: pages read a store's days by the unique constraint
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("store")
    )
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+", verbose_name=_("variant"))
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", verbose_name=_("offer"))
    step = models.CharField(_("step"), max_length=8, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.dimension} {self.value}".rstrip()


class ShownDay(OfferDay):
    """What widgets reported of the day. It stays when the events are deleted for their age.

    ``in_cart`` is less what was taken back, and below 0 where the day before has what is taken back on this one.
    ``decision_ms`` adds up the time from the impression to the answer of the ``decided``, ten minutes each at most;
    ``view_ms`` the time that the widget was in view, of the ``viewed``: impressions of which the page told it.
    The last four are visitors who said why they declined.
    """

    shown = models.BigIntegerField(_("shown"))
    in_cart = models.BigIntegerField(_("added to the cart"))
    declined = models.BigIntegerField(_("declined"))
    decided = models.BigIntegerField(_("answered"))
    decision_ms = models.BigIntegerField(_("milliseconds to the answer"))
    viewed = models.BigIntegerField(_("impressions with a known time in view"), default=0, db_default=0)
    view_ms = models.BigIntegerField(_("milliseconds in view"), default=0, db_default=0)
    not_interested = models.BigIntegerField(_("declined: not interested"), default=0, db_default=0)
    too_expensive = models.BigIntegerField(_("declined: too expensive"), default=0, db_default=0)
    have_it = models.BigIntegerField(_("declined: have it already"), default=0, db_default=0)
    not_now = models.BigIntegerField(_("declined: not now"), default=0, db_default=0)

    class Meta(OfferDay.Meta):
        verbose_name = _("daily offer views")
        verbose_name_plural = _("daily offer views")
        constraints = (
            # also serves pages, which read a store's days
            models.UniqueConstraint(
                fields=("store", "day", "dimension", "value", "variant", "offer", "step"),
                name="one_shown_count_per_day_and_step",
            ),
        )


class SoldDay(OfferDay):
    """What came of the offers that were taken on the day, up to now. Money is in minor units of the store's currency.

    ``bought`` counts acceptances with a line in an order that counts. ``revenue_minor`` is of their goods, after
    discounts and before refunds. ``unknown_costs`` counts lines without a cost: then ``cost_minor`` isn't all.
    """

    taken = models.BigIntegerField(_("taken"))
    bought = models.BigIntegerField(_("bought"))
    revenue_minor = models.BigIntegerField(_("revenue before refunds"))
    refunded_minor = models.BigIntegerField(_("refunded amount"))
    cost_minor = models.BigIntegerField(_("cost"))
    unknown_costs = models.BigIntegerField(_("lines without a cost"))

    class Meta(OfferDay.Meta):
        verbose_name = _("daily offer sales")
        verbose_name_plural = _("daily offer sales")
        constraints = (
            # also serves pages, which read a store's days
            models.UniqueConstraint(
                fields=("store", "day", "dimension", "value", "variant", "offer", "step"),
                name="one_sold_count_per_day_and_step",
            ),
        )


class SaleChange(models.Model):
    """When an offer was taken of which something has changed since, noted by triggers in the same transaction.

    Only ever inserted, so that writers never wait for one another; the worker takes them out, and adds the day up.
    """

    store_id = models.BigIntegerField(_("store"))
    accepted_at = models.DateTimeField(_("accepted at"))

    class Meta:
        verbose_name = _("changed offer sale")
        verbose_name_plural = _("changed offer sales")

    def __str__(self) -> str:
        return f"{self.store_id} at {self.accepted_at}"


class ShownUntil(models.Model):
    """Up to when a store's events, by the time of their receipt, are counted in its ``ShownDay``."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, primary_key=True, related_name="shown_until", verbose_name=_("store")
    )
    at = models.DateTimeField(_("counted up to"))

    class Meta:
        verbose_name = _("counted offer views")
        verbose_name_plural = _("counted offer views")

    def __str__(self) -> str:
        return f"{self.store_id} up to {self.at}"
