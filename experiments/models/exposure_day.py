"""What a day's exposures add up to, and which days have changed since."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.variant import Variant


def exact_sum() -> "models.DecimalField[Decimal, Decimal]":
    """A column for a whole number, with room for the sum of products of three amounts."""
    return models.DecimalField(max_digits=100, decimal_places=0)


class ExposureDay(models.Model):
    """The sums of the visitors first exposed on one day of the test, by variant, dimension and value.

    Dimension "" is everybody; others are ``device``, ``country``, ``customer_type`` and the names in an exposure's
    ``segments``. ``orders_x_revenue`` is the sum of orders x revenue over visitors; what each column adds up is said in
    ``experiments.reading.sums``, which has a key for every one of them. Written by ``experiments.accounting.rollups``
    alone; outdated while a ``TouchedDay`` says so.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="days", db_index=False, verbose_name=_("test")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="days", db_index=False, verbose_name=_("variant")
    )
    day = models.DateField(_("day"))
    dimension = models.TextField(_("dimension"), blank=True)
    value = models.TextField(_("value"), blank=True)
    visitors = models.BigIntegerField(_("visitors"))
    conflicting = models.BigIntegerField(_("visitors who saw several variants"))

    orders = exact_sum()
    items = exact_sum()
    upsell_revenue = exact_sum()
    converted = exact_sum()
    accepted = exact_sum()
    refunded = exact_sum()
    refunding = exact_sum()
    revenue = exact_sum()
    capped_revenue = exact_sum()
    cart_value = exact_sum()
    missing = exact_sum()
    capped_cart_value = exact_sum()
    margin = exact_sum()
    unknown_margin = exact_sum()
    orders_x_orders = exact_sum()
    orders_x_revenue = exact_sum()
    orders_x_capped_revenue = exact_sum()
    orders_x_cart_value = exact_sum()
    missing_x_orders = exact_sum()
    orders_x_capped_cart_value = exact_sum()
    revenue_x_revenue = exact_sum()
    capped_revenue_x_capped_revenue = exact_sum()
    revenue_x_cart_value = exact_sum()
    missing_x_revenue = exact_sum()
    capped_revenue_x_capped_cart_value = exact_sum()
    missing_x_capped_revenue = exact_sum()
    cart_value_x_cart_value = exact_sum()
    capped_cart_value_x_capped_cart_value = exact_sum()
    orders_x_orders_x_orders = exact_sum()
    orders_x_orders_x_revenue = exact_sum()
    orders_x_orders_x_capped_revenue = exact_sum()
    orders_x_orders_x_cart_value = exact_sum()
    missing_x_orders_x_orders = exact_sum()
    orders_x_orders_x_capped_cart_value = exact_sum()
    orders_x_revenue_x_revenue = exact_sum()
    orders_x_capped_revenue_x_capped_revenue = exact_sum()
    orders_x_revenue_x_cart_value = exact_sum()
    missing_x_orders_x_revenue = exact_sum()
    orders_x_capped_revenue_x_capped_cart_value = exact_sum()
    missing_x_orders_x_capped_revenue = exact_sum()
    orders_x_cart_value_x_cart_value = exact_sum()
    orders_x_capped_cart_value_x_capped_cart_value = exact_sum()
    revenue_x_revenue_x_revenue = exact_sum()
    capped_revenue_x_capped_revenue_x_capped_revenue = exact_sum()
    revenue_x_revenue_x_cart_value = exact_sum()
    missing_x_revenue_x_revenue = exact_sum()
    capped_revenue_x_capped_revenue_x_capped_cart_value = exact_sum()
    missing_x_capped_revenue_x_capped_revenue = exact_sum()
    revenue_x_cart_value_x_cart_value = exact_sum()
    capped_revenue_x_capped_cart_value_x_capped_cart_value = exact_sum()
    cart_value_x_cart_value_x_cart_value = exact_sum()
    capped_cart_value_x_capped_cart_value_x_capped_cart_value = exact_sum()
    items_x_items = exact_sum()
    items_x_orders = exact_sum()
    upsell_revenue_x_upsell_revenue = exact_sum()
    margin_x_margin = exact_sum()
    margin_x_margin_x_margin = exact_sum()

    class Meta:
        verbose_name = _("daily exposure totals")
        verbose_name_plural = _("daily exposure totals")
        constraints = (
            # also serves reports, which read an experiment's days, and the refresh of a day
            models.UniqueConstraint(
                fields=("experiment", "day", "dimension", "value", "variant"), name="one_sum_per_day_and_group"
            ),
            models.CheckConstraint(
                condition=models.Q(visitors__gt=0, conflicting__gte=0, conflicting__lte=models.F("visitors")),
                name="exposure_day_counts_visitors",
            ),
            models.CheckConstraint(
                condition=models.Q(dimension="", value="") | (~models.Q(dimension="") & ~models.Q(value="")),
                name="exposure_day_value_of_a_dimension",
            ),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day} {self.dimension} {self.value}".rstrip()


class CovariateDay(models.Model):
    """What the covariates of the visitors first exposed on one day of the test add up to, by variant.

    ``sums``: whole numbers in the order of ``experiments.reading.covariates.LAYOUT``, which says what each adds up.
    Only of tests that more than the cart's value adjusts. Written by ``experiments.accounting.rollups`` alone, together
    with `ExposureDay`, and outdated while a ``TouchedDay`` says so.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="covariate_days", db_index=False, verbose_name=_("test")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="covariate_days", db_index=False, verbose_name=_("variant")
    )
    day = models.DateField(_("day"))
    visitors = models.BigIntegerField(_("visitors"))
    sums = ArrayField(exact_sum(), verbose_name=_("sums"))

    class Meta:
        verbose_name = _("daily covariate totals")
        verbose_name_plural = _("daily covariate totals")
        constraints = (
            # also serves reports, which read an experiment's days, and the refresh of a day
            models.UniqueConstraint(fields=("experiment", "day", "variant"), name="one_covariate_sum_per_day"),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day}"


class TouchedDay(models.Model):
    """A day whose exposures changed after it was added up, noted by triggers in the transaction that changed them.

    Only ever inserted, so that writers never wait for one another; a day may be noted many times.
    """

    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        related_name="touched_days",
        db_index=False,
        db_constraint=False,
        verbose_name=_("test"),
    )
    day = models.DateField(_("day"))

    class Meta:
        # reports and the refresh: what is touched of an experiment
        verbose_name = _("day to recompute")
        verbose_name_plural = _("days to recompute")
        indexes = (models.Index(fields=("experiment", "day"), name="touched_day"),)

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day}"
