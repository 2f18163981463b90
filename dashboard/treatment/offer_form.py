"""The form of a new offer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.launching.new_offers import KINDS, create_offer, create_pair_offer
from checkout_widgets.models import Offer, OfferPairing, PairSource, Product
from experiments import money
from experiments.admin.money_form import LARGEST_AMOUNT
from experiments.models import Store

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
# The page shows these only where they mean something.
OF_PAIRS = frozenset({"pair_source", "pair_discount"})
OF_A_PRODUCT = frozenset({"product", "price", "kind"})


class NewOfferForm(forms.Form):
    """What is sold (a product of the catalog, or what goes with the cart), what it is called, and what it costs."""

    pairing = forms.ChoiceField(
        label=gettext_lazy("Sells"),
        required=False,
        choices=[("", gettext_lazy("One product")), *OfferPairing.choices[1:]],
        help_text=gettext_lazy("A pair is what goes best with each shopper's cart, as Bought together shows it."),
        widget=forms.Select(attrs=SELECT),
    )
    pair_source = forms.ChoiceField(
        label=gettext_lazy("Pairs from"),
        required=False,
        choices=PairSource.choices,
        help_text=gettext_lazy("Whether only pairs that your team pinned, or only counted ones, are offered."),
        widget=forms.Select(attrs=SELECT),
    )
    pair_discount = forms.IntegerField(
        label=gettext_lazy("Discount on pairs, in percent"),
        required=False,
        min_value=0,
        max_value=90,
        help_text=gettext_lazy("Off the catalog's price. Leave it empty to sell at the catalog's price."),
        widget=forms.NumberInput(attrs=CONTROL | {"step": 1}),
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.none(),
        empty_label=gettext_lazy("Choose a product"),
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=190,
        required=False,
        help_text=gettext_lazy("For your team. If you leave it empty, it is named after what it sells."),
        widget=forms.TextInput(attrs=CONTROL),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.Select(attrs=SELECT),
    )
    price = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_value=LARGEST_AMOUNT,
        help_text=gettext_lazy("Leave it empty to sell at the product's own price."),
        widget=forms.NumberInput(attrs=CONTROL | {"step": "any"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, store: Store, can_sell_pairs: bool = True, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.store = store
        if not can_sell_pairs:
            for name in ("pairing", *OF_PAIRS):
                del self.fields[name]
        own: Any = self.fields["product"]
        # an offer is sold in the store's currency, and a price in another one says nothing of it
        own.queryset = Product.objects.filter(store=store, is_active=True, currency=store.currency)
        self.fields["price"].label = _("Price in %(currency)s") % {"currency": store.currency}

    def clean_price(self) -> int | None:
        """Return the price in minor units; refuse more decimals than the currency has."""
        price: Decimal | None = self.cleaned_data["price"]
        if price is None:
            return None
        price_minor = money.to_minor(price, self.store.currency)
        if money.to_major(price_minor, self.store.currency) != price:
            text = _("%(price)s has more decimals than %(currency)s.")
            raise forms.ValidationError(text % {"price": price, "currency": self.store.currency})
        return price_minor

    def clean(self) -> dict[str, Any] | None:
        """Ask for a product where one is sold, and leave out what isn't on the page for what is sold."""
        cleaned = super().clean()
        hidden = OF_PAIRS
        if self.cleaned_data.get("pairing"):
            hidden = OF_A_PRODUCT
        # Nobody could correct a mistake in a field that the page hides: it would keep the offer from being made.
        for name in hidden:
            self.errors.pop(name, None)
        if hidden == OF_PAIRS and self.cleaned_data.get("product") is None and "product" not in self.errors:
            self.add_error("product", _("Choose the product that is sold, or choose a pair."))
        return cleaned

    def save(self) -> Offer:
        """Create the offer."""
        pairing = self.cleaned_data.get("pairing")
        if pairing:
            return create_pair_offer(
                self.store,
                name=self.cleaned_data["name"] or str(OfferPairing(pairing).label),
                pairing=pairing,
                source=self.cleaned_data["pair_source"],
                discount=self.cleaned_data["pair_discount"] or 0,
            )
        product: Product = self.cleaned_data["product"]
        price_minor = self.cleaned_data["price"]
        if price_minor is None:
            price_minor = product.price_minor
        return create_offer(
            product,
            # As long as the column takes; titles of products may be longer.
            name=self.cleaned_data["name"] or product.title[:190],
            kind=self.cleaned_data["kind"],
            price_minor=price_minor,
        )
