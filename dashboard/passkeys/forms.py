"""What is sent with a passkey: its name, and what the device answered."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.passkeys.ceremonies import LONGEST_ANSWER
from dashboard.signing_in.forms import PasswordForm


class NameForm(forms.Form):
    """What a person calls a passkey."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So that you recognize it later, such as “Work laptop”."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class NewPasskeyForm(NameForm, PasswordForm):
    """A name for the new passkey, and the password once more."""

    field_order = ("name", "password")


class DeviceAnswerForm(forms.Form):
    """What a device answered, as JSON."""

    answer = forms.CharField(max_length=LONGEST_ANSWER)

    def clean_answer(self) -> Any:
        """Return it parsed; ``None`` where it isn't JSON, which verifies as nothing."""
        try:
            return json.loads(self.cleaned_data["answer"])
        except (ValueError, RecursionError):
            return None
