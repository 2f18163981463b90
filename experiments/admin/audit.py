"""The audit log: to look at."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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

    @admin.display(description=_("Detail"))
    def what(self, entry: AuditEntry) -> str:
        """Say names with their values; of a change, the values before and after."""
        parts = []
        for name, value in entry.detail.items():
            parts.append(f"{name.replace('_', ' ')}: {written(name, value)}")
        return "; ".join(parts)


def written(name: str, value: Any) -> str:
    """Say a change as ``draft → running``, anything else as its value."""
    if name == "warnings":  # the only list that isn't before and after
        return ", ".join(value)
    if isinstance(value, list) and len(value) == 2:
        before, after = value
        return f"{written(name, before)} → {written(name, after)}"
    if value in (None, "", [], {}):
        return gettext("none")
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
