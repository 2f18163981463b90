"""A second person's yes to a step of a test's life."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment


class ApprovedStep(models.TextChoices):
    """What can be approved."""

    LAUNCH = "launch", _("Launch")
    RESUME = "resume", _("Resume")
    END_RAMP = "end_ramp", _("End ramp")
    CONCLUDE = "conclude", _("Conclude")


class ApprovalState(models.TextChoices):
    """How far an approval has come; whether it has lapsed is found by comparing what it covers."""

    ASKED = "asked", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    USED = "used", _("Used")


OPEN_STATES = (ApprovalState.ASKED, ApprovalState.APPROVED)


class Approval(models.Model):
    """A step that somebody asked a second person to approve, and the answer.

    ``covers`` has a digest for each part of the test that was looked at: once one of them is another, the approval
    holds no longer. ``terms`` is what the step is taken with, such as the decision. Names are kept beside the users,
    as the trail outlives accounts.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="approvals", verbose_name=_("test")
    )
    step = models.CharField(_("step"), max_length=16, choices=ApprovedStep.choices)
    state = models.CharField(_("state"), max_length=16, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    covers = models.JSONField(_("covers"), default=dict)
    terms = models.JSONField(_("terms"), default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_by_name = models.CharField(_("name of who asked"), max_length=150)
    asked_at = models.DateTimeField(_("asked at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_by_name = models.CharField(_("name of who answered"), max_length=150, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    used_at = models.DateTimeField(_("used at"), null=True)
    lapsed_at = models.DateTimeField(_("lapsed at"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("-asked_at", "-id")
        constraints = (
            # Two who ask at once make one request; a newer one takes the older one's place.
            models.UniqueConstraint(
                fields=("experiment", "step"),
                condition=models.Q(state__in=("asked", "approved")),
                name="one_open_approval_per_step",
            ),
        )

    def __str__(self) -> str:
        words = {"step": self.get_step_display(), "test": self.experiment, "state": self.get_state_display()}
        return _("%(step)s “%(test)s”: %(state)s") % words

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer, or for the step to be taken."""
        return self.state in OPEN_STATES
