"""Form fields for what is stored as JSON, so that nobody has to write any: a comparison, translations, a theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from msgspec import ValidationError, convert
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from checkout_widgets.edge.offers import ComparisonValue
from checkout_widgets.edge.payloads import is_storable

MAX_ROWS = 20
SPARE_ROWS = 2
MAX_DEPTH = 10
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "nl": "Dutch",
    "pl": "Polish",
    "ar": "Arabic",
}
NEW = "new"
COLUMNS = ("What is compared", "In the cart", "Offered")


class FormInput(NamedTuple):
    """A field of a form, as a template draws it; a select where it has ``choices``."""

    name: str
    label: str
    value: str
    hint: str = ""
    max_length: int = 200
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def classes(self) -> str:
        """The admin theme's."""
        return " ".join(SELECT_CLASSES if self.choices else INPUT_CLASSES)


class Structured(forms.Widget):
    """A form widget of several inputs that read and write one JSON value."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Which inputs have to be filled in is the field's to say."""
        return False

    def id_for_label(self, id_: str) -> str:
        """No single input is what the label is for."""
        return ""


def text_of(data: Mapping[str, Any], name: str) -> str:
    """What was typed, without the spaces around it."""
    return str(data.get(name) or "").strip()


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def comparison_value(value: Any) -> ComparisonValue:
    """The comparison that is stored; an empty one where it can't be read."""
    try:
        return convert(value, ComparisonValue)
    except ValidationError:
        return ComparisonValue([])


class ComparisonWidget(Structured):
    """A table of three columns: what is compared, in the cart, offered. The first row is the columns' headings."""

    template_name = "admin/checkout_widgets/comparison.html"

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Row by row."""
        return (cell for row in self.rows(name, value) for cell in row)

    def rows(self, name: str, value: Any) -> list[list[FormInput]]:
        """The headings, what is filled in, and some empty rows."""
        stored = comparison_value(value)
        headings = stored.columns
        filled = [[row.label, *row.values] for row in stored.rows[:MAX_ROWS]]
        table = [
            [
                FormInput(f"{name}-{index}-{column}", f"{label}, row {index + 1}", text, max_length=80)
                for column, (label, text) in enumerate(zip(COLUMNS, row, strict=True))
            ]
            for index, row in enumerate(filled + [["", "", ""]] * min(SPARE_ROWS, MAX_ROWS - len(filled)))
        ]
        return [
            [
                FormInput(f"{name}-head-1", "Heading of what is in the cart", headings[0], "From the product", 80),
                FormInput(f"{name}-head-2", "Heading of what is offered", headings[1], "From the product", 80),
            ],
            *table,
        ]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the rows."""
        head, *rows = self.rows(name, value)
        return {**super().get_context(name, value, attrs), "head": head, "rows": rows}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed; empty rows are left out, and so is a table without rows and headings."""
        columns = [text_of(data, f"{name}-head-{column}") for column in (1, 2)]
        cells = [[text_of(data, f"{name}-{index}-{column}") for column in range(3)] for index in range(MAX_ROWS)]
        rows = [{"label": label, "values": values} for label, *values in cells if any((label, *values))]
        return {"columns": columns, "rows": rows} if rows or any(columns) else {}


class TranslationsWidget(Structured):
    """The texts in each language, and in one more that can be named; an empty text is the widget's own."""

    template_name = "admin/checkout_widgets/translations.html"

    def __init__(self, texts: Mapping[str, tuple[str, int]]) -> None:
        super().__init__()
        self.texts = texts
        self.comparison = ComparisonWidget()

    def locales(self, value: Any) -> dict[str, str]:
        """The locales with their names: the product's own languages, what there is besides, and a new one."""
        stored = {str(locale): str(locale) for locale in as_dict(value)}
        return (
            LANGUAGES
            | {locale: LANGUAGES.get(locale, name) for locale, name in stored.items()}
            | {NEW: "Another language"}
        )

    def text_inputs(self, name: str, texts: dict[str, Any]) -> list[FormInput]:
        """The texts of one locale."""
        return [
            FormInput(f"{name}-{text}", label, str(texts.get(text) or ""), max_length=length)
            for text, (label, length) in self.texts.items()
        ]

    def blocks(self, name: str, value: Any) -> list[dict[str, Any]]:
        """One part of the form for each locale."""
        return [
            {
                "locale": locale,
                "title": title,
                "is_filled": bool(as_dict(as_dict(value).get(locale))),
                "code": FormInput(f"{name}-code", "Code of the language", "", "it or de-AT", 35)
                if locale == NEW
                else None,
                "texts": self.text_inputs(f"{name}-{locale}", as_dict(as_dict(value).get(locale))),
                "comparison": f"{name}-{locale}-comparison",
                "comparison_value": as_dict(as_dict(value).get(locale)).get("comparison"),
            }
            for locale, title in self.locales(value).items()
        ]

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Locale by locale."""
        yield FormInput(f"{name}-locales", "", ",".join(self.locales(value)))
        for block in self.blocks(name, value):
            yield from [block["code"]] if block["code"] else []
            yield from block["texts"]
            yield from self.comparison.inputs(block["comparison"], block["comparison_value"])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the locales, each with its comparison drawn."""
        blocks = self.blocks(name, value)
        for block in blocks:
            block["table"] = self.comparison.render(block["comparison"], block["comparison_value"])
        locales = ",".join(self.locales(value))
        return {**super().get_context(name, value, attrs), "blocks": blocks, "locales": locales}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed, by locale; a locale without any text is left out."""
        locales = text_of(data, f"{name}-locales").split(",")[:100]
        value = {}
        for locale in filter(None, locales):
            texts: dict[str, Any] = {text: text_of(data, f"{name}-{locale}-{text}") for text in self.texts}
            texts["comparison"] = self.comparison.value_from_datadict(data, files, f"{name}-{locale}-comparison")
            code = text_of(data, f"{name}-code") if locale == NEW else locale
            filled = {text: typed for text, typed in texts.items() if typed}
            if filled:
                value[code] = filled
        return value


class ThemeWidget(Structured):
    """The settings of a widget's look, each empty where the standard look or the page's is fine."""

    template_name = "admin/checkout_widgets/theme.html"
    SCHEMES = (("", "As the page is"), ("light", "Light"), ("dark", "Dark"))
    SETTINGS = {
        "accent": ("Accept button", "#1a2230"),
        "on_accent": ("Text on the accept button", "#ffffff"),
        "surface": ("Background", "#ffffff"),
        "text": ("Text", "#1a2230"),
        "muted": ("Reason and small print", "#4a5466"),
        "saving": ("Saving", "#08705a"),
        "border": ("Border", "#dde1e9"),
        "radius": ("Roundness of corners", "12px"),
        "font": ("Font", "inherit for the page's"),
    }

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Setting by setting; what an API has set besides is kept as it is."""
        stored = as_dict(value)
        yield FormInput(f"{name}-scheme", "Colors", str(stored.get("scheme", "")), choices=self.SCHEMES)
        for setting, (label, hint) in self.SETTINGS.items():
            yield FormInput(f"{name}-{setting}", label, str(stored.get(setting, "")), hint, 80)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the inputs."""
        return {**super().get_context(name, value, attrs), "inputs": list(self.inputs(name, value))}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """What was typed."""
        typed = {setting: text_of(data, f"{name}-{setting}") for setting in ("scheme", *self.SETTINGS)}
        return {setting: text for setting, text in typed.items() if text}


class StructuredField(forms.Field):
    """A JSON value that a ``Structured`` widget writes."""

    def __init__(self, widget: Structured, *, label: str, help_text: str = "") -> None:
        super().__init__(required=False, widget=widget, label=label, help_text=help_text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the value is another one."""
        return bool((initial or {}) != (data or {}))

    def clean(self, value: Any) -> dict[str, Any]:
        """The value, where the database can keep it; raises ``ValidationError``."""
        if not is_storable(value, MAX_DEPTH):
            raise forms.ValidationError("Leave out the NUL character.")
        return as_dict(value)
