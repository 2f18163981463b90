"""Who did what, when and why."""

from django.db import models
from django.utils import timezone

from experiments.models.experiment import Experiment
from experiments.models.store import Store


class AuditAction(models.TextChoices):
    """What was done."""

    ERASE_VISITOR = "erase_visitor", "Visitor erased"
    EXPORT_STORE = "export_store", "Data exported"
    CREATED = "created", "Created"
    CHANGED = "changed", "Settings changed"
    DUPLICATED = "duplicated", "Duplicated"
    OVERRIDDEN = "overridden", "Warnings overridden"
    SCHEDULED = "scheduled", "Scheduled"
    UNSCHEDULED = "unscheduled", "Taken off the schedule"
    STARTED = "started", "Started"
    CAPPED = "capped", "Cap on order values fixed"
    RAMPED = "ramped", "Traffic share changed"
    PAUSED = "paused", "Paused"
    RESUMED = "resumed", "Resumed"
    STOPPED = "stopped", "Stopped"
    CONCLUDED = "concluded", "Concluded"
    ARCHIVED = "archived", "Archived"
    GUARDRAIL = "guardrail", "Guardrail crossed"
    SAMPLE_RATIO = "sample_ratio", "Traffic split is off"
    LOOK = "look", "Look taken"
    VERDICT = "verdict", "Verdict reached"
    SHARED = "shared", "Report shared"
    UNSHARED = "unshared", "Share link revoked"


class AuditEntry(models.Model):
    """An act on a store, or on one of its experiments; written once.

    ``detail`` names no shopper. That of a change maps each field to its values before and after:
    ``{"traffic_share": [0.25, 1.0]}``.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="audit_entries", db_index=False)
    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, null=True, blank=True, related_name="audit_entries", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=150, help_text="Who did it")
    action = models.CharField(max_length=64, choices=AuditAction.choices)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit entries"
        indexes = (
            # the audit log of a store, newest first
            models.Index(fields=("store", "-at"), name="audit_entry_store_time"),
            # the timeline of an experiment's report
            models.Index(fields=("experiment", "at"), name="audit_entry_experiment_time"),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()} by {self.actor}"
