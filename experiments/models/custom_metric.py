"""Metrics that a store defines itself: what its visitors buy of some of its products."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.exposure_day import exact_sum
from experiments.models.store import Store
from experiments.models.variant import Variant

# Each metric of a test is one more comparison that the others are corrected for, and one more look-up for each buyer.
MOST_PER_TEST = 5
MOST_PER_STORE = 50  # a list that somebody can still choose from; archived metrics don't count
MOST_PRODUCTS = 2_000  # each line of an order is compared with all of them
LONGEST_NAME = 80  # characters: a column's head
LONGEST_KEY = 40  # characters
# What tells a store's own metric from Offerlift's in reports, exports and the API: none of those has a hyphen.
PREFIX = "custom-"


class CountedValue(models.TextChoices):
    """What is counted of the chosen products."""

    REVENUE = "revenue", _("Revenue per visitor")
    UNITS = "units", _("Units per visitor")
    BUYERS = "buyers", _("Share of visitors who buy")


class CustomMetricQuerySet(models.QuerySet["CustomMetric"]):
    """A store's metrics, limited."""

    def active(self) -> Self:
        """Those that new tests can choose."""
        return self.filter(archived_at=None)


class CustomMetric(models.Model):
    """A metric of a store: revenue, units or buyers of the products with these SKUs and of these categories.

    ``version`` counts the meanings that launched tests were given; each keeps its own (`ChosenMetric`).
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="custom_metrics", db_index=False, verbose_name=_("store")
    )
    key = models.SlugField(_("key"), max_length=LONGEST_KEY, db_index=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    counted = models.CharField(
        _("what is counted"), max_length=16, choices=CountedValue.choices, default=CountedValue.REVENUE
    )
    skus = ArrayField(models.CharField(max_length=64), verbose_name=_("SKUs"), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=64), verbose_name=_("categories"), default=list, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, editable=False)
    created_by = models.CharField(_("created by"), max_length=150, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = CustomMetricQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom metric")
        verbose_name_plural = _("custom metrics")
        ordering = ("name", "id")
        constraints = (
            # also serves the list of a store's metrics
            models.UniqueConstraint(fields=("store", "key"), name="one_custom_metric_per_store_and_key"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What reports, exports and the API call it."""
        return f"{PREFIX}{self.key}"


class ChosenMetricQuerySet(models.QuerySet["ChosenMetric"]):
    """Metrics of tests, limited."""

    def fixed(self) -> Self:
        """Those whose test was launched, so that they mean something."""
        return self.filter(fixed_at__isnull=False)


class ChosenMetric(models.Model):
    """A metric that a test was given before its launch, with what it means there.

    Until the launch it means what the metric says. From then on ``name``, ``counted``, ``version`` and ``skus``, which
    holds the products of its categories too, stay as they were, whatever becomes of metric and catalogue.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="chosen_metrics", db_index=False, verbose_name=_("test")
    )
    # Restricted, so that a metric that tests have can't be deleted; a store's deletion takes both along.
    metric = models.ForeignKey(
        CustomMetric, on_delete=models.RESTRICT, related_name="chosen", verbose_name=_("custom metric")
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True, editable=False)
    counted = models.CharField(
        _("what is counted"), max_length=16, choices=CountedValue.choices, blank=True, editable=False
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    skus = ArrayField(models.CharField(max_length=64), verbose_name=_("SKUs"), default=list, editable=False)
    fixed_at = models.DateTimeField(_("fixed at"), null=True, editable=False)

    objects = ChosenMetricQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom metric of a test")
        verbose_name_plural = _("custom metrics of tests")
        ordering = ("id",)
        constraints = (
            # also serves reports: a test's metrics
            models.UniqueConstraint(fields=("experiment", "metric"), name="one_choice_per_experiment_and_metric"),
        )

    def __str__(self) -> str:
        return self.name or self.metric.name

    @property
    def code(self) -> str:
        """What reports, exports and the API call it."""
        return self.metric.code


class CustomOutcome(models.Model):
    """What came of an exposure by a custom metric; visitors who bought none of its products have no row.

    Money is in minor units of the store's currency, ``revenue_minor`` before refunds. Written by
    ``experiments.accounting.custom_outcomes`` alone.
    """

    pk = models.CompositePrimaryKey("chosen_id", "visitor_id")
    chosen = models.ForeignKey(
        ChosenMetric, on_delete=models.CASCADE, related_name="outcomes", db_index=False, verbose_name=_("metric")
    )
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    orders = models.PositiveIntegerField(_("orders"))
    units = models.PositiveIntegerField(_("units"))
    revenue_minor = models.BigIntegerField(_("revenue before refunds"))
    refunded_minor = models.BigIntegerField(_("refunded amount"))

    class Meta:
        verbose_name = _("outcome by a custom metric")
        verbose_name_plural = _("outcomes by custom metrics")

    def __str__(self) -> str:
        return f"{self.visitor_id} in {self.chosen_id}"


class CustomMetricDay(models.Model):
    """What the visitors first exposed on one day of the test add up to by a custom metric; dimensions as elsewhere.

    ``converted``: visitors who bought any of its products; ``items``: units of them; ``revenue``: net of refunds. What
    has nothing has no row; visitors are in ``ExposureDay``. Written by ``experiments.accounting.rollups`` alone.
    """

    chosen = models.ForeignKey(
        ChosenMetric, on_delete=models.CASCADE, related_name="days", db_index=False, verbose_name=_("metric")
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="custom_metric_days", db_index=False, verbose_name=_("variant")
    )
    day = models.DateField(_("day"))
    dimension = models.TextField(_("dimension"), blank=True)
    value = models.TextField(_("value"), blank=True)

    converted = exact_sum()
    orders = exact_sum()
    items = exact_sum()
    revenue = exact_sum()
    capped_revenue = exact_sum()
    items_x_items = exact_sum()
    revenue_x_revenue = exact_sum()
    capped_revenue_x_capped_revenue = exact_sum()
    revenue_x_revenue_x_revenue = exact_sum()
    capped_revenue_x_capped_revenue_x_capped_revenue = exact_sum()

    class Meta:
        verbose_name = _("daily totals of a custom metric")
        verbose_name_plural = _("daily totals of custom metrics")
        constraints = (
            # also serves reports, which read a metric's days, and the refresh of a day
            models.UniqueConstraint(
                fields=("chosen", "day", "dimension", "value", "variant"), name="one_custom_sum_per_day_and_group"
            ),
        )

    def __str__(self) -> str:
        return f"{self.chosen_id} on {self.day} {self.dimension} {self.value}".rstrip()
