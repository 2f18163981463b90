"""Who did what, when and why."""

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from experiments.models.experiment import Experiment
from experiments.models.store import Store


class AuditAction(models.TextChoices):
    """What was done."""

    ERASE_VISITOR = "erase_visitor", _("Visitor erased")
    EXPORT_STORE = "export_store", _("Data exported")
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Settings changed")
    DUPLICATED = "duplicated", _("Duplicated")
    OVERRIDDEN = "overridden", _("Warnings overridden")
    SCHEDULED = "scheduled", _("Scheduled")
    UNSCHEDULED = "unscheduled", _("Schedule canceled")
    STARTED = "started", _("Started")
    CAPPED = "capped", _("Cap on order values set")
    RAMPED = "ramped", _("Traffic share changed")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    STOPPED = "stopped", _("Stopped")
    CONCLUDED = "concluded", _("Concluded")
    ARCHIVED = "archived", _("Archived")
    GUARDRAIL = "guardrail", _("Guardrail crossed")
    SAMPLE_RATIO = "sample_ratio", _("Sample ratio mismatch")
    LOOK = "look", _("Planned look analyzed")
    VERDICT = "verdict", _("Verdict reached")
    APPROVAL_ASKED = "approval_asked", _("Approval asked for")
    APPROVED = "approved", _("Approved")
    APPROVAL_DECLINED = "approval_declined", _("Approval declined")
    APPROVAL_WITHDRAWN = "approval_withdrawn", _("Request for approval withdrawn")
    APPROVAL_LAPSED = "approval_lapsed", _("Approval lapsed")
    APPROVAL_RULES = "approval_rules", _("Approval rules changed")
    INVITED = "invited", _("Member invited")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    JOINED = "joined", _("Member joined")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Two-factor authentication reset")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Authenticator app added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Authenticator app removed")
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed", _("Recovery codes renewed")
    PASSKEY_ADDED = "passkey_added", _("Passkey added")
    PASSKEY_REMOVED = "passkey_removed", _("Passkey removed")
    PASSKEY_REFUSED = "passkey_refused", _("Passkey refused")
    SIGN_ON_LINKED = "sign_on_linked", _("Single sign-on linked")
    SIGN_ON_UNLINKED = "sign_on_unlinked", _("Single sign-on unlinked")
    SIGN_ON_REFUSED = "sign_on_refused", _("Single sign-on refused")
    ROLE_BY_GROUPS = "role_by_groups", _("Role changed by sign-on groups")
    SHARED = "shared", _("Report shared")
    UNSHARED = "unshared", _("Share link revoked")
    ANNOTATED = "annotated", _("Annotation added")
    ANNOTATION_CHANGED = "annotation_changed", _("Annotation changed")
    ANNOTATION_REMOVED = "annotation_removed", _("Annotation removed")
    METRIC_CREATED = "metric_created", _("Custom metric created")
    METRIC_CHANGED = "metric_changed", _("Custom metric changed")
    METRIC_ARCHIVED = "metric_archived", _("Custom metric archived")
    METRIC_RESTORED = "metric_restored", _("Custom metric restored")
    SENDER_CHANGED = "sender_changed", _("Sender of messages changed")
    SENDER_PAUSED = "sender_paused", _("Messages to customers paused")
    SENDER_WARNED = "sender_warned", _("Messages to customers near a limit")
    CLAIM_UNTRUE = "claim_untrue", _("A claim is no longer true")
    MESSAGE_TESTED = "message_tested", _("Test message sent")
    FRICTION_OPENED = "friction_opened", _("Customer problem reported")
    ADDRESS_SHOWN = "address_shown", _("Customer's address shown")
    CONTACT_SEARCHED = "contact_searched", _("Customer looked up")
    CONTACTS_IMPORTED = "contacts_imported", _("Contacts imported")
    RETENTION_CHANGED = "retention_changed", _("Retention of contacts changed")
    STAGES_CHANGED = "stages_changed", _("Stages changed")
    QUESTION_CHANGED = "question_changed", _("Question on the confirmation page changed")
    DATA_REQUESTED = "data_requested", _("Data requested by a customer")
    JOURNEY_CREATED = "journey_created", _("Journey created")
    JOURNEY_CHANGED = "journey_changed", _("Journey changed")
    JOURNEY_LAUNCHED = "journey_launched", _("Journey launched")
    JOURNEY_PAUSED = "journey_paused", _("Journey paused")
    JOURNEY_RESUMED = "journey_resumed", _("Journey resumed")
    JOURNEY_ENDED = "journey_ended", _("Journey ended")
    PAIR_PINNED = "pair_pinned", _("Product pair pinned")
    PAIR_BANNED = "pair_banned", _("Product pair banned")
    PAIR_RELEASED = "pair_released", _("Product pair no longer pinned or banned")


class AuditEntry(models.Model):
    """An act on a store, or on one of its experiments; written once.

    ``detail`` names no shopper. That of a change maps each field to its values before and after:
    ``{"traffic_share": [0.25, 1.0]}``.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="audit_entries", db_index=False, verbose_name=_("store")
    )
    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="audit_entries",
        db_index=False,
        verbose_name=_("test"),
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor = models.CharField(_("who"), max_length=150, help_text=_("The user, or the job, that did it."))
    action = models.CharField(_("action"), max_length=64, choices=AuditAction.choices)
    reason = models.TextField(_("reason"), blank=True)
    # Of a sentence that Offerlift wrote: the same in other languages, by code. What people type has none.
    reason_translations = models.JSONField(
        _("reason in other languages"), default=dict, db_default={}, blank=True, editable=False
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-id")
        indexes = (
            # the audit log of a store, newest first
            models.Index(fields=("store", "-at"), name="audit_entry_store_time"),
            # the timeline of an experiment's report
            models.Index(fields=("experiment", "at"), name="audit_entry_experiment_time"),
        )

    def __str__(self) -> str:
        return _("%(action)s by %(actor)s") % {"action": self.get_action_display(), "actor": self.actor}

    @property
    def reason_to_read(self) -> str:
        """The reason in the reader's language, where it was written in it."""
        return str(self.reason_translations.get(get_language(), self.reason))
