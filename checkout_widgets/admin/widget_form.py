"""The form of a widget: what a CRO manager may write, and what has to be true of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.structured import CELL_LENGTH, ComparisonWidget, StructuredField, ThemeWidget, as_dict
from checkout_widgets.admin.translated_copy import LANGUAGES, PhoneCopyWidget, TranslationsWidget
from checkout_widgets.claims import CLAIMED_BY, CLAIMING
from checkout_widgets.models import Layout, Offer, Widget
from experiments.models import Store

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TRANSLATABLE = ("headline", "body", "reason", "social_proof", "accept_label", "decline_label", "terms_label")
COLUMNS = {column.name: column for column in Widget._meta.fields}
PLACEHOLDERS = frozenset(["{price}", "{saving}", "{difference}", "{quantity}"])
# A claim that isn't true is left out with the text that it stands in, so that buttons have none of these.
CLAIMING_TEXTS = ("headline", "body", "reason", "social_proof")
PRICES = ("{price}", "{difference}")
ANY_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
# What a theme may hold: it goes into a style sheet, so nothing that could end a declaration.
COLOR_OR_SIZE = re.compile(r"[#\w().,%/ '\"-]{1,80}")
DAYS = "30"
CELL_NAMES = (
    gettext_lazy("what is compared"),
    gettext_lazy("what the product in the cart has"),
    gettext_lazy("what the offered product has"),
)


def label_of(name: str) -> StrOrPromise:
    """Return what the form calls a text."""
    return capfirst(COLUMNS[name].verbose_name)


def longest(name: str) -> int:
    """Return how many characters a text may have."""
    return COLUMNS[name].max_length or 0


TEXTS = {name: (label_of(name), longest(name)) for name in TRANSLATABLE}
# What is written for phones alone; a claim or a no is the same on every screen.
PHONE_TEXTS = {name: TEXTS[name] for name in ("headline", "body", "reason", "accept_label")}


def check_copy(name: str, text: str) -> None:
    """Raise ``ValidationError`` where a text is too long, hides the price, or has a placeholder that nothing fills."""
    if len(text) > longest(name):
        raise ValidationError(
            _("The text has %(length)s characters. Use %(limit)s at most.")
            % {"length": len(text), "limit": longest(name)}
        )
    check_placeholders(name, text)
    # Shoppers accept with one click: the button says what that costs.
    if name == "accept_label" and not any(price in text for price in PRICES):
        raise ValidationError(_("The accept button must show the price. Add {price} to it."))


def check_placeholders(name: str, text: str) -> None:
    """Raise ``ValidationError`` for a placeholder that a shopper would see as it is written."""
    known = set(PLACEHOLDERS)
    if name in CLAIMING_TEXTS:
        known.update(CLAIMED_BY)
    unknown = set(ANY_PLACEHOLDER.findall(text)) - known
    if unknown:
        raise ValidationError(
            _("Unknown placeholder: %(unknown)s. You can use %(known)s.")
            % {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(sorted(known))}
        )


def check_proof(text: str) -> None:
    """Raise ``ValidationError`` for a number that nobody can check; one that is counted stands as a placeholder."""
    rest = CLAIMING.sub("", text).replace(DAYS, "")
    if re.search(r"\d", rest):
        raise ValidationError(
            _(
                "Numbers must come from your orders. Use {orders_30d} for the orders of the last 30 days with one of "
                "the products, and remove other numbers."
            )
        )


def check_comparison(value: dict[str, Any]) -> None:
    """Raise ``ValidationError`` for the first row with a gap."""
    if not value:
        return
    for number, row in enumerate(value["rows"], 1):
        for name, cell in zip(CELL_NAMES, (row["label"], *row["values"]), strict=True):
            check_cell(number, name, cell)
    if not value["rows"]:
        raise ValidationError(_("There are headings, but no rows. Fill in a row, or clear the headings."))


def check_cell(number: int, name: StrOrPromise, cell: str) -> None:
    """Raise ``ValidationError`` where a cell is empty or too long; ``name`` is what its column says."""
    if not cell:
        raise ValidationError(
            _("Row %(number)s: enter %(column)s, or clear the row.") % {"number": number, "column": name}
        )
    if len(cell) > CELL_LENGTH:
        raise ValidationError(
            _("Row %(number)s: %(column)s has %(length)s characters. Use %(limit)s at most.")
            % {"number": number, "column": name, "length": len(cell), "limit": CELL_LENGTH}
        )


class WidgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A widget's copy and look."""

    comparison = StructuredField(
        ComparisonWidget(),
        label=gettext_lazy("Comparison"),
        help_text=gettext_lazy("For the layout that compares two versions. The widget adds the prices."),
    )
    translations = StructuredField(
        TranslationsWidget(TEXTS),
        label=gettext_lazy("Languages"),
        help_text=gettext_lazy(
            "If a text is empty, shoppers see the one above. So do shoppers with any other language."
        ),
    )
    phone_copy = StructuredField(
        PhoneCopyWidget(PHONE_TEXTS),
        label=gettext_lazy("Words on phones"),
        help_text=gettext_lazy("Shorter words for a small screen. Fields that you leave empty show the same words."),
    )
    theme = StructuredField(
        ThemeWidget(),
        label=gettext_lazy("Theme"),
        help_text=gettext_lazy("Fields that you leave empty use the standard theme."),
    )

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
        if name == "accept_label":
            return PRICES[0]
        return ""

    def check(self, field: str, rule: Any, *values: Any) -> None:
        """Put what the rule raises beside the field."""
        if field not in self.fields:
            return
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
            self.add_error("offer", _("This offer belongs to a different store. Choose an offer of the test's store."))
            return
        for field in ("layout", "phone_layout"):
            problem = self.missing_for(self.cleaned_data.get(field, ""), offer, store)
            if problem and field in self.fields:
                self.add_error(field, problem)

    def missing_for(self, layout: str, offer: Offer, store: Store) -> str:
        """What the layout would show and isn't there; empty where all is."""
        if layout == Layout.QUANTITY_BREAK and not offer.tiers.exists():
            return _("This offer has no tiers. Add tiers to the offer, or choose another layout.")
        if layout == Layout.FREE_SHIPPING and store.free_shipping_minor is None:
            return _("This layout needs the cart value for free shipping. Enter it in the store's settings first.")
        if layout == Layout.COMPARISON and not (self.cleaned_data.get("comparison") or {}).get("rows"):
            return _("This layout needs a comparison. Fill it in below.")
        return ""

    def clean_theme(self) -> dict[str, str]:
        """Settings that CSS can read; those that aren't in the form stay as they are."""
        theme: dict[str, str] = self.cleaned_data["theme"]
        for setting, text in theme.items():
            if not COLOR_OR_SIZE.fullmatch(text):
                label, _example = ThemeWidget.SETTINGS.get(setting, (setting, ""))
                raise ValidationError(
                    _("%(setting)s: %(text)s is not a color or size. Use #0b7a75 or 12px, for example.")
                    % {"setting": label, "text": text}
                )
        kept = self.settings_beside_the_form()
        return kept | theme

    def settings_beside_the_form(self) -> dict[str, str]:
        """Return what an API has set and the form has no field for."""
        known = {"scheme", *ThemeWidget.SETTINGS}
        kept = {}
        for name, text in as_dict(self.instance.theme).items():
            if name not in known and isinstance(text, str):
                kept[name] = text
        return kept

    def clean_translations(self) -> dict[str, Any]:
        """Texts that pass the checks of the widget's own, by locale."""
        translations: dict[str, Any] = self.cleaned_data["translations"]
        stored = as_dict(self.instance.translations)
        for locale, texts in translations.items():
            if not LOCALE.fullmatch(locale):
                raise ValidationError(
                    _("%(language)s: enter its code, such as it or de-AT.")
                    % {"language": locale or _("Another language")}
                )
            before = as_dict(stored.get(locale))
            for name, text in texts.items():
                self.check_translation(locale, name, text, is_new=before.get(name) != text)
        return translations

    def clean_phone_copy(self) -> dict[str, Any]:
        """Texts that pass the checks of the widget's own, by locale."""
        on_phones: dict[str, Any] = self.cleaned_data["phone_copy"]
        for locale, texts in on_phones.items():
            if locale and not LOCALE.fullmatch(locale):
                raise ValidationError(_("%(language)s: enter its code, such as it or de-AT.") % {"language": locale})
            for name, text in texts.items():
                if name in PHONE_TEXTS:
                    self.check_translation(locale, name, text, is_new=True)
        return on_phones

    def check_translation(self, locale: str, name: str, text: Any, *, is_new: bool) -> None:
        """Raise ``ValidationError``, with the language and the field in front."""
        try:
            if name == "comparison":
                check_comparison(text)
                return
            check_copy(name, text)
            # A claim from before numbers were checked doesn't keep the rest of the form from being saved.
            if name == "social_proof" and is_new:
                check_proof(text)
        except ValidationError as error:
            label = _("Comparison") if name == "comparison" else label_of(name)
            raise ValidationError(
                _("%(language)s, %(field)s: %(problem)s")
                % {
                    "language": LANGUAGES.get(locale, locale) or _("Phones"),
                    "field": label,
                    "problem": error.messages[0],
                }
            ) from error
