"""Who did what that can't be seen in the data any more."""

from django.db import models

from experiments.models.store import Store


class AuditAction(models.TextChoices):
    """What can be done that leaves no other trace."""

    ERASE_VISITOR = "erase_visitor", "Visitor erased"
    EXPORT_STORE = "export_store", "Data exported"


class AuditEntry(models.Model):
    """An act on a store's data, such as an erasure; ``detail`` names nobody. Written once."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="audit_entries", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=150, help_text="Who did it")
    action = models.CharField(max_length=64, choices=AuditAction.choices)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name_plural = "audit entries"
        indexes = (
            # the audit log of a store, newest first
            models.Index(fields=("store", "-at"), name="audit_entry_store_time"),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()} by {self.actor}"
