"""The form of a widget: what a CRO manager may write, and what has to be true of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from checkout_widgets.admin.structured import (
    LANGUAGES,
    ComparisonWidget,
    StructuredField,
    ThemeWidget,
    TranslationsWidget,
)
from checkout_widgets.models import Layout, Offer, Widget
from checkout_widgets.recent_orders import PLACEHOLDER
from experiments.models import Store

TRANSLATABLE = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label", "terms_label")
COLUMNS = {column.name: column for column in Widget._meta.fields}
TEXTS = {name: (COLUMNS[name].verbose_name.capitalize(), COLUMNS[name].max_length or 0) for name in TRANSLATABLE}
PLACEHOLDERS = frozenset(["{price}", "{saving}", "{difference}", "{quantity}"])
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
COLOUR_OR_SIZE = re.compile(r"[#\w().,%/ '\"-]{1,80}")
DAYS = "30"


def check_copy(name: str, text: str) -> None:
    """Raise ``ValidationError`` where a text is too long, hides the price, or has a placeholder that nothing fills."""
    longest = TEXTS[name][1]
    if len(text) > longest:
        raise ValidationError(f"{len(text)} characters; write {longest} at most.")
    known = PLACEHOLDERS | ({PLACEHOLDER} if name == "social_proof" else set())
    unknown = set(re.findall(r"\{[^{}]*\}", text)) - known
    if unknown:
        raise ValidationError(f"Only {', '.join(sorted(known))} are filled in, not {', '.join(sorted(unknown))}.")
    if name == "accept_label" and not ("{price}" in text or "{difference}" in text):
        raise ValidationError("The accept button has to name the price: put {price} into it.")


def check_proof(text: str) -> None:
    """Raise ``ValidationError`` for a number that nobody can check; one that is counted stands as a placeholder."""
    rest = text.replace(PLACEHOLDER, "").replace(DAYS, "")
    if re.search(r"\d", rest):
        raise ValidationError(
            "Numbers have to come from your orders: write {orders_30d} for those of the last 30 days with one of the "
            "products, and leave other numbers out."
        )


def check_comparison(value: dict[str, Any]) -> None:
    """Raise ``ValidationError`` for the first row with a gap."""
    for number, row in enumerate(value.get("rows", ()), 1):
        cells = zip(
            ("what is compared", "what it is in the cart", "what is offered"),
            (row["label"], *row["values"]),
            strict=True,
        )
        for name, cell in cells:
            if not cell:
                raise ValidationError(f"Row {number}: say {name}, or empty the row.")
            if len(cell) > 80:
                raise ValidationError(f"Row {number}: {name} has {len(cell)} characters; write 80 at most.")
    if value and not value["rows"]:
        raise ValidationError("Headings alone compare nothing: fill in a row, or empty them.")


class WidgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A widget's copy and look."""

    comparison = StructuredField(
        ComparisonWidget(),
        label="Comparison",
        help_text="For the layout that compares two versions. The prices are added by themselves.",
    )
    translations = StructuredField(
        TranslationsWidget(TEXTS),
        label="Languages",
        help_text="What is empty here is shown as written above. Shoppers in other languages see the texts above, too.",
    )
    theme = StructuredField(ThemeWidget(), label="Look", help_text="What is empty follows the standard look.")

    def clean(self) -> dict[str, Any] | None:
        """Copy that is true and complete, an offer of the test's store, and all that the layout shows."""
        cleaned = super().clean()
        for name in TRANSLATABLE:
            self.check(name, check_copy, name, self.cleaned_data.get(name) or self.unchecked(name))
        if "social_proof" in self.changed_data:
            self.check("social_proof", check_proof, self.cleaned_data.get("social_proof") or "")
        self.check("comparison", check_comparison, self.cleaned_data.get("comparison") or {})
        self.check_offer()
        return cleaned

    def unchecked(self, name: str) -> str:
        """What passes the check, where the field itself has said already that it is empty."""
        return "{price}" if name == "accept_label" else ""

    def check(self, field: str, rule: Any, *values: Any) -> None:
        """Put what the rule raises beside the field."""
        if field in self.fields:
            try:
                rule(*values)
            except ValidationError as error:
                self.add_error(field, error)

    def check_offer(self) -> None:
        """An offer of the test's store that has what the layouts show."""
        variant = self.cleaned_data.get("variant") or getattr(self.instance, "variant", None)
        offer = self.cleaned_data.get("offer")
        if not (variant and offer):
            return
        store = variant.experiment.store
        if offer.store_id != store.pk:
            self.add_error("offer", "This offer belongs to another store than the test.")
            return
        for field in ("layout", "phone_layout"):
            problem = self.missing_for(self.cleaned_data.get(field, ""), offer, store)
            if problem and field in self.fields:
                self.add_error(field, problem)

    def missing_for(self, layout: str, offer: Offer, store: Store) -> str:
        """What the layout would show and isn't there; empty where all is."""
        if layout == Layout.QUANTITY_BREAK and not offer.tiers.exists():
            return "This offer has no tiers: add them to the offer, or choose another layout."
        if layout == Layout.FREE_SHIPPING and store.free_shipping_minor is None:
            return "The store doesn't say from which cart value on shipping is free: say so in its settings first."
        if layout == Layout.COMPARISON and not (self.cleaned_data.get("comparison") or {}).get("rows"):
            return "Nothing to compare yet: fill in the comparison below."
        return ""

    def clean_theme(self) -> dict[str, str]:
        """Settings that CSS can read; those that aren't in the form stay as they are."""
        theme: dict[str, str] = self.cleaned_data["theme"]
        for setting, text in theme.items():
            if not COLOUR_OR_SIZE.fullmatch(text):
                label = ThemeWidget.SETTINGS.get(setting, (setting, ""))[0]
                raise ValidationError(f"{label}: {text} is not a color or size. Write #0b7a75, or 12px.")
        stored = self.instance.theme if isinstance(self.instance.theme, dict) else {}
        known = {"scheme", *ThemeWidget.SETTINGS}
        return {name: text for name, text in stored.items() if name not in known and isinstance(text, str)} | theme

    def clean_translations(self) -> dict[str, Any]:
        """Texts that pass the checks of the widget's own, by locale."""
        translations: dict[str, Any] = self.cleaned_data["translations"]
        stored = self.instance.translations if isinstance(self.instance.translations, dict) else {}
        for locale, texts in translations.items():
            if not LOCALE.fullmatch(locale):
                raise ValidationError(f"{locale or 'Another language'}: write its code, such as it or de-AT.")
            before = stored.get(locale)
            for name, text in texts.items():
                is_new = not isinstance(before, dict) or before.get(name) != text
                self.check_translation(locale, name, text, is_new=is_new)
        return translations

    def check_translation(self, locale: str, name: str, text: Any, *, is_new: bool) -> None:
        """Raise ``ValidationError``, with the language and the field in front."""
        try:
            if name == "comparison":
                check_comparison(text)
                return
            check_copy(name, text)
            if name == "social_proof" and is_new:
                check_proof(text)
        except ValidationError as error:
            label = "Comparison" if name == "comparison" else TEXTS[name][0]
            raise ValidationError(f"{LANGUAGES.get(locale, locale)}, {label}: {error.messages[0]}") from error
