"""The form of the question on the confirmation page: its words in each language, one answer a line."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.models import ConfirmationQuestion
from checkout_widgets.models.question import LONGEST_CHOICE, LONGEST_QUESTION
from dashboard.journeys.typed_lists import lines_of
from journeys import scores

CONTROL = {"class": "form-control", "dir": "auto"}
FEWEST_ANSWERS, MOST_ANSWERS = 3, 5  # as in a message
LONGEST_TAG = 40
TEXT_IN, ANSWERS_IN = "text_in_", "answers_in_"  # before a language, in the names of fields
LONGEST_LIST = MOST_ANSWERS * (LONGEST_CHOICE + LONGEST_TAG + 10)


class ConfirmationQuestionForm(forms.Form):
    """What a store asks, whether it does, and the answers to choose from."""

    is_on = forms.BooleanField(
        label=_("Ask on the confirmation page"),
        required=False,
        help_text=_("Once per order, below any offer. Shoppers who didn't agree to measurement aren't asked."),
    )
    is_score = forms.TypedChoiceField(
        label=_("Answers"),
        choices=((0, _("From a list")), (1, _("A score from 0 to 10"))),
        coerce=lambda value: value == "1",
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_("A score of 6 or less counts as a problem of the customer: no offers and no messages for 30 days."),
    )
    text = forms.CharField(
        label=_("Question"), max_length=LONGEST_QUESTION, required=False, widget=forms.TextInput(attrs=CONTROL)
    )
    answers = forms.CharField(
        label=_("List of answers"),
        required=False,
        max_length=LONGEST_LIST,
        help_text=_(
            "Three to five, one per line: a tag, a colon, and the text, such as “trail: On trails”. Tests and "
            "campaigns ask for the tag."
        ),
        widget=forms.Textarea(attrs=CONTROL | {"rows": 5}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stored: ConfirmationQuestion) -> None:
        initial: dict[str, Any] = {"is_on": stored.is_on, "is_score": int(stored.is_score), "text": stored.text}
        # The answers of a score aren't typed: a list that takes its place begins empty.
        if not stored.is_score:
            initial["answers"] = as_lines(texts_of(stored))
        super().__init__(data, initial=initial)
        self.stored = stored
        for language, label in LANGUAGES.items():
            self.add_language(language, str(label))

    def add_language(self, language: str, label: str) -> None:
        """Add the fields for the words in a language."""
        texts = self.stored.translations.get(language, {})
        self.fields[f"{TEXT_IN}{language}"] = forms.CharField(
            label=gettext("Question, %(language)s") % {"language": label},
            required=False,
            max_length=LONGEST_QUESTION,
            initial=texts.get("text", ""),
            widget=forms.TextInput(attrs=CONTROL),
        )
        self.fields[f"{ANSWERS_IN}{language}"] = forms.CharField(
            label=gettext("List of answers, %(language)s") % {"language": label},
            required=False,
            max_length=LONGEST_LIST,
            initial=as_lines(texts.get("choices", {})),
            widget=forms.Textarea(attrs=CONTROL | {"rows": 5}),
        )

    def translated_fields(self) -> list[forms.BoundField]:
        """Return the fields of other languages."""
        found = []
        for language in LANGUAGES:
            found += [self[f"{TEXT_IN}{language}"], self[f"{ANSWERS_IN}{language}"]]
        return found

    def clean_answers(self) -> dict[str, str]:
        """Return the answers by tag. Raises ``ValidationError``."""
        return by_tag(self.cleaned_data["answers"])

    def clean(self) -> dict[str, Any]:
        """Check that what is shown can be shown, and read the other languages. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        # A draft may be unfinished: what isn't shown needs no words.
        if values["is_on"] and not values["text"]:
            self.add_error("text", gettext("Enter the question that shoppers should see."))
        answers = values["answers"]
        is_list_due = not values["is_score"] and (values["is_on"] or answers)
        if is_list_due and not FEWEST_ANSWERS <= len(answers) <= MOST_ANSWERS:
            self.add_error("answers", gettext("Enter three to five answers."))
            return values
        for language in LANGUAGES:
            self.clean_language(language)
        return values

    def clean_language(self, language: str) -> None:
        """Read the answers in a language; only of tags that the question has."""
        name = f"{ANSWERS_IN}{language}"
        try:
            texts = by_tag(self.cleaned_data[name])
        except forms.ValidationError as error:
            self.add_error(name, error)
            return
        unknown = sorted(texts.keys() - self.cleaned_data["answers"].keys())
        if unknown and not self.cleaned_data["is_score"]:
            problem = gettext("The list of answers has no tag “%(tag)s”. Use the same tags.")
            self.add_error(name, problem % {"tag": unknown[0]})
            return
        self.cleaned_data[name] = texts

    def question(self) -> ConfirmationQuestion:
        """Return the question as it was typed; not saved here."""
        values = self.cleaned_data
        answers = values["answers"]
        if values["is_score"]:
            answers = texts_of_scores()
        return ConfirmationQuestion(
            store=self.stored.store,
            is_on=values["is_on"],
            is_score=values["is_score"],
            text=values["text"],
            choices=as_choices(answers),
            translations=self.translations(),
        )

    def translations(self) -> dict[str, Any]:
        """Return the words in other languages; those that have any."""
        found = {}
        for language in LANGUAGES:
            texts: dict[str, Any] = {}
            text, choices = self.cleaned_data[f"{TEXT_IN}{language}"], self.cleaned_data[f"{ANSWERS_IN}{language}"]
            if text:
                texts["text"] = text
            # Numbers are the same in every language.
            if choices and not self.cleaned_data["is_score"]:
                texts["choices"] = choices
            if texts:
                found[language] = texts
        return found


def texts_of(stored: ConfirmationQuestion) -> dict[str, str]:
    """Return the answers of a question by tag."""
    texts = {}
    for choice in stored.choices:
        texts[choice["tag"]] = choice["text"]
    return texts


def texts_of_scores() -> dict[str, str]:
    """Return the scores that can be given, by tag."""
    texts = {}
    for score in scores.ALL:
        texts[scores.tag_of(score)] = str(score)
    return texts


def as_choices(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Return answers by tag as they are stored, in their order."""
    choices = []
    for tag, text in texts.items():
        choices.append({"tag": tag, "text": text})
    return choices


def as_lines(texts: Mapping[str, str]) -> str:
    """Return answers by tag as lines."""
    return "\n".join(f"{tag}: {text}" for tag, text in texts.items())


def by_tag(typed: str) -> dict[str, str]:
    """Return answers by tag, as lines such as ``trail: On trails`` say. Raises ``ValidationError``."""
    found: dict[str, str] = {}
    for line in lines_of(typed):
        tag, _separator, text = (part.strip() for part in line.partition(":"))
        check(line, tag, text)
        if tag in found:
            raise forms.ValidationError(gettext("Two answers have the tag “%(tag)s”.") % {"tag": tag})
        found[tag] = text
    return found


def check(line: str, tag: str, text: str) -> None:
    """Raise ``ValidationError`` unless the line has a tag and a text that can be kept."""
    if not tag or not text:
        problem = gettext("“%(line)s” needs a tag, a colon, and a text, such as “trail: On trails”.")
        raise forms.ValidationError(problem % {"line": line[:LONGEST_CHOICE]})
    if len(tag) > LONGEST_TAG or len(text) > LONGEST_CHOICE:
        problem = gettext("“%(line)s” is too long: a tag has at most %(tag)s characters, a text %(text)s.")
        raise forms.ValidationError(
            problem % {"line": line[:LONGEST_CHOICE], "tag": LONGEST_TAG, "text": LONGEST_CHOICE}
        )
    # It would count in the Net Promoter Score, and a low one as a problem.
    if scores.score_of(tag) is not None:
        raise forms.ValidationError(gettext("The tag “%(tag)s” is that of a score. Choose another one.") % {"tag": tag})
