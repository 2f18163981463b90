"""What the planner asks. Everything but the moment and the metric may stay empty: the store's own figures stand in."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django import forms

from experiments import money
from experiments.models import Metric, Moment, Store
from experiments.programme.moments import PlaybookMoment, playbook_moments, rows_of

METRICS = (Metric.RPV, Metric.AOV, Metric.CONVERSION)
MONEY = (Metric.RPV, Metric.AOV)
USUAL_LIFT = 0.05
CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
POWERS = (("0.8", "80%"), ("0.9", "90%"))
LOOKS = (("14", "Daily, by the plan's bounds"), ("1", "Once, at the end"))
CUPED = (("on", "Yes, where it is known"), ("off", "No"))


@cache
def offers() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by moment: anything there, or what the playbook says can be offered."""
    return [
        (
            str(moment.label),
            [(moment.value, f"{moment.label}: anything")]
            + [(row.key, f"{moment.label}: {row.offer} ({row.name.lower()})") for row in rows_of(moment)],
        )
        for moment in Moment
    ]


def percent_field(label: str, help_text: str = "", **limits: Any) -> forms.DecimalField:
    """A percentage, which may stay empty."""
    widget = forms.NumberInput(attrs=CONTROL | {"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, help_text=help_text, required=False, widget=widget, **limits)


def amount_field(label: str, help_text: str = "", low: str = "0.0001") -> forms.DecimalField:
    """A number above zero, which may stay empty."""
    return percent_field(label, help_text, min_value=Decimal(low), max_value=Decimal(10**9))


class PlannerForm(forms.Form):
    """A plan's figures: percentages as people write them, money in the store's currency."""

    what = forms.ChoiceField(label="Moment and offer", widget=forms.Select(attrs=SELECT))
    metric = forms.ChoiceField(
        label="Metric", choices=[(one.value, one.label) for one in METRICS], widget=forms.Select(attrs=SELECT)
    )
    mde = percent_field(
        "Smallest lift worth finding, %",
        "Empty: what the playbook expects.",
        min_value=Decimal("0.1"),
        max_value=Decimal(200),
    )
    treatments = forms.TypedChoiceField(
        label="Treatments beside control",
        coerce=int,
        choices=[(str(number), str(number)) for number in range(1, 6)],
        widget=forms.Select(attrs=SELECT),
    )
    traffic = percent_field(
        "Traffic that takes part, %", "Empty: all of it.", min_value=Decimal("0.1"), max_value=Decimal(100)
    )
    cuped = forms.ChoiceField(label="Use the cart's value", choices=CUPED, widget=forms.Select(attrs=SELECT))
    power = forms.TypedChoiceField(
        label="Chance to find it", coerce=float, choices=POWERS, widget=forms.Select(attrs=SELECT)
    )
    looks = forms.TypedChoiceField(label="Looks", coerce=int, choices=LOOKS, widget=forms.Select(attrs=SELECT))
    mean = amount_field("Value now", "Revenue per visitor or order value in the store's currency; conversion in %.")
    sd = amount_field("Standard deviation", "How far single visitors (or orders) are from it. Not for conversion.")
    visitors = amount_field("Visitors a day at this moment", low="1")
    orders = percent_field(
        "Visitors who order, %", "Needed for order value.", min_value=Decimal("0.01"), max_value=Decimal(100)
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        self.fields["what"].choices = offers()  # type: ignore[attr-defined]

    def clean_mean(self) -> Decimal | None:
        """A conversion is below 100%."""
        mean: Decimal | None = self.cleaned_data["mean"]
        if mean is not None and mean >= 100 and self.cleaned_data.get("metric") == Metric.CONVERSION:
            raise forms.ValidationError("A conversion is below 100%.")
        return mean

    def show_measured(self, values: Mapping[str, str]) -> None:
        """Write into empty fields what stands in for them."""
        for name, value in values.items():
            self.fields[name].widget.attrs["placeholder"] = value

    @property
    def metric_chosen(self) -> Metric:
        """The metric to plan for."""
        return Metric(self.cleaned_data["metric"])

    @property
    def idea(self) -> PlaybookMoment | None:
        """The row of the playbook that was chosen; None where it is anything at the moment."""
        return next((row for row in playbook_moments() if row.key == self.cleaned_data["what"]), None)

    @property
    def moment(self) -> Moment:
        """The moment to plan for."""
        return self.idea.moment if self.idea else Moment(self.cleaned_data["what"])

    @property
    def expected(self) -> tuple[float, float]:
        """The lifts of order value that the playbook expects there, lowest and highest."""
        rows = [self.idea] if self.idea else rows_of(self.moment)
        return min(row.lift_low for row in rows), max(row.lift_high for row in rows)

    @property
    def lift(self) -> float:
        """The smallest lift worth finding: as typed; else, for money, the middle of what the playbook expects."""
        typed = self.share("mde")
        if typed is not None:
            return typed
        return sum(self.expected) / 2 if self.metric_chosen in MONEY else USUAL_LIFT

    def share(self, name: str) -> float | None:
        """A percentage as a fraction."""
        value = self.cleaned_data[name]
        return None if value is None else float(value) / 100

    def in_unit(self, name: str) -> float | None:
        """A typed value in the metric's unit: minor units of money, or a fraction."""
        value = self.cleaned_data[name]
        if value is None:
            return None
        if self.metric_chosen in MONEY:
            return float(value.scaleb(money.decimals(self.store.currency)))
        return float(value) / 100
