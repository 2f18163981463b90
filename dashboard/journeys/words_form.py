"""The words of a step's messages, a field for each, and the offer that they are about.

A draft may be unfinished: what is missing is said beside the message, and the checklist refuses to launch it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from babel import Locale
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext

from checkout_widgets.models import Offer
from dashboard.journeys.texts import (
    LONGEST_PARAGRAPH,
    Document,
    EditableNumber,
    EditableText,
    Path,
    all_numbers,
    all_texts,
    block_numbers,
    block_texts,
    message_numbers,
    number_at,
    opening_texts,
    text_at,
    with_numbers,
    with_texts,
)
from experiments.models import Store
from journeys.life.step_tests import message_name
from journeys.models import JourneyStep
from journeys.writing.block_names import BLOCK_NAMES
from journeys.writing.document import UnsendableDocument, read
from journeys.writing.editing import FEWEST_ANSWERS, LANGUAGES, MOST_ANSWERS, MOST_LINES, MOST_MESSAGES

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}


@dataclass(frozen=True, slots=True)
class BlockFields:
    """A block of a message with its fields, and whether it takes one more answer or line, or one fewer."""

    id: str
    title: str
    fields: list[forms.BoundField]
    is_longer_possible: bool
    is_shorter_possible: bool


@dataclass(frozen=True, slots=True)
class LanguageFields:
    """The texts of a message in another language."""

    code: str
    title: str
    fields: list[forms.BoundField]


@dataclass(frozen=True, slots=True)
class MessageFields:
    """A message with its fields; ``variant`` is empty for the step's own. ``problem`` says why it can't go out yet."""

    variant: str
    title: str
    opening: list[forms.BoundField]
    blocks: list[BlockFields]
    languages: list[LanguageFields]
    other_languages: list[tuple[str, str]]
    problem: str


class MessageProblem(NamedTuple):
    """Why a message can't go out yet; empty where it can."""

    variant: str
    problem: str


def documents_of(step: JourneyStep) -> Iterator[tuple[str, Document]]:
    """Yield the messages of a step by the key of their variant; the step's own by an empty one."""
    yield "", step.own_document
    yield from sorted(step.other_documents.items())


def language_name(code: str) -> str:
    """Return what speakers call their language."""
    return str(Locale(code).get_display_name(code))


def other_languages(document: Document) -> list[tuple[str, str]]:
    """Return the languages that a message can still be written in, each with its name."""
    others = []
    for code in LANGUAGES:
        if code not in document.get("translations", {}):
            others.append((code, language_name(code)))
    return others


def problem_of(document: Document) -> str:
    """Say why a message can't go out; empty where it can."""
    try:
        read(document)
    except UnsendableDocument as error:
        return str(error)
    return ""


class WordsForm(forms.Form):
    """All words of a step's messages."""

    def __init__(self, data: Any, *, step: JourneyStep, store: Store) -> None:
        super().__init__(data, prefix=f"{step.key}-words")
        self.step = step
        self.documents = dict(documents_of(step))
        keys = Offer.objects.filter(store=store).order_by("name").values_list("key", "name")
        self.offers = [("", gettext("No offer")), *keys]
        for variant, document in self.documents.items():
            self.add_fields(variant, document)

    def add_fields(self, variant: str, document: Document) -> None:
        """Add the fields of one message."""
        texts = list(all_texts(document))
        for text in texts:
            self.add_text(f"{variant}.{text.key}", text, text_at(document, text.path))
        for language, translated in document.get("translations", {}).items():
            for text in texts:
                if text.translation:
                    self.add_text(f"{variant}.{language}.{text.key}", text, translated.get(text.translation, ""))
        for number in all_numbers(variant, document):
            self.add_number(f"{variant}.{number.key}", number, number_at(document, number))
        self.fields[f"{variant}.offer"] = forms.ChoiceField(
            label=gettext("Offer"), required=False, choices=self.offers,
            initial=document.get("offer", ""), widget=forms.Select(attrs=SELECT),
        )  # fmt: skip

    def add_text(self, name: str, text: EditableText, value: str) -> None:
        """Add a text field."""
        widget: forms.Widget = forms.TextInput(attrs=CONTROL)
        if text.longest >= LONGEST_PARAGRAPH:
            widget = forms.Textarea(attrs=CONTROL | {"rows": 3})
        self.fields[name] = forms.CharField(
            label=text.label, max_length=text.longest, required=False, initial=value, widget=widget
        )

    def add_number(self, name: str, number: EditableNumber, value: int) -> None:
        """Add a field for a whole number."""
        self.fields[name] = forms.IntegerField(
            label=number.label, min_value=number.least, max_value=number.most, initial=value,
            widget=forms.NumberInput(attrs=CONTROL),
        )  # fmt: skip

    @property
    def typed(self) -> dict[str, Document]:
        """The messages with what was typed, by their variant."""
        typed = {}
        for variant, document in self.documents.items():
            typed[variant] = self.written(variant, document)
        return typed

    @property
    def problems(self) -> list[MessageProblem]:
        """Why the messages can't go out as they were typed."""
        found = []
        for variant, document in self.typed.items():
            found.append(MessageProblem(variant, problem_of(document)))
        return found

    @property
    def document(self) -> Document:
        """The step's document with what was typed."""
        written = self.typed
        document = written.pop("")
        if written:
            document["variants"] = written
        return document

    def written(self, variant: str, document: Document) -> Document:
        """Return one message with the typed words."""
        typed: dict[Path, str] = {}
        for text in all_texts(document):
            typed[text.path] = self.cleaned_data[f"{variant}.{text.key}"]
        typed[("offer",)] = self.cleaned_data[f"{variant}.offer"]
        numbers = {}
        for number in all_numbers(variant, document):
            numbers[number] = self.cleaned_data[f"{variant}.{number.key}"]
        changed = with_numbers(with_texts(document, typed), numbers)
        for language in document.get("translations", {}):
            changed["translations"][language] = self.translated(variant, language, changed)
        return changed

    def translated(self, variant: str, language: str, document: Document) -> dict[str, str]:
        """Return the typed texts of a language, those that are empty left out: there, the message's own stand."""
        typed = {}
        for text in all_texts(document):
            value = self.cleaned_data.get(f"{variant}.{language}.{text.key}", "")
            if text.translation and value:
                typed[text.translation] = value
        return typed

    @property
    def messages(self) -> list[MessageFields]:
        """The messages with their fields, as the page shows them."""
        shown = []
        for number, (variant, document) in enumerate(self.documents.items(), start=1):
            title = gettext("Message")
            if len(self.documents) > 1:
                title = message_name(number)
            opening = [*self.bound(variant, opening_texts()), *self.bound(variant, message_numbers(variant))]
            opening.append(self[f"{variant}.offer"])
            languages = list(self.language_fields(variant, document))
            blocks = list(self.block_fields(variant, document))
            others = other_languages(document)
            shown.append(MessageFields(variant, title, opening, blocks, languages, others, problem_of(document)))
        return shown

    @property
    def block_kinds(self) -> Iterable[tuple[str, str | Promise]]:
        """What can be added to a message, each kind with its name."""
        return BLOCK_NAMES.items()

    @property
    def is_message_possible(self) -> bool:
        """Whether the step can compare one more message."""
        return len(self.documents) < MOST_MESSAGES

    def block_fields(self, variant: str, document: Document) -> Iterator[BlockFields]:
        """Yield the blocks of a message with their fields."""
        for index, block in enumerate(document.get("blocks", [])):
            answers, lines = len(block.get("choices", ())), len(block.get("rows", ()))
            yield BlockFields(
                id=block["id"],
                title=str(BLOCK_NAMES.get(block["kind"], block["kind"])),
                fields=self.bound(variant, [*block_texts(index, block), *block_numbers(index, block)]),
                is_longer_possible=0 < answers < MOST_ANSWERS or 0 < lines < MOST_LINES,
                is_shorter_possible=answers > FEWEST_ANSWERS or lines > 1,
            )

    def language_fields(self, variant: str, document: Document) -> Iterator[LanguageFields]:
        """Yield the other languages of a message with their fields."""
        texts = [text for text in all_texts(document) if text.translation]
        for language in document.get("translations", {}):
            yield LanguageFields(language, language_name(language), self.bound(f"{variant}.{language}", texts))

    def bound(self, prefix: str, texts: Iterable[EditableText | EditableNumber]) -> list[forms.BoundField]:
        """Return the fields of these texts and numbers."""
        return [self[f"{prefix}.{text.key}"] for text in texts]
