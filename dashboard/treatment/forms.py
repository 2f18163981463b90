"""The form of what a treatment shows."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from checkout_widgets.admin.structured import StructuredField, as_dict
from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.admin.widget_form import PHONE_TEXTS, TEXTS, WidgetForm
from checkout_widgets.copy_check.advice import advice_on
from checkout_widgets.copy_check.offer_facts import OfferFacts
from checkout_widgets.models import NextWidget, Offer, Widget
from dashboard.treatment.structured import ConsoleComparison, ConsolePhoneCopy, ConsoleTheme, ConsoleTranslations

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
LONG = {"rows": 2, **CONTROL}


ADVISED = ("headline", "body", "reason", "accept_label")  # the rules on social proof are stricter than advice
SHOWS = "shows"  # the field that says who shows it
PAGE = "page"
NOTHING = "nothing"


class PageArmForm(forms.Form):
    """A treatment that the page shows itself: a banner, another app's widget, a changed page."""

    description = forms.CharField(
        label=gettext_lazy("What the page shows"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("A description for the report, such as “the bar of the free-shipping app”."),
        widget=forms.Textarea(attrs=LONG),
    )


class NothingForm(forms.Form):
    """A treatment that shows no second offer: there is nothing to fill in."""


class OfferChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of the store's offers, drawn with picture, price and stock by the template."""

    widget = forms.RadioSelect


class TreatmentForm(WidgetForm):
    """Offer, layout, words in all languages, and look."""

    comparison = StructuredField(ConsoleComparison(), label=gettext_lazy("Comparison"))
    translations = StructuredField(ConsoleTranslations(TEXTS), label=gettext_lazy("Languages"))
    phone_copy = StructuredField(ConsolePhoneCopy(PHONE_TEXTS), label=gettext_lazy("Words on phones"))
    theme = StructuredField(ConsoleTheme(), label=pgettext_lazy("colors and font of a widget", "Look"))
    terms_url = forms.URLField(
        label=gettext_lazy("Terms URL"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs=CONTROL),
    )
    offer = OfferChoice(label=gettext_lazy("Offer"), queryset=Offer.objects.none(), empty_label=None)

    class Meta:
        model = Widget
        fields = (
            "offer",
            "layout",
            "phone_layout",
            "headline",
            "body",
            "reason",
            "social_proof",
            "accept_label",
            "decline_label",
            "terms_label",
            "terms_url",
            "comparison",
            "translations",
            "phone_copy",
            "theme",
        )
        widgets = {
            "layout": forms.Select(attrs=SELECT),
            "phone_layout": forms.Select(attrs=SELECT),
            "headline": forms.TextInput(attrs=CONTROL),
            "body": forms.Textarea(attrs=LONG),
            "reason": forms.TextInput(attrs=CONTROL),
            "social_proof": forms.TextInput(attrs=CONTROL),
            "accept_label": forms.TextInput(attrs=CONTROL),
            "decline_label": forms.TextInput(attrs=CONTROL),
            "terms_label": forms.TextInput(attrs=CONTROL),
        }
        help_texts = {
            "headline": gettext_lazy("What you offer, in one line. Begin with what the shopper gains."),
            "social_proof": gettext_lazy(
                "{orders_30d} is the number of orders of the last 30 days with one of the products. Shoppers don't see "
                "this line until there are ten."
            ),
            "accept_label": gettext_lazy("{price} stands for the offer's price, which the button must show."),
        }

    @cached_property
    def advice(self) -> dict[str, list[str]]:
        """What could be better about the words, as typed or as stored, by field; translations with their language."""
        facts = self.offer_facts()
        by_field: dict[str, list[str]] = {}
        own = {}
        for name in ADVISED:
            own[name] = str(self[name].value() or "")
        for advice in advice_on(own, facts):
            by_field.setdefault(advice.field, []).append(advice.text)
        for locale, texts in self.translated_texts().items():
            for advice in advice_on(texts, facts, locale):
                words = {
                    "language": LANGUAGES.get(locale, locale),
                    "field": TEXTS[advice.field][0],
                    "advice": advice.text,
                }
                text = _("%(language)s, %(field)s: %(advice)s") % words
                by_field.setdefault("translations", []).append(text)
        return by_field

    def translated_texts(self) -> dict[str, dict[str, str]]:
        """Return the texts that advice is for, by the locale of their translation."""
        translations = self["translations"].value()
        if self.is_bound and isinstance(self.cleaned_translations(), dict):
            translations = self.cleaned_translations()
        found = {}
        for locale, texts in as_dict(translations).items():
            found[locale] = {name: str(as_dict(texts).get(name) or "") for name in ADVISED}
        return found

    def cleaned_translations(self) -> Any:
        """Return the translations as they were typed; None where they can't be read."""
        return getattr(self, "cleaned_data", {}).get("translations")

    def offer_facts(self) -> OfferFacts | None:
        """Return what is known of the offer that is chosen; None where none is."""
        chosen = str(self["offer"].value() or "")
        if not chosen.isdecimal():
            return None
        offer = Offer.objects.filter(store=self.instance.variant.experiment.store, pk=chosen).first()
        if offer is None:
            return None
        return OfferFacts.of(offer, timezone.now())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        store = self.instance.variant.experiment.store
        own: Any = self.fields["offer"]
        own.queryset = Offer.objects.filter(store=store).prefetch_related("items__product").order_by("name")


class SecondOfferForm(TreatmentForm):
    """What comes second: the same fields, and an offer of fixed products."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["offer"]
        own.queryset = own.queryset.filter(pairing="")

    class Meta(TreatmentForm.Meta):
        model = NextWidget  # type: ignore[assignment]  # the same fields
