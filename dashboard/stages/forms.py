"""The days by which stages begin: a row for each category, and one for all others."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.categories import categories_of
from journeys.models import StageSettings
from journeys.stages import FIELDS, LONGEST_DAYS, OTHERS, USUAL, BadThresholds, thresholds_of

LONGEST_ARRIVAL = 90
# A form has at most 1,000 fields (Django's limit), and nobody fills in more rows.
MOST_CATEGORIES = 100
LABELS = {
    "usage": _("Usage from day"),
    "care": _("Care from day"),
    "renewal": _("Renewal from day"),
    "renewal_before_end": _("Days before the contract ends"),
    "lasts": _("One unit lasts (days)"),
}


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A row of the page: a category, and its fields."""

    number: int
    category: str
    cells: list[forms.BoundField]
    errors: list[str]

    @property
    def labelled(self) -> list[tuple[forms.BoundField, Any]]:
        """The fields with the titles of their columns."""
        return list(zip(self.cells, LABELS.values(), strict=True))

    @property
    def is_others(self) -> bool:
        """Whether it is the row of all products without days of their own."""
        return self.category == OTHERS


class StagesForm(forms.Form):
    """Whether a store has stages, and their days. An empty field is as the row of all others has it."""

    is_on = forms.BooleanField(
        label=_("Calculate stages"),
        required=False,
        help_text=_(
            "From orders, parcels, and contracts. If you turn this off, the stages of all customers are deleted."
        ),
    )
    arrival_days = forms.IntegerField(
        label=_("Days from order to arrival"),
        min_value=1,
        max_value=LONGEST_ARRIVAL,
        help_text=_("For orders without a tracked parcel."),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stored: StageSettings) -> None:
        super().__init__(data, initial={"is_on": stored.is_on, "arrival_days": stored.arrival_days})
        self.stored: StageSettings = stored
        self.categories: list[str] = categories_on_page(stored)
        usual = asdict(USUAL)
        for number, category in enumerate(self.categories):
            given = stored.thresholds.get(category, {})
            for name in FIELDS:
                self.fields[f"{number}-{name}"] = days_field(name, category, given.get(name), usual[name])
            if category == OTHERS:
                usual |= given

    def rows(self) -> Iterator[CategoryRow]:
        """Yield the rows of the page."""
        for number, category in enumerate(self.categories):
            bound = [self[f"{number}-{name}"] for name in FIELDS]
            errors: list[str] = []
            for field in bound:
                errors.extend(map(str, field.errors))
            yield CategoryRow(number, category, bound, errors)

    def clean(self) -> dict[str, Any]:
        """Put the days together, each row checked. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        thresholds = {}
        for number, category in enumerate(self.categories):
            days = self.days_of(number)
            if days:
                thresholds[category] = days
        values["thresholds"] = self.beyond_page() | thresholds
        self.check(values["thresholds"])
        return values

    def beyond_page(self) -> dict[str, dict[str, int]]:
        """Return what categories keep that have no row on the page."""
        kept = {}
        for category, days in self.stored.thresholds.items():
            if category not in self.categories:
                kept[category] = days
        return kept

    def days_of(self, number: int) -> dict[str, int]:
        """Return what was typed into a row."""
        days = {}
        for name in FIELDS:
            typed = self.cleaned_data.get(f"{number}-{name}")
            if typed is not None:
                days[name] = typed
        return days

    def check(self, thresholds: Mapping[str, dict[str, int]]) -> None:
        """Add an error to each row whose stages don't begin one after the other."""
        text = gettext(
            "Usage, care, and renewal must begin one after the other. If you leave a field empty, the gray number "
            "is used."
        )
        try:
            others = thresholds_of(USUAL, thresholds.get(OTHERS, {}))
        except BadThresholds:
            self.add_error("0-usage", text)
            return
        for category, days in thresholds.items():
            try:
                thresholds_of(others, days)
            except BadThresholds:
                self.add_error(self.field_of(category), text)

    def field_of(self, category: str) -> str:
        """Return the first field of a category's row; of all others where it has none."""
        if category in self.categories:
            return f"{self.categories.index(category)}-usage"
        return "0-usage"

    def apply_to(self, stored: StageSettings) -> None:
        """Set what was typed; not saved here."""
        stored.is_on = self.cleaned_data["is_on"]
        stored.arrival_days = self.cleaned_data["arrival_days"]
        stored.thresholds = self.cleaned_data["thresholds"]


def categories_on_page(stored: StageSettings) -> list[str]:
    """Return the row of all others, then the categories that have days of their own, then those with most products."""
    own = sorted(set(stored.thresholds) - {OTHERS})
    counts = categories_of(stored.store)
    largest = sorted(counts, key=lambda category: (-counts[category], category))
    others = [category for category in largest if category not in own]
    return [OTHERS, *own, *others][: MOST_CATEGORIES + 1]


def days_field(name: str, category: str, value: int | None, usual: int | None) -> forms.IntegerField:
    """Return the field of a row, named for people who don't see the table; empty it shows what counts instead."""
    whose = category or gettext("All other products")
    return forms.IntegerField(
        label=gettext("%(days)s, %(category)s") % {"days": LABELS[name], "category": whose},
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=value,
        widget=forms.NumberInput(attrs={"class": "form-control", "placeholder": usual or ""}),
    )
