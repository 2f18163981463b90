"""Bulk actions: what is marked is put on sale, or taken off."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from experiments.admin.tenancy import EDITORS, limited

# Stored with the entry, so in one language for all who read it.
ON_SALE, OFF_SALE = gettext_noop("Activated."), gettext_noop("Deactivated.")


class Switchable:
    """For admins of models with ``is_active``: rows of stores that the user may change are switched, no others."""

    actions = ("activate", "deactivate")

    @admin.action(description=gettext_lazy("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch the marked rows on."""
        count = len(self.switch(request, queryset, is_active=True))
        message = ngettext("%(count)s item is active now.", "%(count)s items are active now.", count)
        messages.success(request, message % {"count": count})

    @admin.action(description=gettext_lazy("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch the marked rows off."""
        count = len(self.switch(request, queryset, is_active=False))
        message = ngettext(
            "%(count)s item is inactive now. Tests that sell it show nothing until you activate it again.",
            "%(count)s items are inactive now. Tests that sell them show nothing until you activate them again.",
            count,
        )
        messages.success(request, message % {"count": count})

    def switch(self, request: HttpRequest, queryset: QuerySet[Any], *, is_active: bool) -> list[Any]:
        """Switch and log those that are not so yet; the answer is these rows, as they were."""
        rows: list[Any] = list(limited(queryset, request, EDITORS).exclude(is_active=is_active))
        changed = queryset.model._default_manager.filter(pk__in=[row.pk for row in rows])
        # An update doesn't set the time by itself, as saving does.
        changed.update(is_active=is_active, updated_at=timezone.now())
        note = ON_SALE if is_active else OFF_SALE
        LogEntry.objects.log_actions(cast(int, request.user.pk), rows, CHANGE, note)
        return rows
