"""How many acceptance tokens in a store's orders don't count."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class RefusedTokens(models.Model):
    """A store's order lines with an acceptance token in the last week and in the three weeks before, and how many of
    these tokens don't count; ``most_common`` is the code of the most frequent refusal in the last week.

    Counted by the worker each hour: on the page, reading 28 days of order lines would take most of a second.
    """

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="refused_tokens", verbose_name=_("store")
    )
    recent = models.PositiveBigIntegerField(_("tokens in the last 7 days"))
    recent_refused = models.PositiveBigIntegerField(_("rejected tokens in the last 7 days"))
    before = models.PositiveBigIntegerField(_("tokens in the 21 days before"))
    before_refused = models.PositiveBigIntegerField(_("rejected tokens in the 21 days before"))
    most_common = models.CharField(_("most common reason"), max_length=16, blank=True)
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("rejected token count")
        verbose_name_plural = _("rejected token counts")

    def __str__(self) -> str:
        return f"{self.recent_refused} of {self.recent}"
