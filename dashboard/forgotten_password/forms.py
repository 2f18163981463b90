"""What somebody enters who forgot a password."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """The account's address."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "email", "autofocus": True}),
    )
