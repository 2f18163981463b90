"""Who saw what, and what came of it: one row per experiment and visitor."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.store import Store
from experiments.models.variant import Variant


class ExposureQuerySet(models.QuerySet["Exposure"]):
    """Exposures, limited."""

    def for_experiment(self, experiment: Experiment) -> Self:
        """Those of one experiment."""
        return self.filter(experiment=experiment)

    def automated(self, experiment: Experiment) -> Self:
        """Those of one experiment whose browser was driven by a program."""
        return self.filter(store=experiment.store_id, experiment=experiment, is_automated=True)


class Exposure(models.Model):
    """The visitor reached the moment and the trigger fired: the first one per experiment counts, in every variant.

    The outcome columns are written by ``experiments.accounting.outcomes`` alone. Money is in minor units of the store's
    currency; ``revenue_minor`` is before refunds. ``margin_minor`` is null where the cost of a
    product that the visitor bought is unknown. ``is_automated``: a program drove the browser; such exposures are left
    out of all sums unless ``Store.is_automation_counted``. ``prior_order_minor`` is the value of the order that led to
    the moment, which then takes the place of the cart's; null where the moment has none. ``would_show`` is what
    each arm would have shown of product pairs, with their version; null of tests without any. ``trigger_version`` is
    what the snippet watched: 1 for half of the slot in view, 2 for the marker at its top; every variant by the same
    one.
    """

    pk = models.CompositePrimaryKey("experiment_id", "visitor_id")
    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="exposures", db_index=False, verbose_name=_("test")
    )
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="exposures", db_index=False, verbose_name=_("store")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="exposures", db_index=False, verbose_name=_("variant")
    )
    exposed_at = models.DateTimeField(_("exposed at"))
    cart_value_minor = models.BigIntegerField(_("cart value"), null=True)
    # No field of positive numbers: its check would read the whole table.
    cart_items = models.SmallIntegerField(_("products in the cart"), null=True)
    past_orders = models.SmallIntegerField(_("earlier orders"), null=True)
    device = models.CharField(_("device"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    customer_type = models.CharField(_("customer type"), max_length=16, blank=True)
    segments = models.JSONField(_("segments"), default=dict)
    would_show = models.JSONField(_("what each arm would have shown"), null=True)
    is_conflicting = models.BooleanField(_("saw several variants"), default=False)
    is_automated = models.BooleanField(_("automated browser"), default=False, db_default=False)
    trigger_version = models.PositiveSmallIntegerField(_("trigger version"), default=1, db_default=1)

    orders = models.PositiveIntegerField(_("orders"), default=0)
    revenue_minor = models.BigIntegerField(_("revenue before refunds"), default=0)
    refunded_minor = models.BigIntegerField(_("refunded amount"), default=0)
    items = models.PositiveIntegerField(_("items"), default=0)
    upsell_minor = models.BigIntegerField(_("upsell revenue"), default=0)
    margin_minor = models.BigIntegerField(_("margin"), null=True, default=0, db_default=0)
    prior_order_minor = models.BigIntegerField(_("value of the previous order"), null=True)
    has_converted = models.BooleanField(_("bought"), default=False)
    has_accepted = models.BooleanField(_("accepted the offer"), default=False)

    objects = ExposureQuerySet.as_manager()

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        # No index has a column that an outcome changes, not even in its condition: PostgreSQL would write each changed
        # row into every index again (``bench/wal.py``).
        indexes = (
            # outcomes: the exposures of an order's visitor
            models.Index(fields=("store", "visitor_id"), name="exposure_store_visitor"),
            # sums: exposures by day; those beyond the edge of a window are counted without looking at the table
            models.Index(
                fields=("experiment", "exposed_at"), include=("is_automated",), name="exposure_experiment_time"
            ),
            # health and the funnel: those of automated browsers, which are few
            models.Index(
                fields=("store", "experiment", "visitor_id"),
                name="exposure_automated",
                condition=models.Q(is_automated=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(has_converted=models.Q(orders__gt=0)), name="exposure_converted_means_an_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.visitor_id} in {self.experiment_id}"
