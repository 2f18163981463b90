"""Stored results: to look at."""

import json

from django.contrib import admin

from experiments.admin.tenancy import ReadOnly, StoreScopedAdmin
from experiments.models import Snapshot


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly, StoreScopedAdmin):
    """The results of analyses as they were when they were taken."""

    list_display = ("experiment", "taken_at", "is_look", "information_fraction", "headline")
    list_filter = ("is_look",)
    list_select_related = ("experiment",)
    date_hierarchy = "taken_at"
    fields = ("experiment", "taken_at", "is_look", "information_fraction", "headline", "report_text")
    readonly_fields = ("headline", "report_text")

    def headline(self, snapshot: Snapshot) -> str:
        """What the report said."""
        return str(snapshot.report.get("verdict", {}).get("headline", ""))

    @admin.display(description="Report")
    def report_text(self, snapshot: Snapshot) -> str:
        """The whole report as JSON."""
        return json.dumps(snapshot.report, indent=2, ensure_ascii=False)
