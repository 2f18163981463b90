"""What is asked for a file of contacts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journeys.models import ContactFileKind

MAX_BYTES = 25_000_000  # 200,000 rows, checked while a browser waits


class ContactFileForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(
        label=_("What the file lists"),
        choices=ContactFileKind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_(
            "Opt-outs are addresses that must get no more messages, such as the list of the tool you used before."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".csv,.gz,text/csv"}),
        help_text=_("A CSV, at most 25 MB and 200,000 rows. Nothing is imported before you have seen what is in it."),
    )

    def clean_file(self) -> Any:
        """Return a file that can be checked while the browser waits. Raises ``ValidationError``."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(gettext("The file is larger than 25 MB. Split it, or compress it with gzip."))
        return file
