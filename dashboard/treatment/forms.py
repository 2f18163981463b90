"""The form of what a treatment shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.widget_form import WidgetForm
from checkout_widgets.models import Layout, Offer, Widget
from experiments.models import Store

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
LONG = {"rows": 2, **CONTROL}


class OfferChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of the store's offers, drawn with picture, price and stock by the template."""

    widget = forms.RadioSelect


class TreatmentForm(WidgetForm):
    """Offer, layout and words. Languages, comparison and theme are edited in the admin, and stay as they are."""

    # Django's way to leave out a field of the form that this one extends.
    comparison = None  # type: ignore[assignment]
    translations = None  # type: ignore[assignment]
    theme = None  # type: ignore[assignment]
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
        }
        help_texts = {
            "headline": gettext_lazy("What you offer, in one line. Begin with what the shopper gains."),
            "social_proof": gettext_lazy(
                "{orders_30d} is the number of orders of the last 30 days with one of the products. Shoppers don't see "
                "this line until there are ten."
            ),
            "accept_label": gettext_lazy("{price} stands for the offer's price, which the button must show."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        store = self.instance.variant.experiment.store
        own: Any = self.fields["offer"]
        own.queryset = Offer.objects.filter(store=store).prefetch_related("items__product").order_by("name")

    def missing_for(self, layout: str, offer: Offer, store: Store) -> str:
        """What the layout would show and isn't there; a comparison is filled in beside this form."""
        if layout == Layout.COMPARISON and not self.instance.comparison.get("rows"):
            return _("This layout needs a comparison. Save another layout first, then fill it in under More settings.")
        if layout == Layout.COMPARISON:
            return ""
        return super().missing_for(layout, offer, store)
