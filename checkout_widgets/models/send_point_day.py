"""Send points of a store's shoppers on one day, which count towards its daily cap on offers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class SendPointDay(models.Model):
    """Which shoppers of a store have had send points on the day that ends at ``ends_at``, and how many.

    ``shoppers`` are digests, one entry a send point, sorted and packed (``send_points_today.py``): edges hold all of
    them in memory, and published files may lie where others can read. ``made_from`` names the send points, so that
    the row is written again only where they have changed.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="send_point_day", verbose_name=_("store")
    )
    ends_at = models.DateTimeField(_("ends at"))
    shoppers = models.BinaryField(_("shoppers"))
    made_from = models.CharField(_("made from"), max_length=64)

    class Meta:
        verbose_name = _("send points of a day")
        verbose_name_plural = _("send points of days")

    def __str__(self) -> str:
        return f"{self.store_id} until {self.ends_at}"
