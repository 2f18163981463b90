"""Form fields for what is stored as JSON, so that nobody has to write any: a comparison, a theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import ValidationError, convert
from unfold.widgets import INPUT_CLASSES, SELECT_CLASSES

from checkout_widgets.edge.body_reading import is_storable
from checkout_widgets.edge.offers import ComparisonValue

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_ROWS = 20  # of a comparison; a shopper reads fewer
SPARE_ROWS = 2  # empty ones below what is filled in
MAX_DEPTH = 10  # of the JSON that is stored: deeper than any of these fields writes
CELL_LENGTH = 80
SETTING_LENGTH = 80
COLUMNS = (gettext_lazy("What is compared"), gettext_lazy("In the cart"), gettext_lazy("Offered"))


class FormInput(NamedTuple):
    """A field of a form, as a template draws it; a select where it has ``choices``.

    ``hint`` stands in the empty field in words, ``example`` as what one would type in every language.
    """

    name: str
    label: StrOrPromise
    value: str
    hint: StrOrPromise = ""
    max_length: int = 200
    choices: tuple[tuple[str, StrOrPromise], ...] = ()
    example: str = ""

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
    """The value if it is an object, else an empty one: the column is JSON, which an API or SQL may have filled."""
    if not isinstance(value, dict):
        return {}
    return value


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
        """Row by row, the headings first."""
        stored = comparison_value(value)
        yield from self.headings(name, stored)
        for row in self.rows(name, stored):
            yield from row

    def headings(self, name: str, stored: ComparisonValue) -> list[FormInput]:
        """The inputs for the two columns' headings."""
        in_cart, offered = stored.columns
        hint = _("From the product")
        return [
            FormInput(f"{name}-head-1", _("Heading of the product in the cart"), in_cart, hint, CELL_LENGTH),
            FormInput(f"{name}-head-2", _("Heading of the offered product"), offered, hint, CELL_LENGTH),
        ]

    def rows(self, name: str, stored: ComparisonValue) -> list[list[FormInput]]:
        """The inputs for what is filled in, and for some empty rows."""
        filled = [(row.label, *row.values) for row in stored.rows[:MAX_ROWS]]
        spare = min(SPARE_ROWS, MAX_ROWS - len(filled))
        table = [*filled, *[("", "", "")] * spare]
        return [self.row(f"{name}-{index}", index + 1, texts) for index, texts in enumerate(table)]

    def row(self, name: str, number: int, texts: tuple[str, str, str]) -> list[FormInput]:
        """The inputs for one row; ``number`` is what its labels call it."""
        inputs = []
        for column, (heading, text) in enumerate(zip(COLUMNS, texts, strict=True)):
            label = _("{column}, row {number}").format(column=heading, number=number)
            inputs.append(FormInput(f"{name}-{column}", label, text, max_length=CELL_LENGTH))
        return inputs

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the rows."""
        stored = comparison_value(value)
        table = {"head": self.headings(name, stored), "rows": self.rows(name, stored)}
        return {**super().get_context(name, value, attrs), **table}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """What was typed; empty rows are left out, and so is a table without rows and headings."""
        columns = [text_of(data, f"{name}-head-1"), text_of(data, f"{name}-head-2")]
        rows = []
        for index in range(MAX_ROWS):
            label, *values = (text_of(data, f"{name}-{index}-{column}") for column in range(len(COLUMNS)))
            if label or any(values):
                rows.append({"label": label, "values": values})
        if not rows and not any(columns):
            return {}
        return {"columns": columns, "rows": rows}


class ThemeWidget(Structured):
    """The settings of a widget's look, each empty where the standard look or the page's is fine."""

    template_name = "admin/checkout_widgets/theme.html"
    SCHEMES = (
        ("", gettext_lazy("Same as the page")),
        ("light", gettext_lazy("Light")),
        ("dark", gettext_lazy("Dark")),
    )
    SETTINGS: ClassVar[dict[str, tuple[StrOrPromise, str]]] = {
        "accent": (gettext_lazy("Accept button"), "#1a2230"),
        "on_accent": (gettext_lazy("Text on the accept button"), "#ffffff"),
        "surface": (gettext_lazy("Background"), "#ffffff"),
        "text": (gettext_lazy("Text"), "#1a2230"),
        "muted": (gettext_lazy("Reason and small print"), "#4a5466"),
        "saving": (gettext_lazy("Saving"), "#08705a"),
        "border": (gettext_lazy("Border"), "#dde1e9"),
        "radius": (gettext_lazy("Corner radius"), "12px"),
        "font": (gettext_lazy("Font (inherit uses the page's font)"), "inherit"),
    }

    def inputs(self, name: str, value: Any) -> Iterator[FormInput]:
        """Setting by setting; what an API has set besides is kept as it is."""
        stored = as_dict(value)
        yield FormInput(f"{name}-scheme", _("Colors"), str(stored.get("scheme", "")), choices=self.SCHEMES)
        for setting, (label, example) in self.SETTINGS.items():
            typed = str(stored.get(setting, ""))
            yield FormInput(f"{name}-{setting}", label, typed, max_length=SETTING_LENGTH, example=example)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the inputs."""
        return {**super().get_context(name, value, attrs), "inputs": list(self.inputs(name, value))}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """What was typed."""
        theme = {}
        for setting in ("scheme", *self.SETTINGS):
            typed = text_of(data, f"{name}-{setting}")
            if typed:
                theme[setting] = typed
        return theme


class StructuredField(forms.Field):
    """A JSON value that a ``Structured`` widget writes."""

    def __init__(self, widget: Structured, *, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(required=False, widget=widget, label=label, help_text=help_text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the value is another one."""
        return bool((initial or {}) != (data or {}))

    def clean(self, value: Any) -> dict[str, Any]:
        """The value, where the database can keep it; raises ``ValidationError``."""
        if not is_storable(value, MAX_DEPTH):
            raise forms.ValidationError(_("The text has a NUL character, which can't be stored. Remove it."))
        return as_dict(value)
