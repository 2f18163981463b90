"""The form of an offer: its own columns, and picture and stock of its products."""

from collections.abc import Collection
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.launching.price_points import fix_of, untrue
from checkout_widgets.models import Offer, Product
from checkout_widgets.price_history.claims import ClaimState, claims_of, total
from checkout_widgets.price_history.references import references_of
from experiments import formatting
from experiments.admin.money_form import MoneyForm

CONTROL = {"class": "form-control"}
PRODUCT_COLUMNS = ("image_url", "stock")
QUOTE = ("quote_text", "quote_name", "quote_source", "quote_date")
TERMS_IN = "terms_in_"  # before a language, in the name of a field


def terms_field(label: str, initial: str) -> forms.CharField:
    """Return the field for the terms in a language."""
    widget = forms.Textarea(attrs=CONTROL | {"rows": 2, "dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=300, initial=initial, widget=widget)


class OfferEditForm(MoneyForm):
    """What may be changed of an offer. Columns that are ``fixed``, as a started test needs them, are shown and stay."""

    money_fields: ClassVar[tuple[str, ...]] = ("price_minor", "compare_at_minor")
    share_of = forms.CharField(
        label=gettext_lazy("Owners of which product"),
        required=False,
        max_length=64,
        help_text=gettext_lazy(
            "The SKU of what people bought before, for {share}, {share_count}, and {share_base} in texts: how many of "
            "them also bought this offer. Counted within a minute, and every night. Leave it empty to show no share."
        ),
        widget=forms.TextInput(attrs=CONTROL | {"autocomplete": "off"}),
    )

    class Meta:
        model = Offer
        fields = (
            *("name", "price_minor", "compare_at_minor", "pair_discount", "terms", "stock_limit", "is_active"),
            *("share_of", *QUOTE),
        )
        labels = {
            "quote_text": gettext_lazy("What was said"),
            "quote_name": gettext_lazy("Who said it"),
            "quote_source": gettext_lazy("Where it was said"),
            "quote_date": gettext_lazy("When it was said"),
        }
        help_texts = {
            "quote_text": gettext_lazy(
                "A customer's own words, for {quote} in texts. Empty this field to withdraw the quote: texts with it "
                "are left out within two seconds."
            ),
            "quote_name": gettext_lazy("As this customer agreed to be named."),
            "quote_source": gettext_lazy("Such as a review site."),
            "quote_date": "",
            "name": gettext_lazy("For your team. Shoppers see the products' titles and the widget's text."),
            "compare_at_minor": gettext_lazy(
                "What the items cost without the offer. It must be a price that you really charged. Shown only if it "
                "is higher than the price."
            ),
            "terms": gettext_lazy(
                "Shown with the offer in every layout: returns, what is included, and how to cancel. The widget itself "
                "adds how often a subscription is paid."
            ),
            "stock_limit": gettext_lazy("How many can be sold in all. Leave it empty for no limit."),
            "is_active": gettext_lazy(
                "If off, every test that sells the offer shows nothing, in treatment and control alike."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs=CONTROL),
            "terms": forms.Textarea(attrs=CONTROL | {"rows": 2}),
            "pair_discount": forms.NumberInput(attrs=CONTROL | {"min": 0, "max": 90}),
            "stock_limit": forms.NumberInput(attrs=CONTROL | {"min": 0}),
            "is_active": forms.CheckboxInput(attrs={"class": "form-check-input"}),
            "quote_text": forms.Textarea(attrs=CONTROL | {"rows": 2, "dir": "auto"}),
            "quote_name": forms.TextInput(attrs=CONTROL),
            "quote_source": forms.TextInput(attrs=CONTROL),
            # A date field of the browser takes this form alone, whatever the language.
            "quote_date": forms.DateInput(attrs=CONTROL | {"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, products: list[Product], fixed: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        others: tuple[str, ...] = ("pair_discount",)
        if self.instance.pairing:  # its prices are the catalogue's
            others = ("price_minor", "compare_at_minor", "share_of")  # and owners of what it sells can't be counted
        for name in others:
            del self.fields[name]
        self.stored_translations = dict(self.instance.terms_translations)
        for language, label in LANGUAGES.items():
            initial = self.instance.terms_translations.get(language, "")
            self.fields[f"{TERMS_IN}{language}"] = terms_field(str(label), initial)
        if self.instance.share_of is not None:
            self.initial["share_of"] = self.instance.share_of.sku
        compare_at = self.fields.get("compare_at_minor")
        if compare_at is not None:
            compare_at.help_text = f"{compare_at.help_text} {self.allowed()}".strip()
        for product in products:
            self.add_product(product)
        for name, field in self.fields.items():
            column = name.partition("-")[0]
            # Django leaves what is sent for a disabled field aside.
            field.disabled = column in fixed

    def amount_field(self, field: forms.Field) -> forms.DecimalField:
        """Return the field for an amount, drawn as the console draws one."""
        amount = super().amount_field(field)
        amount.widget = forms.NumberInput(attrs=CONTROL | {"step": "any", "min": 0})
        return amount

    def add_product(self, product: Product) -> None:
        """Add fields for a product's picture and stock."""
        self.fields[f"image_url-{product.pk}"] = forms.URLField(
            label=_("Picture (address)"),
            required=False,
            max_length=500,
            initial=product.image_url,
            assume_scheme="https",
            widget=forms.URLInput(attrs=CONTROL),
        )
        self.fields[f"stock-{product.pk}"] = forms.IntegerField(
            label=_("In stock"),
            required=False,
            min_value=0,
            max_value=2**31 - 1,
            initial=product.stock,
            help_text=_("Leave it empty if you don't track stock. A product feed overwrites it."),
            widget=forms.NumberInput(attrs=CONTROL | {"min": 0}),
        )

    def product_fields(self) -> list[tuple[Product, list[BoundField]]]:
        """Return each product with its fields."""
        rows = []
        for product in self.products:
            rows.append((product, [self[f"{column}-{product.pk}"] for column in PRODUCT_COLUMNS]))
        return rows

    def allowed(self) -> str:
        """Say what the known prices bear out; empty where none is known."""
        offer = self.instance
        allowed_minor = total(references_of([offer.pk], timezone.now()))
        if not allowed_minor:
            return ""
        return _("The known prices allow up to %(amount)s.") % {
            "amount": formatting.price(allowed_minor, offer.currency)
        }

    def quote_fields(self) -> list[BoundField]:
        """Return who said what is quoted, where, and when."""
        return [self[name] for name in QUOTE[1:]]

    def terms_fields(self) -> list[BoundField]:
        """Return the terms in other languages."""
        return [self[name] for name in self.fields if name.startswith(TERMS_IN)]

    def clean_share_of(self) -> Product | None:
        """Return the product with this SKU. Raises ``ValidationError``."""
        sku = self.cleaned_data["share_of"].strip()
        if not sku:
            return None
        found = Product.objects.filter(store=self.instance.store, sku=sku).first()
        if found is None:
            problem = _("No product of this store has the SKU “%(sku)s”. Copy it from the catalog.")
            raise forms.ValidationError(problem % {"sku": sku})
        return found

    def clean(self) -> dict[str, Any] | None:
        """Refuse a compare-at price that isn't above the price, or never was the price."""
        cleaned = super().clean()
        price, compare_at = self.cleaned_data.get("price_minor"), self.cleaned_data.get("compare_at_minor")
        if price is not None and compare_at is not None and compare_at <= price:
            text = _("The compare-at price must be higher than the price. Raise it, or leave it empty.")
            self.add_error("compare_at_minor", text)
        elif "compare_at_minor" in self.changed_data and compare_at is not None and price is not None:
            self.check_claim(price, compare_at)
        return cleaned

    def check_claim(self, price_minor: int, compare_at_minor: int) -> None:
        """Say beside the field what the items cost before, where that is known to be less."""
        changed = copy(self.instance)
        changed.price_minor, changed.compare_at_minor = price_minor, compare_at_minor
        for claim in claims_of([changed], timezone.now()):
            if claim.state == ClaimState.FALSE:
                self.add_error("compare_at_minor", f"{untrue(claim)}. {fix_of(claim)}")

    def _post_clean(self) -> None:
        """Put the terms in other languages together; those that only other tools know stay."""
        super()._post_clean()  # type: ignore[misc]
        translations = dict(self.instance.terms_translations)
        for name, text in self.cleaned_data.items():
            if name.startswith(TERMS_IN):
                translations.pop(name.removeprefix(TERMS_IN), None)
                if text:
                    translations[name.removeprefix(TERMS_IN)] = text
        self.instance.terms_translations = translations

    def changed_columns(self) -> list[str]:
        """Name the offer's own columns that differ."""
        changed = [name for name in self.changed_data if name in self.Meta.fields]
        if self.instance.terms_translations != self.stored_translations:
            changed.append("terms_translations")
        return changed

    def changed_products(self) -> dict[Product, list[str]]:
        """Return the products that differ, with the values typed, and which of their columns."""
        changed: dict[Product, list[str]] = {}
        for product in self.products:
            for column in PRODUCT_COLUMNS:
                name = f"{column}-{product.pk}"
                if name in self.changed_data:
                    setattr(product, column, self.cleaned_data[name])
                    changed.setdefault(product, []).append(column)
        return changed
