"""What is asked to pin or ban a pair."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.categories import categories_of
from checkout_widgets.models import ChosenPair, Product
from checkout_widgets.recommending import curating
from experiments.models import Store

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
PIN, BAN = "pin", "ban"


class PairForm(forms.Form):
    """A product to suggest first, or never, beside one product."""

    suggested = forms.CharField(
        label=_("Suggested product"),
        max_length=64,
        help_text=_("Its SKU."),
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "off"}),
    )
    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[(PIN, _("Pin: suggest it first")), (BAN, _("Ban: never suggest it"))],
        widget=forms.Select(attrs=SELECT),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_("For your team. Shoppers don't see it."),
        widget=forms.TextInput(attrs=CONTROL),
    )

    def __init__(self, *args: Any, store: Store, product: Product | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store, self.product = store, product

    def clean_suggested(self) -> Product:
        """Return the product with this SKU. Raises ``ValidationError``."""
        sku = self.cleaned_data["suggested"].strip()
        found = Product.objects.filter(store=self.store, sku=sku).first()
        if found is None:
            raise ValidationError(
                gettext("No product of this store has the SKU “%(sku)s”. Copy it from the catalog.") % {"sku": sku}
            )
        if found == self.product:
            raise ValidationError(gettext("A product can't be suggested with itself. Enter another SKU."))
        return found

    def category(self) -> str:
        """Return the category that the pair is about; none where it is about a product."""
        return ""

    def save_as(self, actor: str) -> ChosenPair | None:
        """Pin or ban the pair; None where it can't be, with the errors in the form."""
        choice = ChosenPair(
            store=self.store,
            product=self.product,
            category=self.category(),
            suggested=self.cleaned_data["suggested"],
            is_banned=self.cleaned_data["act"] == BAN,
            reason=self.cleaned_data["reason"],
        )
        try:
            curating.choose(choice, actor=actor)
        except ValidationError as error:
            self.add_error(None, error.messages)
            return None
        return choice


class CategoryPairForm(PairForm):
    """A product to suggest first, or never, beside all products of a category; or never beside any product."""

    beside = forms.ChoiceField(
        label=_("Suggested with"),
        required=False,
        widget=forms.Select(attrs=SELECT),
        help_text=_("“All products” can only be chosen for a ban: no product goes with everything."),
    )
    field_order = ("beside", "suggested", "act", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext("All products"))]
        choices += [(category, category) for category in categories_of(self.store)]
        self.fields["beside"].choices = choices  # type: ignore[attr-defined]

    def category(self) -> str:
        """Return the chosen category; none where the pair is about all products."""
        return str(self.cleaned_data["beside"])
