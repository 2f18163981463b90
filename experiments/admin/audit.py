"""The audit log: to look at."""

from __future__ import annotations

import json

from django.contrib import admin

from experiments.admin.tenancy import ReadOnly, StoreScopedAdmin
from experiments.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, StoreScopedAdmin):
    """Who did what in a store, and why."""

    list_display = ("at", "store", "experiment", "action", "actor")
    list_filter = ("action",)
    list_select_related = ("store", "experiment")
    search_fields = ("actor", "reason", "experiment__name")
    fields = ("at", "store", "experiment", "action", "actor", "reason", "what")
    readonly_fields = ("at", "what")

    @admin.display(description="Detail")
    def what(self, entry: AuditEntry) -> str:
        """Names with their values."""
        return ", ".join(f"{name}: {json.dumps(value)}" for name, value in entry.detail.items())
