"""The words of a step's messages, a field for each, and the offer that they are about."""

import copy
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models import Offer
from experiments.models import Store
from journeys.models import JourneyStep
from journeys.writing.document import UnsendableDocument, read

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
WORDS = ("text", "button", "alt", "url", "name", "source", "date")  # of a block, in the order of its fields
LABELS = {
    "headline": _("Headline"),
    "text": _("Text"),
    "reason": _("Reason"),
    "product": _("Product button"),
    "question": _("Question"),
    "tracking": _("Tracking button"),
    "picture": _("Picture"),
    "quote": _("Quote"),
    "collection": _("Collection"),
}
LONG = frozenset({"text", "quote"})
# As long as the document takes them (journeys/writing/document.py), so that the field itself says what is too long.
LONGEST = {"button": 60, "url": 480}
LONGEST_LINE, LONGEST_LINK, LONGEST_PARAGRAPH = 120, 60, 2_000


def documents_of(step: JourneyStep) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the messages of a step by the key of their variant; the step's own by an empty one."""
    yield "", step.own_document
    yield from sorted(step.other_documents.items())


def longest_of(kind: str, name: str) -> int:
    """Return how many characters a text of a block may have."""
    if name == "text" and kind in LONG:
        return LONGEST_PARAGRAPH
    if name == "text" and kind == "collection":
        return LONGEST_LINK
    return LONGEST.get(name, LONGEST_LINE)


def labelled(label: str | Promise, variant: str) -> str:
    """Return a field's label, with the key of the variant whose message it is in; nothing translates the key."""
    if not variant:
        return str(label)
    return format_html('{} <span translate="no">({})</span>', label, variant)


class WordsForm(forms.Form):
    """All words of a step's messages."""

    def __init__(self, data: Any, *, step: JourneyStep, store: Store) -> None:
        super().__init__(data, prefix=f"{step.key}-words")
        self.step = step
        keys = Offer.objects.filter(store=store).order_by("name").values_list("key", "name")
        self.offers = [("", gettext("No offer")), *keys]
        for variant, document in documents_of(step):
            self.add_fields(variant, document)

    def add_fields(self, variant: str, document: dict[str, Any]) -> None:
        """Add the fields of one message."""
        prefix = f"{variant}."
        self.add_text(f"{prefix}subject", labelled(gettext("Subject"), variant), document.get("subject", ""), 120)
        for block in document.get("blocks", []):
            for name in WORDS:
                if name in block:
                    label = labelled(LABELS.get(block["kind"], block["kind"]), variant)
                    key = f"{prefix}{block['id']}.{name}"
                    self.add_text(key, label, block[name], longest_of(block["kind"], name))
                    if name == "url":
                        self.fields[key].validators.append(URLValidator(schemes=["https"]))
        self.fields[f"{prefix}offer"] = forms.ChoiceField(
            label=labelled(gettext("Offer"), variant), required=False, choices=self.offers,
            initial=document.get("offer", ""), widget=forms.Select(attrs=SELECT),
        )  # fmt: skip

    def add_text(self, name: str, label: str, value: str, longest: int) -> None:
        """Add a text field."""
        widget: forms.Widget = forms.TextInput(attrs=CONTROL)
        if longest > 1_000:
            widget = forms.Textarea(attrs=CONTROL | {"rows": 3})
        self.fields[name] = forms.CharField(label=label, max_length=longest, initial=value, widget=widget)

    def clean(self) -> dict[str, Any]:
        """Write what was typed into the documents. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        document = self.written("", self.step.own_document)
        others = {key: self.written(key, other) for key, other in self.step.other_documents.items()}
        for message in (document, *others.values()):
            try:
                read(message)
            except UnsendableDocument as error:
                raise forms.ValidationError(str(error)) from error
        if others:
            document["variants"] = others
        values["document"] = document
        return values

    def written(self, variant: str, document: dict[str, Any]) -> dict[str, Any]:
        """Return one message with the typed words."""
        values, prefix = self.cleaned_data, f"{variant}."
        changed = copy.deepcopy(document)
        changed["subject"] = values[f"{prefix}subject"]
        changed["offer"] = values[f"{prefix}offer"]
        for block in changed.get("blocks", []):
            for name in WORDS:
                if name in block:
                    block[name] = values[f"{prefix}{block['id']}.{name}"]
        return changed
