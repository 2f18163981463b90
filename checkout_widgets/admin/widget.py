"""How an offer is shown."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from checkout_widgets.edge import preview
from checkout_widgets.models import Widget
from experiments.admin.tenancy import StoreScopedAdmin, limited
from experiments.models import Variant

TRANSLATABLE = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label")
PLACEHOLDERS = {"{price}", "{saving}"}
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def check_copy(name: str, text: str) -> None:
    """Raise ``ValidationError`` for placeholders that nothing fills, and for an accept label that hides the price."""
    unknown = set(re.findall(r"\{[^{}]*\}", text)) - PLACEHOLDERS
    if unknown:
        raise ValidationError(f"Only {{price}} and {{saving}} are filled in, not {', '.join(sorted(unknown))}.")
    if name == "accept_label" and "{price}" not in text:
        raise ValidationError("The accept button has to name the price: put {price} into it.")


def is_texts(value: object) -> bool:
    """Whether it is an object of texts."""
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


class TreatmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of treatments, each named with its test."""

    def label_from_instance(self, obj: Variant) -> str:
        """``Accessory in the cart: With a reason``."""
        return f"{obj.experiment}: {obj}"


class WidgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A widget's copy and look."""

    def clean(self) -> dict[str, Any] | None:
        """Copy whose placeholders are known; an offer of the test's store."""
        cleaned = super().clean()
        for name in TRANSLATABLE:
            try:
                check_copy(name, self.cleaned_data.get(name) or ("{price}" if name == "accept_label" else ""))
            except ValidationError as error:
                self.add_error(name, error)
        variant = self.cleaned_data.get("variant") or getattr(self.instance, "variant", None)
        offer = self.cleaned_data.get("offer")
        if variant and offer and offer.store_id != variant.experiment.store_id:
            self.add_error("offer", "This offer belongs to another store than the test.")
        return cleaned

    def clean_theme(self) -> Any:
        """An object of texts, such as ``{"accent": "#0b7a75"}``."""
        theme = {} if self.cleaned_data["theme"] is None else self.cleaned_data["theme"]
        if not is_texts(theme):
            raise ValidationError('Write an object of texts, such as {"accent": "#0b7a75"}.')
        return theme

    def clean_translations(self) -> Any:
        """Locales with the texts that they override."""
        translations = {} if self.cleaned_data["translations"] is None else self.cleaned_data["translations"]
        if not (isinstance(translations, dict) and all(is_texts(texts) for texts in translations.values())):
            raise ValidationError('Write an object such as {"de": {"headline": "Passt gut dazu"}}.')
        for locale, texts in translations.items():
            if not LOCALE.fullmatch(locale):
                raise ValidationError(f"Not a locale: {locale}. Write de or de-AT.")
            for name, text in texts.items():
                if name not in TRANSLATABLE:
                    raise ValidationError(f"{locale}: {name} is not one of {', '.join(TRANSLATABLE)}.")
                check_copy(name, text)
        return translations


@admin.register(Widget)
class WidgetAdmin(StoreScopedAdmin):
    """What a treatment's visitors see. A change reaches shoppers within two seconds."""

    form = WidgetForm
    frozen = ("variant",)
    list_display = ("headline", "experiment", "variant", "offer", "layout")
    list_filter = ("layout",)
    list_select_related = ("variant__experiment", "offer")
    search_fields = ("headline", "variant__experiment__name")
    fieldsets = (
        (None, {"fields": ("variant", "offer", "layout")}),
        (
            "Copy",
            {"fields": (*TRANSLATABLE, "terms_url"), "description": "{price} and {saving} stand for the offer's."},
        ),
        ("Look and languages", {"fields": ("theme", "translations")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the address that opens a preview."""
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/<int:variant_id>/", view, name="checkout_widgets_widget_preview"), *super().get_urls()]

    @method_decorator(never_cache)
    def preview_view(self, request: HttpRequest, variant_id: int) -> HttpResponse:
        """To the store's page, with a link that is signed now and holds for a day."""
        variants = limited(Variant.objects.select_related("experiment__store"), request)
        variant = get_object_or_404(variants, pk=variant_id)
        link = preview.link(variant)
        if link:
            return HttpResponseRedirect(link)
        messages.error(request, "Say where previews open: give the store a page for previews or an allowed origin.")
        return HttpResponseRedirect(reverse("admin:experiments_store_change", args=[variant.experiment.store_id]))

    @admin.display(ordering="variant__experiment__name")
    def experiment(self, widget: Widget) -> str:
        """The test that it belongs to."""
        return str(widget.variant.experiment)

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Treatments that have no widget yet, named with their test."""
        if db_field.name == "variant":
            kwargs["form_class"] = TreatmentField
            kwargs["queryset"] = Variant.objects.filter(is_control=False, widget=None).select_related("experiment")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
