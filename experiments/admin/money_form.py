"""Money in forms: people type major units, rows hold minor units."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist
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
        """The field for major units that stands for a field of minor units."""
        name = field.widget.attrs.get("aria-label")
        return forms.DecimalField(
            label=str(field.label).removesuffix(" minor"),
            required=field.required,
            help_text=field.help_text,
            min_value=Decimal(0),
            max_value=LARGEST_AMOUNT,
            widget=UnfoldAdminDecimalFieldWidget({"aria-label": name.removesuffix(" minor")} if name else None),
        )

    def in_major_units(self, minor: int | None) -> Decimal | None:
        """A stored amount as it is typed."""
        currency = self.currency_of_row()
        return None if minor is None or not currency else money.to_major(minor, currency)

    def currency_of_row(self) -> str:
        """The currency that amounts are typed in; empty while no store is chosen."""
        store = self.store_of_row()
        return store.currency if store else ""

    def store_of_row(self) -> Store | None:
        """The store whose currency counts: the row's, or the one chosen in this form."""
        try:
            return self.cleaned_data["store"] if "store" in self.fields else self.instance.store  # type: ignore[no-any-return]
        except (AttributeError, KeyError, ObjectDoesNotExist):
            return getattr(self.instance, "store", None) if self.instance.pk else None

    def clean(self) -> dict[str, Any] | None:
        """With the amounts in minor units; too many decimals are a field error."""
        cleaned = super().clean()
        currency = self.currency_of_row()
        for name in self.money_fields:
            amount = self.cleaned_data.get(name)
            if amount is not None and currency:
                self.cleaned_data[name] = money.to_minor(amount, currency)
                if money.to_major(self.cleaned_data[name], currency) != amount:
                    self.add_error(name, f"{currency} has {money.decimals(currency)} decimals.")
        return cleaned
