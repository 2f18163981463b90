"""Bulk actions: what is marked is put on sale, or taken off."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from experiments.admin.tenancy import EDITORS, limited


class Switchable:
    """For admins of models with ``is_active``: rows of stores that the user may change are switched, no others."""

    actions = ("activate", "deactivate")

    @admin.action(description="Put on sale", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch the marked rows on."""
        switched = self.switch(request, queryset, is_active=True)
        messages.success(request, f"{len(switched)} put on sale.")

    @admin.action(description="Take off sale", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch the marked rows off."""
        count = len(self.switch(request, queryset, is_active=False))
        messages.success(request, f"{count} taken off sale. Tests that sell them show nothing until they are back.")

    def switch(self, request: HttpRequest, queryset: QuerySet[Any], *, is_active: bool) -> list[Any]:
        """Switch and log those that are not so yet; the answer is these rows, as they were."""
        rows: list[Any] = list(limited(queryset, request, EDITORS).exclude(is_active=is_active))
        changed = queryset.model._default_manager.filter(pk__in=[row.pk for row in rows])
        changed.update(is_active=is_active, updated_at=timezone.now())
        note = "Put on sale." if is_active else "Taken off sale."
        LogEntry.objects.log_actions(cast(int, request.user.pk), rows, CHANGE, note)
        return rows
