"""What came of customers in the months after an exposure, beside the outcome within the attribution window."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.exposure_day import exact_sum
from experiments.models.variant import Variant

# After how many days: a quarter, half a year and a year.
HORIZON_DAYS = (90, 180, 365)


class LongOutcome(models.Model):
    """What an exposed customer, or a visitor of a holdout, ordered within a horizon; nobody without orders has a row.

    Money is in minor units of the store's currency, ``revenue_minor`` before refunds. Renewals count here, whatever the
    store's settings say of them. Written by ``experiments.accounting.long_outcomes`` alone.
    """

    pk = models.CompositePrimaryKey("experiment_id", "visitor_id", "horizon_days")
    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="long_outcomes", db_index=False, verbose_name=_("test")
    )
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    horizon_days = models.SmallIntegerField(_("horizon in days"))
    orders = models.IntegerField(_("orders"))
    revenue_minor = models.BigIntegerField(_("revenue before refunds"))
    refunded_minor = models.BigIntegerField(_("refunded amount"))

    class Meta:
        verbose_name = _("long-term outcome")
        verbose_name_plural = _("long-term outcomes")

    def __str__(self) -> str:
        return f"{self.visitor_id} in {self.experiment_id} after {self.horizon_days} days"


class LongOutcomeDay(models.Model):
    """What the customers first exposed on one day of the test add up to within a horizon, by variant.

    ``converted``: who ordered at all; ``revenue``: net of refunds. What has nothing has no row; customers are counted
    in ``ExposureDay``. Written by ``experiments.accounting.rollups`` alone, and outdated while a ``TouchedDay``
    says so.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="long_outcome_days", db_index=False, verbose_name=_("test")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="long_outcome_days", db_index=False, verbose_name=_("variant")
    )
    day = models.DateField(_("day"))
    horizon_days = models.SmallIntegerField(_("horizon in days"))

    converted = exact_sum()
    orders = exact_sum()
    revenue = exact_sum()
    revenue_x_revenue = exact_sum()
    revenue_x_revenue_x_revenue = exact_sum()

    class Meta:
        verbose_name = _("daily long-term totals")
        verbose_name_plural = _("daily long-term totals")
        constraints = (
            # also serves reports, which read an experiment's days, and the refresh of a day
            models.UniqueConstraint(
                fields=("experiment", "day", "horizon_days", "variant"), name="one_long_sum_per_day_and_horizon"
            ),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day} after {self.horizon_days} days"
