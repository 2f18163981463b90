"""What is shown once: tokens of the API, and the secrets that sign messages to a store's own systems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from experiments.admin.tenancy import ADMINS, StoreScopedAdmin, has_role, limited
from experiments.models import ApiToken, Endpoint, Topic


class AdminsOnly(StoreScopedAdmin):
    """Keys are the business of a store's admins."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the stores in which the user is an admin."""
        return limited(super().get_queryset(request), request, ADMINS)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Admins of the store."""
        return has_role(request, ADMINS, obj)

    has_add_permission = has_change_permission = has_view_permission


@admin.register(ApiToken)
class ApiTokenAdmin(AdminsOnly):
    """Tokens that read a store's tests and results; each is shown once, when it is made."""

    frozen = ("store",)
    list_display = ("name", "store", "start", "is_active", "last_used_at")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("name", "start")
    fields = ("store", "name", "is_active", "start", "created_at", "last_used_at")
    readonly_fields = ("start", "created_at", "last_used_at")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm[Any], change: bool) -> None:
        """With a token of its own, shown this once, where the row is new."""
        if not change:
            messages.warning(request, f"Copy the token now, it is not shown again: {obj.renew()}")
        super().save_model(request, obj, form, change)


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address with what it is told."""

    topics = forms.MultipleChoiceField(
        choices=[(value, label) for value, label in Topic.choices if value != Topic.DIGEST],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What is sent there, signed by the Standard Webhooks specification",
    )

    def clean_url(self) -> str:
        """Only what can be told: https."""
        url: str = self.cleaned_data["url"]
        if not url.startswith("https://"):
            raise forms.ValidationError("The address has to begin with https://.")
        return url


@admin.register(Endpoint)
class EndpointAdmin(AdminsOnly):
    """Addresses of a store's own systems that are told what happens; the secret is shown once, when it is made."""

    form = EndpointForm
    frozen = ("store",)
    list_display = ("url", "store", "is_active", "last_attempt_at", "last_result")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("url",)
    fields = ("store", "url", "topics", "is_active", "last_attempt_at", "last_result")
    readonly_fields = ("last_attempt_at", "last_result")

    def save_model(self, request: HttpRequest, obj: Endpoint, form: forms.ModelForm[Any], change: bool) -> None:
        """With the secret shown this once, where the row is new."""
        if not change:
            messages.warning(request, f"Copy the secret now, it is not shown again: {obj.secret}")
        super().save_model(request, obj, form, change)
