"""Connections to shop systems. Their secrets go in and never come out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget

from checkout_widgets.models import Connection
from experiments.admin.tenancy import ADMINS, StoreScopedAdmin, has_role, limited


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A connection; the secret is typed and never shown."""

    new_secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        max_length=200,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Shopify: the signing secret under Settings, Notifications, Webhooks, or your app's client secret. "
            "WooCommerce: the secret of the webhook. The secret is stored and not shown again. If you replace it, the "
            "previous one stays valid for a week."
        ),
    )

    def clean(self) -> dict[str, Any] | None:
        """A new connection needs its secret."""
        cleaned = super().clean()
        if not self.instance.pk and not self.cleaned_data.get("new_secret"):
            self.add_error("new_secret", _("Enter the secret that the shop signs its webhooks with."))
        return cleaned


@admin.register(Connection)
class ConnectionAdmin(StoreScopedAdmin):
    """Which shop systems send a store's orders; for admins of the store."""

    form = ConnectionForm
    frozen = ("store", "kind")
    list_display = ("store", "kind", "address", "site_address", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("store",)
    fields = (
        "store",
        "kind",
        "is_active",
        "address",
        "new_secret",
        "previous_secret_expires_at",
        "site_address",
        "shop_versions",
        "connected_at",
    )
    readonly_fields = ("address", "previous_secret_expires_at", "site_address", "shop_versions", "connected_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins of the store change it."""
        return has_role(request, ADMINS, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Admins of a store connect it."""
        return has_role(request, ADMINS, None)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """The stores that the user is an admin of."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and field.queryset is not None:
            field.queryset = limited(field.queryset, request, ADMINS)
        return field

    @admin.display(description=gettext_lazy("Webhook address"))
    def address(self, connection: Connection) -> str:
        """The path; the host is the edge's."""
        if not connection.pk:
            return _("Save the connection to see its address.")
        return format_html("<code>{}</code>", reverse("webhook", args=[connection.kind, connection.store.slug]))

    @admin.display(description=gettext_lazy("Shop software versions"))
    def shop_versions(self, connection: Connection) -> str:
        """What the shop's plugin said it runs on."""
        return ", ".join(f"{name} {version}" for name, version in connection.site_versions.items())

    def save_model(self, request: HttpRequest, obj: Connection, form: forms.ModelForm[Any], change: bool) -> None:
        """Save the secret, where one was typed; an empty field leaves the stored one."""
        secret = form.cleaned_data["new_secret"]
        if not change:
            obj.secret = secret
        super().save_model(request, obj, form, change)
        # After the save, which would otherwise write back the secret that the form was opened with.
        if change and secret:
            obj.replace_secret(secret)
