"""The audit log: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from experiments import audit_words
from experiments.admin.tenancy import ReadOnly, StoreScopedAdmin
from experiments.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, StoreScopedAdmin):
    """Who did what in a store, and why."""

    list_display = ("at", "store", "experiment", "action", "who")
    list_filter = ("action",)
    list_select_related = ("store", "experiment__store")
    search_fields = ("actor", "reason", "experiment__name")
    fields = ("at", "store", "experiment", "action", "who", "reason", "what")
    readonly_fields = ("at", "who", "what")

    @admin.display(description=_("Who"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        """Return a member's name, or the part of Offerlift that acted by itself."""
        return audit_words.actor(entry)

    @admin.display(description=_("Detail"))
    def what(self, entry: AuditEntry) -> str:
        """Say names with their values; of a change, the values before and after."""
        return "; ".join(f"{name}: {value}" for name, value in audit_words.details(entry, hidden=()))
