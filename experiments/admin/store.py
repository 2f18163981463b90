"""Stores with their members and their secret key."""

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import action
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from experiments import formatting
from experiments.admin.money_form import MoneyForm
from experiments.admin.share_field import ShareField
from experiments.admin.tenancy import ADMINS, StoreScopedAdmin, StoreScopedInline, has_role
from experiments.models import Membership, Order, Store
from experiments.running import holdout
from experiments.tasks import recompute_outcomes

REVENUE_FIELDS = ("is_tax_revenue", "is_shipping_revenue", "unsigned_orders", "is_repeat_counted")
NEW_KEY_OF = "new_secret_key_of"  # in the session: the store whose new key is still to be shown
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")


def timezone_choices() -> list[tuple[str, str]]:
    """Return all time zones by name."""
    names = sorted(available_timezones())
    return list(zip(names, names, strict=True))


class OriginsField(forms.CharField):
    """Origins, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        if isinstance(value, list):
            return "\n".join(value)
        return value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Return the lines as a list. Raises ``ValidationError`` for what isn't an origin."""
        origins = (super().to_python(value) or "").lower().split()
        wrong = [origin for origin in origins if not ORIGIN.fullmatch(origin)]
        if wrong:
            text = gettext("Not an origin: %(wrong)s. Enter it like https://shop.example, without a path.")
            raise ValidationError(text % {"wrong": ", ".join(wrong)})
        return list(dict.fromkeys(origins))


class StoreForm(MoneyForm):
    """A store's settings."""

    money_fields = ("free_shipping_minor",)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=timezone_choices, widget=UnfoldAdminSelectWidget, initial="UTC"
    )
    allowed_origins = OriginsField(
        label=_("Allowed origins"),
        required=False,
        help_text=_("The sites that may show offers, one per line, such as https://shop.example"),
    )
    holdout_share = ShareField(
        label=_("Holdout (%)"),
        min_value=0,
        max_value=100,
        initial=0.0,
        help_text=_("The share of visitors who never see an offer."),
        widget=UnfoldAdminDecimalFieldWidget,
    )

    def currency_of_row(self) -> str:
        """Return the store's currency; of a new one, what is chosen for it."""
        if self.instance.pk:
            return str(self.instance.currency)
        return str(getattr(self, "cleaned_data", {}).get("currency", ""))


class MembershipInline(StoreScopedInline):
    """Who works on the store; only superusers choose, for they alone see all users."""

    model = Membership
    fields = ("user", "role")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow superusers alone."""
        return bool(request.user.is_superuser)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Store)
class StoreAdmin(StoreScopedAdmin):
    """A store's settings, keys and members."""

    form = StoreForm
    inlines = (MembershipInline,)
    frozen = ("slug", "currency")
    list_display = ("name", "slug", "currency", "site_key", "consent_mode")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("site_key", "masked_secret_key", "previous_secret_key_expires_at", "held_out")
    actions_detail = ("new_secret_key",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "currency", "timezone", "allowed_origins", "preview_url")}),
        (_("Revenue"), {"fields": REVENUE_FIELDS}),
        (_("Prices"), {"fields": ("compare_at_rule", "is_personal_price_marked")}),
        (_("Keys"), {"fields": ("site_key", "masked_secret_key", "previous_secret_key_expires_at")}),
        (
            _("Shoppers"),
            {
                "fields": (
                    "free_shipping_minor",
                    "consent_mode",
                    "is_automation_counted",
                    "holdout_share",
                    "max_offers_per_session",
                    "max_offers_per_day",
                    "decline_silence_hours",
                    "asks_why_declined",
                    "retention_days",
                )
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """Save it with its holdout; compute outcomes again where what counts as revenue has changed."""
        super().save_model(request, obj, form, change)
        holdout.sync_holdout(obj, timezone.now())
        if change and not set(REVENUE_FIELDS).isdisjoint(form.changed_data):
            recompute_outcomes.defer(store_id=obj.pk)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the holdout as it is read to whoever may only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        shown = []
        for title, options in fieldsets:
            fields = ["held_out" if name == "holdout_share" else name for name in options["fields"]]
            shown.append((title, {**options, "fields": fields}))
        return shown

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Let the slug follow the name while the store is being made."""
        if obj:
            return {}
        return dict(self.prepopulated_fields)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow superusers to make stores."""
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins of the store to change it."""
        return has_role(request, ADMINS, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow superusers to delete stores in which nothing was tested or sold yet."""
        if not request.user.is_superuser:
            return False
        if obj is None:
            return True
        has_orders = Order.objects.filter(store=obj).exists()
        return not has_orders and not obj.experiments.exclude(started_at=None).exists()

    @admin.display(description=_("Holdout"))
    def held_out(self, store: Store) -> str:
        """Say which share of the visitors never sees an offer."""
        return formatting.chosen_percent(store.holdout_share)

    @admin.display(description=_("Secret key"))
    def masked_secret_key(self, store: Store) -> str:
        """Show enough of the key to recognize it: a key is shown whole once, when it is made."""
        if not store.pk:
            return gettext("Created when you save the store")
        return f"{store.secret_key[:3]}…{store.secret_key[-4:]}"

    @action(description=_("New secret key…"), url_path="new-secret-key", permissions=["rotate"])  # type: ignore[untyped-decorator]
    def new_secret_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the page that makes a new key."""
        return HttpResponseRedirect(reverse("admin:experiments_store_secret_key", args=[object_id]))

    def has_rotate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change the store."""
        store = None
        if object_id:
            store = self.get_object(request, object_id)
        return self.has_change_permission(request, store)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that makes a new secret key."""
        view = self.admin_site.admin_view(self.secret_key_view)
        return [path("<int:pk>/secret-key/", view, name="experiments_store_secret_key"), *super().get_urls()]

    @method_decorator(never_cache)
    def secret_key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first; then make the new key, and show it once to who made it.

        It is shown by another request than makes it, so that reloading the page makes no further one.
        """
        store = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, store):
            raise PermissionDenied
        if request.method == "POST":
            store.rotate_secret_key()
            self.log_change(request, store, gettext("Created a new secret key."))
            request.session[NEW_KEY_OF] = store.pk
            return HttpResponseRedirect(request.path)
        secret_key = ""
        if request.method == "GET" and request.session.get(NEW_KEY_OF) == store.pk:
            del request.session[NEW_KEY_OF]
            secret_key = store.secret_key
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("New secret key"),
            "store": store,
            "secret_key": secret_key,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/experiments/store/secret_key.html", context)
