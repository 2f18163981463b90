"""The approval of a journey's launch by a second person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import ApprovalState
from journeys.models.journey import JourneyVersion


class JourneyApproval(models.Model):
    """The request to launch a version, and its answer. ``covers`` is the digest of the version as it was then: of
    another one, nothing is approved. A newer request takes the older one's place."""

    version = models.OneToOneField(
        JourneyVersion, on_delete=models.CASCADE, related_name="approval", verbose_name=_("version")
    )
    state = models.CharField(_("state"), max_length=16, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    covers = models.CharField(_("covers"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_by_name = models.CharField(_("name of who asked"), max_length=150)
    asked_at = models.DateTimeField(_("asked at"))
    answered_by_name = models.CharField(_("name of who answered"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("approval of a journey")
        verbose_name_plural = _("approvals of journeys")
        ordering = ("-asked_at", "-id")

    def __str__(self) -> str:
        return f"{self.version}: {self.state}"
