"""What the shopper types in at the checkout; filled in already, since nobody lives there."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

DECLINED_CARD = "4000000000000002"
COUNTRIES = [("GB", "United Kingdom"), ("IE", "Ireland"), ("DE", "Germany"), ("FR", "France"), ("NL", "Netherlands")]
DELIVERIES = [("standard", "Standard, 2 to 3 working days"), ("express", "Express, next working day")]
SHOPPER = {
    "name": "Alex Example",
    "email": "alex@example.com",
    "street": "12 Thimble Lane",
    "city": "Bath",
    "postcode": "BA1 1AA",
    "country": "GB",
    "wants_offers": True,
    "delivery": "standard",
}
METHODS = [("card", "Card"), ("invoice", "Invoice, due in 14 days")]
CARD = {
    "method": "card",
    "holder": "Alex Example",
    "number": "4242 4242 4242 4242",
    "expiry": "12/30",
    "security_code": "123",
}
VISITOR_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


def text(label: str, autocomplete: str, **options: Any) -> forms.CharField:
    """A line of text that the browser can fill in."""
    return forms.CharField(
        label=label,
        max_length=options.pop("max_length", 120),
        widget=forms.TextInput(attrs={"autocomplete": autocomplete} | options),
    )


class ShippingForm(forms.Form):
    """Where the parcel goes, and how."""

    name = text("Name", "name")
    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    street = text("Street and number", "street-address")
    city = text("Town", "address-level2")
    postcode = text("Postcode", "postal-code", max_length=16)
    country = forms.ChoiceField(label="Country", choices=COUNTRIES)
    wants_offers = forms.BooleanField(label="Email me an offer now and then", required=False)
    delivery = forms.ChoiceField(label="Delivery", choices=DELIVERIES, widget=forms.RadioSelect)


class PaymentForm(forms.Form):
    """A make-believe card, or an invoice: checked for its shape, never stored or sent.

    ``visitor_id`` is written by the snippet.
    """

    method = forms.ChoiceField(label="Payment", choices=METHODS, widget=forms.RadioSelect)
    holder = text("Name on card", "cc-name")
    number = text("Card number", "cc-number", inputmode="numeric", max_length=24)
    expiry = text("Expiration date (MM/YY)", "cc-exp", max_length=7)
    security_code = text("Security code", "cc-csc", inputmode="numeric", max_length=4)
    visitor_id = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_number(self) -> str:
        """The digits; one number is declined, to show what an offer does after a payment error."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{16}", digits):
            raise ValidationError("Enter a card number with 16 digits.")
        if digits == DECLINED_CARD:
            raise ValidationError("The card was declined. Nothing was charged.", code="declined")
        return digits

    def clean_expiry(self) -> str:
        """Month and year."""
        expiry: str = self.cleaned_data["expiry"].replace(" ", "")
        if not re.fullmatch(r"(0[1-9]|1[0-2])/[0-9]{2}", expiry):
            raise ValidationError("Enter month and year, such as 12/30.")
        return expiry

    def clean_security_code(self) -> str:
        """Three or four digits."""
        code: str = self.cleaned_data["security_code"]
        if not re.fullmatch(r"[0-9]{3,4}", code):
            raise ValidationError("Enter a security code with 3 or 4 digits.")
        return code

    def clean(self) -> dict[str, Any]:
        """An invoice needs no card."""
        if self.cleaned_data.get("method") == "invoice":
            for name in ("holder", "number", "expiry", "security_code"):
                self.errors.pop(name, None)
        return self.cleaned_data

    def clean_visitor_id(self) -> str:
        """The visitor, or nobody where the snippet didn't run: an order never fails because of it."""
        visitor_id: str = self.cleaned_data["visitor_id"]
        if not VISITOR_ID.fullmatch(visitor_id):
            return ""
        return visitor_id
