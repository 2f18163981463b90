"""Stored results: to look at."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.admin.tenancy import ReadOnly, StoreScopedAdmin
from experiments.models import Snapshot
from experiments.page_links import LinkedPage, link_to


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly, StoreScopedAdmin):
    """The results of analyses as they were when they were taken."""

    list_display = (
        "experiment",
        "taken_at",
        "is_look",
        "is_reread",
        "method_version",
        "information_fraction",
        "headline",
    )
    list_filter = ("is_look", "is_reread", "method_version")
    list_select_related = ("experiment",)
    date_hierarchy = "taken_at"
    fields = (
        "experiment",
        "taken_at",
        "is_look",
        "is_reread",
        "method_version",
        "information_fraction",
        "headline",
        "page",
    )
    readonly_fields = ("headline", "page")

    @admin.display(description=_("Headline"))
    def headline(self, snapshot: Snapshot) -> str:
        """Quote the report's headline."""
        return str(snapshot.report_to_read.get("verdict", {}).get("headline", ""))

    @admin.display(description=_("Report"))
    def page(self, snapshot: Snapshot) -> str:
        """Link to the report: as it was at a look, else as it is now."""
        test = snapshot.experiment
        url = link_to(LinkedPage.REPORT, test.store.slug, test.key)
        words = gettext("Open the report as it is now")
        if snapshot.is_look:
            url = f"{url}?look={snapshot.pk}"
            words = gettext("Open the report as it was at this look")
        return format_html('<a class="text-link" href="{}">{}</a>', url, words)
