"""The variants of an experiment, on its page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.admin.tenancy import StoreScopedInline
from experiments.models import Experiment, Variant
from experiments.page_links import LinkedPage, link_to

NOT_SAVED_YET = _("Save first")


class VariantFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The variants of an experiment, which make sense only together."""

    def clean(self) -> None:
        """Refuse two controls. Raises ``ValidationError``."""
        super().clean()
        controls = 0
        for form in self.forms:
            if form.is_valid() and self.is_kept(form) and form.instance.is_control:
                controls += 1
        if controls > 1:
            raise ValidationError(gettext("Only one variant can be the control."))

    def is_kept(self, form: forms.ModelForm[Variant]) -> bool:
        """Return whether the form's row will be there after saving."""
        is_filled = bool(form.instance.pk) or form.has_changed()
        return is_filled and not form.cleaned_data.get("DELETE", False)


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant; what holds between variants is checked by ``VariantFormSet``."""

    def validate_constraints(self) -> None:
        """Leave the single control to the formset: on its own, a form can't hand the control over to another."""


class VariantInline(StoreScopedInline):
    """The variants on their experiment's page; once the test has started, only their names can change."""

    model = Variant
    form = VariantForm
    formset = VariantFormSet
    fields = ("key", "name", "is_control", "weight", "preview")
    verbose_name_plural = _("Variants: the control shows nothing; every other variant needs a widget")

    def get_extra(self, request: HttpRequest, obj: Experiment | None = None, **kwargs: Any) -> int:
        """Offer two empty rows on a new test's page."""
        if obj:
            return 0
        return 2

    def get_readonly_fields(self, request: HttpRequest, obj: Experiment | None = None) -> tuple[str, ...]:
        """Freeze what decides who sees what once the test has started."""
        if obj and obj.started_at:
            return ("preview", "key", "is_control", "weight")
        return ("preview",)

    @admin.display(description=_("Preview in the store"))
    def preview(self, variant: Variant) -> str:
        """Link to the store's own page with this variant; looking at it is recorded nowhere."""
        if not variant.pk:
            return str(NOT_SAVED_YET)
        url = link_to(LinkedPage.PREVIEW, variant.pk)
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, gettext("Preview"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow new variants until the start."""
        return not (obj and obj.started_at) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow whoever may change the test to delete variants until the start."""
        return not (obj and obj.started_at) and self.has_change_permission(request, obj)
