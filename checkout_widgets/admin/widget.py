"""How an offer is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from checkout_widgets import recent_orders, stage
from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.admin.widget_form import WidgetForm
from checkout_widgets.edge.previews import requests
from checkout_widgets.models import NextWidget, Widget
from experiments.admin.tenancy import EDITORS, StoreScopedAdmin, has_role, limited
from experiments.admin.trail import note_changes, stored_values
from experiments.models import Source, Variant
from experiments.written_words import in_each_language

STRUCTURED = tuple((None, {"fields": (name,)}) for name in ("comparison", "translations", "phone_copy", "theme"))


class TreatmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of treatments, each named with its test."""

    def label_from_instance(self, obj: Variant) -> str:
        """``Accessory in the cart: With a reason``."""
        return f"{obj.experiment}: {obj}"


class OfferDesignAdmin(StoreScopedAdmin):
    """What shoppers see, first or second. A change reaches them within two seconds."""

    form = WidgetForm
    note = gettext_lazy("Widget of %(variant)s")
    list_display: tuple[str, ...] = (
        "headline",
        "experiment",
        "variant",
        "offer",
        "layout",
        "phone_layout",
        "updated_at",
    )
    list_filter: tuple[str, ...] = (
        "layout",
        "offer__kind",
        "variant__experiment__status",
        "variant__experiment__moment",
    )
    list_select_related = ("variant__experiment", "offer")
    search_fields = ("headline", "body", "reason", "variant__experiment__name", "offer__name")
    compressed_fields = False
    change_form_outer_after_template = "admin/checkout_widgets/live_preview.html"
    fieldsets = (
        (None, {"fields": ("variant", "offer", "layout", "phone_layout")}),
        (
            gettext_lazy("Copy"),
            {
                "fields": ("headline", "body", "reason", "social_proof", "accept_label", "decline_label"),
                "description": gettext_lazy(
                    "You can use placeholders: <code>{price}</code> and <code>{saving}</code> of the offer, "
                    "<code>{difference}</code> for the extra cost of an upgrade, <code>{quantity}</code> for the "
                    "quantity of a tier."
                ),
            },
        ),
        (gettext_lazy("Terms"), {"fields": ("terms_url", "terms_label")}),
        *STRUCTURED,
    )

    class Media:
        css = {"all": ("stage/frames.css", "stage/admin.css")}
        js = ("stage/frames.js", "stage/live.js")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With help on what can't be seen from a field's name."""
        help_texts = {
            "headline": _("What you offer, in one line of at most 120 characters."),
            "social_proof": _(
                "<code>{orders_30d}</code> is the number of orders of the last 30 days with one of the products. "
                "Shoppers don't see this line until there are ten."
            ),
            "terms_url": _("The address of the terms, for plans, insurance and subscriptions."),
        }
        return super().get_form(request, obj, change=change, help_texts=help_texts, **kwargs)

    @admin.display(ordering="variant__experiment__name", description=gettext_lazy("Test"))
    def experiment(self, widget: Widget | NextWidget) -> str:
        """The test that it belongs to."""
        return str(widget.variant.experiment)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what is stored as JSON for who may only look: the widget itself is beside the form."""
        shown = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return shown
        return shown[: -len(STRUCTURED)]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Treatments that can still be chosen, named with their test."""
        if db_field.name == "variant":
            kwargs["form_class"] = TreatmentField
            # a holdout's treatment is all offers together, and shows none of its own
            treatments = self.treatments().exclude(experiment__source=Source.HOLDOUT)
            kwargs["queryset"] = treatments.select_related("experiment")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def treatments(self) -> QuerySet[Variant]:
        """The treatments to choose from."""
        return Variant.objects.filter(is_control=False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With a trace in the test's trail, and its offer's recent orders counted, so that a claim is true at once."""
        before = {}
        if change:
            before = stored_values(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        of = in_each_language(lambda: str(self.note) % {"variant": obj.variant})
        note_changes(request, obj, before, [obj.variant.experiment], of=of)
        recent_orders.count(
            offers=recent_orders.offers_that_show_recent_orders().filter(pk=obj.offer_id), now=timezone.now()
        )

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """With the choices of the live preview."""
        live_stage = reverse(f"admin:{self.stage_name}")
        context = {"live_languages": LANGUAGES.items(), "live_stage": live_stage, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    @property
    def stage_name(self) -> str:
        """What the address of the live preview is called."""
        return f"checkout_widgets_{self.opts.model_name}_stage"

    def get_urls(self) -> list[URLPattern]:
        """With the address of the preview beside the form."""
        wrap = self.admin_site.admin_view
        return [path("stage/", wrap(self.stage_view), name=self.stage_name), *super().get_urls()]

    @method_decorator([never_cache, stage.allow_framing])
    def stage_view(self, request: HttpRequest) -> HttpResponse:
        """The widget as the form has it now, saved or not, by the edge's own code; GET shows it as it is saved."""
        saved = limited(self.model._default_manager.select_related("variant__experiment__store", "offer"), request)
        widget: Any = saved.filter(pk=as_number(request.GET.get("widget"))).first()
        if request.method == "POST" and has_role(request, EDITORS, widget):
            widget = self.typed(request, widget)
        scheme = one_of(("light", "dark"), request.GET.get("scheme"))
        shown = self.shown(request, widget)
        if shown is None:
            return stage.empty_page(request, widget, scheme=scheme)
        return stage.page(request, shown, language=one_of(tuple(LANGUAGES), request.GET.get("language")), scheme=scheme)

    def shown(self, request: HttpRequest, widget: Widget | NextWidget | None) -> dict[str, Any] | None:
        """What a shopper would see of the widget; None while there is nothing to see."""
        if widget is None:
            return None
        return stage.shown_content(widget, request.GET.get("language", ""), request.GET.get("device", ""))

    def typed(self, request: HttpRequest, saved: Widget | NextWidget | None) -> Widget | NextWidget | None:
        """What is in the form, fields with mistakes as they were; None while no treatment or offer is chosen."""
        form = self.get_form(request, saved, change=saved is not None)(request.POST, instance=saved)
        form.is_valid()
        widget: Widget | NextWidget = form.instance
        if not widget.variant_id or not widget.offer_id:
            return None
        return widget


@admin.register(Widget)
class WidgetAdmin(OfferDesignAdmin):
    """What a treatment's visitors see."""

    frozen = ("variant",)

    def treatments(self) -> QuerySet[Variant]:
        """Those that have no widget yet."""
        return super().treatments().filter(widget=None)

    def get_urls(self) -> list[URLPattern]:
        """With the address of the preview on the store."""
        wrap = self.admin_site.admin_view
        name = "checkout_widgets_widget_preview"
        return [path("preview/<int:variant_id>/", wrap(self.preview_view), name=name), *super().get_urls()]

    @method_decorator(never_cache)
    def preview_view(self, request: HttpRequest, variant_id: int) -> HttpResponse:
        """To the store's page, with a link that is signed now and holds for a day."""
        variants = limited(Variant.objects.select_related("experiment__store"), request)
        variant = get_object_or_404(variants, pk=variant_id)
        link = requests.preview_link(variant)
        if link:
            return HttpResponseRedirect(link)
        messages.error(request, requests.NO_PAGE)
        return HttpResponseRedirect(reverse("admin:experiments_store_change", args=[variant.experiment.store_id]))


@admin.register(NextWidget)
class NextWidgetAdmin(OfferDesignAdmin):
    """What comes second in a sequence, at the confirmation."""

    frozen = ("variant", "after")
    note = gettext_lazy("Second offer of %(variant)s")
    list_display = ("headline", "experiment", "variant", "after", "is_shown", "offer", "layout", "updated_at")
    list_filter = ("after", "is_shown", *OfferDesignAdmin.list_filter)
    fieldsets = (
        (None, {"fields": ("variant", "after", "is_shown", "offer", "layout", "phone_layout")}),
        *OfferDesignAdmin.fieldsets[1:],
    )


def one_of(known: tuple[str, ...], text: str | None) -> str:
    """What an address asks for where that is known, else the first of the known."""
    if text not in known:
        return known[0]
    return text


def as_number(text: str | None) -> int:
    """The id that an address names; 0, which nothing has, where it names none."""
    # Seventeen digits are below PostgreSQL's largest bigint, so that no address gives a 500.
    if not text or not text.isdecimal() or len(text) >= 18:
        return 0
    return int(text)
