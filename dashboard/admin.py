"""What the operator sees of the dashboard's own rows: refused single sign-ons."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from dashboard.models import SignOnRefusal


@admin.register(SignOnRefusal)
class SignOnRefusalAdmin(ModelAdmin):  # type: ignore[misc]
    """Who wasn't logged in by the provider, and why; of no store, and so for superusers alone."""

    list_display = ("at", "reason", "person", "detail")
    list_filter = ("reason",)
    list_select_related = ("person",)
    date_hierarchy = "at"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the admin's menu shows it."""
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: SignOnRefusal | None = None) -> bool:
        """Whether the user may look."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SignOnRefusal | None = None) -> bool:
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignOnRefusal | None = None) -> bool:
        """Nobody deletes one; they go by themselves."""
        return False
