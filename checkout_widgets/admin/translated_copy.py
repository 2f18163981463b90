"""Form fields for a widget's texts in several languages, and on phones, which are stored as JSON by locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.admin.structured import ComparisonWidget, FormInput, Structured, as_dict, text_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LOCALES = 100
LANGUAGES = {
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
    "fr": gettext_lazy("French"),
    "es": gettext_lazy("Spanish"),
    "nl": gettext_lazy("Dutch"),
    "pl": gettext_lazy("Polish"),
    "ar": gettext_lazy("Arabic"),
}
NEW = "new"
OWN = "own"


class LanguageBlock(NamedTuple):
    """The part of the form for one locale. ``code`` is the input that names a new one."""

    locale: str
    title: StrOrPromise
    code: FormInput | None
    texts: list[FormInput]
    comparison: str
    comparison_value: Any
    is_filled: bool


class TranslationsWidget(Structured):
    """The texts in each language, and in one more that can be named; an empty text is the widget's own."""

    template_name = "admin/checkout_widgets/translations.html"

    def __init__(self, texts: Mapping[str, tuple[StrOrPromise, int]]) -> None:
        super().__init__()
        self.texts = texts
        self.comparison = ComparisonWidget()

    def locales(self, value: Any) -> dict[str, StrOrPromise]:
        """The locales with their names: the product's own languages, what there is besides, and a new one."""
        names: dict[str, StrOrPromise] = dict(LANGUAGES)
        for locale in as_dict(value):
            names.setdefault(str(locale), str(locale))
        names[NEW] = _("Another language")
        return names

    def text_inputs(self, name: str, texts: dict[str, Any]) -> list[FormInput]:
        """The texts of one locale."""
        inputs = []
        for text, (label, length) in self.texts.items():
            inputs.append(FormInput(f"{name}-{text}", label, str(texts.get(text) or ""), max_length=length))
        return inputs

    def blocks(self, name: str, value: Any) -> list[LanguageBlock]:
        """One part of the form for each locale."""
        translations = as_dict(value)
        return [
            self.block(name, locale, title, as_dict(translations.get(locale)))
            for locale, title in self.locales(value).items()
        ]

    def block(self, name: str, locale: str, title: StrOrPromise, texts: dict[str, Any]) -> LanguageBlock:
        """The part of the form for one locale."""
        code = None
        if locale == NEW:
            code = FormInput(f"{name}-code", _("Language code"), "", _("it or de-AT"), 35)
        return LanguageBlock(
            locale=locale,
            title=title,
            code=code,
            texts=self.text_inputs(f"{name}-{locale}", texts),
            comparison=f"{name}-{locale}-comparison",
            comparison_value=texts.get("comparison"),
            is_filled=bool(texts),
        )

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Locale by locale."""
        yield FormInput(f"{name}-locales", "", ",".join(self.locales(value)))
        for block in self.blocks(name, value):
            if block.code:
                yield block.code
            yield from block.texts
            yield from self.comparison.inputs(block.comparison, block.comparison_value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the locales, each with its comparison drawn."""
        blocks = []
        for block in self.blocks(name, value):
            table = self.comparison.render(block.comparison, block.comparison_value)
            blocks.append({**block._asdict(), "table": table})
        locales = ",".join(self.locales(value))
        return {**super().get_context(name, value, attrs), "blocks": blocks, "locales": locales}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed, by locale; a locale without any text is left out."""
        value = {}
        for locale in text_of(data, f"{name}-locales").split(",")[:MAX_LOCALES]:
            texts = self.typed_texts(data, files, f"{name}-{locale}")
            code = text_of(data, f"{name}-code") if locale == NEW else locale
            if locale and texts:
                value[code] = texts
        return value

    def typed_texts(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed for one locale, without the texts that are empty there."""
        texts: dict[str, Any] = {}
        for text in self.texts:
            typed = text_of(data, f"{name}-{text}")
            if typed:
                texts[text] = typed
        comparison = self.comparison.value_from_datadict(data, files, f"{name}-comparison")
        if comparison:
            texts["comparison"] = comparison
        return texts


class PhoneCopyWidget(TranslationsWidget):
    """The texts on phones, in the widget's own language and in others; an empty text is the same as elsewhere."""

    template_name = "admin/checkout_widgets/phone_copy.html"

    def locales(self, value: Any) -> dict[str, StrOrPromise]:
        """The locales with their names, the widget's own first: inputs have a name for that, where JSON has none."""
        names: dict[str, StrOrPromise] = {OWN: _("All languages without texts of their own"), **LANGUAGES}
        for locale in as_dict(value):
            if locale:
                names.setdefault(str(locale), str(locale))
        return names

    def blocks(self, name: str, value: Any) -> list[LanguageBlock]:
        """One part of the form for each locale."""
        stored = as_dict(value)
        found = []
        for locale, title in self.locales(value).items():
            texts = as_dict(stored.get(key_of(locale)))
            found.append(self.block(name, locale, title, texts))
        return found

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Locale by locale."""
        yield FormInput(f"{name}-locales", "", ",".join(self.locales(value)))
        for block in self.blocks(name, value):
            yield from block.texts

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed, by locale; a locale without any text is left out."""
        value = {}
        for locale in text_of(data, f"{name}-locales").split(",")[:MAX_LOCALES]:
            texts = self.typed_texts(data, files, f"{name}-{locale}")
            if locale and texts:
                value[key_of(locale)] = texts
        return value


def key_of(locale: str) -> str:
    """Return what words for phones are stored by: those of the widget's own language by the empty text."""
    if locale == OWN:
        return ""
    return locale
