"""Money in forms: people type major units, rows hold minor units."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext, ngettext
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from experiments import money
from experiments.models import Store

LARGEST_AMOUNT = Decimal(10**12)


class MoneyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose ``money_fields`` (names of ``*_minor`` columns) take major units of the store's currency."""

    money_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.money_fields:
            if name in self.fields:
                self.fields[name] = self.amount_field(self.fields[name])
                self.initial[name] = self.in_major_units(self.initial.get(name))

    def amount_field(self, field: forms.Field) -> forms.DecimalField:
        """Return the field for major units that stands for a field of minor units."""
        attrs = {}
        name = field.widget.attrs.get("aria-label")
        if name:
            attrs["aria-label"] = name
        return forms.DecimalField(
            label=field.label,
            required=field.required,
            help_text=field.help_text,
            min_value=Decimal(0),
            max_value=LARGEST_AMOUNT,
            widget=UnfoldAdminDecimalFieldWidget(attrs),
        )

    def in_major_units(self, minor: int | None) -> Decimal | None:
        """Return a stored amount as it is typed."""
        currency = self.currency_of_row()
        if minor is None or not currency:
            return None
        return money.to_major(minor, currency)

    def currency_of_row(self) -> str:
        """Return the currency that amounts are typed in; empty while no store is chosen."""
        store = self.store_of_row()
        if store is None:
            return ""
        return store.currency

    def store_of_row(self) -> Store | None:
        """Return the store whose currency counts: the one chosen in this form, or the row's."""
        if "store" in self.fields:
            chosen: Store | None = getattr(self, "cleaned_data", {}).get("store")
            if chosen is not None:
                return chosen
            if not self.instance.pk:
                return None  # nothing is chosen yet
        try:
            return getattr(self.instance, "store", None)
        except ObjectDoesNotExist:
            return None

    def clean(self) -> dict[str, Any] | None:
        """Turn the amounts into minor units; too many decimals are a field error."""
        cleaned = super().clean()
        currency = self.currency_of_row()
        for name in self.money_fields:
            amount = self.cleaned_data.get(name)
            if amount is not None and currency:
                self.cleaned_data[name] = money.to_minor(amount, currency)
                if money.to_major(self.cleaned_data[name], currency) != amount:
                    self.add_error(name, too_many_decimals(currency))
        return cleaned


def too_many_decimals(currency: str) -> str:
    """Say how many decimals the currency has."""
    decimals = money.decimals(currency)
    if decimals == 0:
        return gettext("%(currency)s has no decimals: enter a whole amount.") % {"currency": currency}
    text = ngettext(
        "%(currency)s has %(decimals)s decimal: enter no more.",
        "%(currency)s has %(decimals)s decimals: enter no more.",
        decimals,
    )
    return text % {"currency": currency, "decimals": decimals}
