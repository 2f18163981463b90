"""When a customer comes to each stage, and by which days a store says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Order, Store
from journeys.models.contact import Contact
from journeys.stages import StageTimes

ARRIVAL_DAYS = 4  # where no parcel is reported: packed within a day, and three days under way


class StageSettings(models.Model):
    """By which days a store's stages begin, and whether it has any.

    ``thresholds`` maps categories to their days (``journeys.stages.StageThresholds``); the empty category is all
    others. ``refreshed_at`` is when the worker last went through the contacts.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="stage_settings", verbose_name=_("store")
    )
    is_on = models.BooleanField(_("stages on"), default=False)
    arrival_days = models.PositiveSmallIntegerField(_("days from order to arrival"), default=ARRIVAL_DAYS)
    thresholds = models.JSONField(_("days by category"), default=dict, blank=True)
    refreshed_at = models.DateTimeField(_("worked out at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("settings of stages")
        verbose_name_plural = _("settings of stages")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(arrival_days__gte=1, arrival_days__lte=90), name="stage_arrival_is_within_bounds"
            ),
        )

    def __str__(self) -> str:
        return str(self.store)


class ContactStage(models.Model):
    """When a contact comes to each stage, by their newest order and the contract that ends next.

    ``is_estimated``: nobody reported the arrival. ``renewal_until`` is the contract's end, where one decides.
    """

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="stage", verbose_name=_("contact"))
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="contact_stages", db_index=False, verbose_name=_("store")
    )
    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, blank=True, related_name="stages", verbose_name=_("order")
    )
    is_estimated = models.BooleanField(_("arrival estimated"), default=False)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    usage_at = models.DateTimeField(_("usage from"), null=True, blank=True)
    care_at = models.DateTimeField(_("care from"), null=True, blank=True)
    renewal_at = models.DateTimeField(_("renewal from"), null=True, blank=True)
    renewal_until = models.DateTimeField(_("renewal until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage of a contact")
        verbose_name_plural = _("stages of contacts")
        indexes = (
            # a store's contacts at a stage
            models.Index(fields=("store", "contact"), name="contact_stage_store"),
        )

    def __str__(self) -> str:
        return str(self.contact_id)

    @property
    def times(self) -> StageTimes:
        """When each stage begins."""
        return StageTimes(
            arrived_at=self.arrived_at,
            usage_at=self.usage_at,
            care_at=self.care_at,
            renewal_at=self.renewal_at,
            renewal_until=self.renewal_until,
        )
