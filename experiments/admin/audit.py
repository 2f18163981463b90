"""The audit log: to look at."""

from __future__ import annotations

import json
from typing import Any

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
        """Names with their values, of a change those before and after."""
        return "; ".join(f"{name.replace('_', ' ')}: {written(name, value)}" for name, value in entry.detail.items())


def written(name: str, value: Any) -> str:
    """``draft → running`` of a change, else the value."""
    if name == "warnings":  # the only list that isn't before and after
        return ", ".join(value)
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(written(name, one) for one in value)
    if value in (None, "", [], {}):
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
