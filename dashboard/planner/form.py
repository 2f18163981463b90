"""What the planner asks. Everything but the moment and the metric may stay empty: the store's own figures stand in."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments import money
from experiments.models import AssignmentUnit, CountedValue, CustomMetric, Metric, Moment, Store
from experiments.models.custom_metric import PREFIX
from experiments.programme.moments import PlaybookMoment, expected_lift, playbook_moments, rows_of

METRICS = (Metric.RPV, Metric.AOV, Metric.CONVERSION)
MONEY = (Metric.RPV, Metric.AOV)
# Which of Offerlift's metrics a custom one is like, for everything but its figures.
LIKE = {
    CountedValue.REVENUE: Metric.RPV,
    CountedValue.UNITS: Metric.ORDERS_PER_VISITOR,
    CountedValue.BUYERS: Metric.CONVERSION,
}
USUAL_LIFT = 0.05  # where neither the member nor the playbook says what to look for
MOST_TREATMENTS = 5  # each takes visitors from all others: with more, a test rarely ends
MOST_TYPED = 10**9  # above any shop's figures, and small enough for the arithmetic not to overflow
CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
POWERS = (("0.8", "80%"), ("0.9", "90%"))
LOOKS = (("14", _("Every day")), ("1", _("Once, at the end")))
CUPED = (("on", _("Use the cart value")), ("off", _("Don't use it")))

Choices = list[tuple[str, str]]


def offers() -> list[tuple[str, Choices]]:
    """Return choices by moment: anything there, or what the playbook says can be offered."""
    choices = []
    for moment in Moment:
        choices.append((str(moment.label), offers_at(moment)))
    return choices


def offers_at(moment: Moment) -> Choices:
    """Return the choices of one moment."""
    anything = gettext("%(moment)s: any offer") % {"moment": moment.label}
    choices = [(moment.value, anything)]
    for row in rows_of(moment):
        name = f"{moment.label}: {row.name_text}"
        if not row.is_offer_in_name:
            name += f" ({row.offer_text})"
        choices.append((row.key, name))
    return choices


def metric_choices(store: Store) -> list[tuple[str, Any]]:
    """Return the metrics that a test can be planned for: Offerlift's, then the store's own."""
    choices: list[tuple[str, Any]] = [(metric.value, str(metric.label)) for metric in METRICS]
    own = []
    for metric in store.custom_metrics.active():
        own.append((metric.code, metric.name))
    if own:
        choices.append((gettext("Custom metrics"), own))
    return choices


def treatment_choices() -> Choices:
    """Return how many treatments a plan can have."""
    return [(str(number), str(number)) for number in range(1, MOST_TREATMENTS + 1)]


def percent_field(label: Any, help_text: Any = "", **limits: Any) -> forms.DecimalField:
    """Return a field for a percentage, which may stay empty."""
    widget = forms.NumberInput(attrs=CONTROL | {"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, help_text=help_text, required=False, widget=widget, **limits)


def amount_field(label: Any, help_text: Any = "", low: str = "0.0001") -> forms.DecimalField:
    """Return a field for a number above zero, which may stay empty."""
    return percent_field(label, help_text, min_value=Decimal(low), max_value=Decimal(MOST_TYPED))


class PlannerForm(forms.Form):
    """A plan's figures: percentages as people write them, money in the store's currency."""

    what = forms.ChoiceField(label=_("Moment and offer"), widget=forms.Select(attrs=SELECT))
    metric = forms.ChoiceField(
        label=_("Metric"),
        widget=forms.Select(attrs=SELECT),
    )
    mde = percent_field(
        _("Minimum detectable effect (%)"),
        _("The smallest lift that the test should find. Leave empty to use the playbook's."),
        min_value=Decimal("0.1"),
        max_value=Decimal(200),
    )
    treatments = forms.TypedChoiceField(
        label=_("Number of treatments"), coerce=int, choices=treatment_choices, widget=forms.Select(attrs=SELECT)
    )
    traffic = percent_field(
        _("Traffic share (%)"), _("Leave empty for all visitors."), min_value=Decimal("0.1"), max_value=Decimal(100)
    )
    cuped = forms.ChoiceField(label=_("Variance reduction (CUPED)"), choices=CUPED, widget=forms.Select(attrs=SELECT))
    power = forms.TypedChoiceField(
        label=_("Statistical power"), coerce=float, choices=POWERS, widget=forms.Select(attrs=SELECT)
    )
    looks = forms.TypedChoiceField(
        label=_("Planned looks"), coerce=int, choices=LOOKS, widget=forms.Select(attrs=SELECT)
    )
    mean = amount_field(
        _("Current value"),
        _("Revenue per visitor or average order value in the store's currency; shares of visitors in percent."),
    )
    sd = amount_field(
        _("Standard deviation"), _("How much single visitors or orders vary. Not needed for shares of visitors.")
    )
    visitors = amount_field(_("Visitors per day at this moment"), low="1")
    orders = percent_field(
        _("Visitors who order (%)"),
        _("Needed for average order value."),
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store
        self.fields["what"].choices = offers()  # type: ignore[attr-defined]
        self.fields["metric"].choices = metric_choices(store)  # type: ignore[attr-defined]

    def clean_mean(self) -> Decimal | None:
        """Return the value. Raises ``ValidationError`` for a conversion of 100% and more."""
        mean: Decimal | None = self.cleaned_data["mean"]
        # A metric that doesn't exist has its own error.
        if mean is not None and mean >= 100 and "metric" in self.cleaned_data and self.is_share:
            raise forms.ValidationError(gettext("A share of visitors must be below 100%."))
        return mean

    def show_measured(self, values: Mapping[str, str]) -> None:
        """Write into empty fields what stands in for them."""
        for name, value in values.items():
            self.fields[name].widget.attrs["placeholder"] = value

    @cached_property
    def custom_metric(self) -> CustomMetric | None:
        """The store's own metric that was chosen; None where one of Offerlift's was."""
        chosen = self.cleaned_data["metric"]
        if chosen in METRICS:
            return None
        key = chosen.removeprefix(PREFIX)
        return self.store.custom_metrics.active().select_related("store").filter(key=key).first()

    @property
    def metric_chosen(self) -> Metric:
        """The metric to plan for, or the one that the chosen custom metric is like."""
        if self.custom_metric is not None:
            return LIKE[CountedValue(self.custom_metric.counted)]
        return Metric(self.cleaned_data["metric"])

    @property
    def metric_name(self) -> str:
        """What pages call the metric."""
        if self.custom_metric is not None:
            return self.custom_metric.name
        return str(self.metric_chosen.label)

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share of visitors, whose value says its spread."""
        return self.metric_chosen == Metric.CONVERSION

    @property
    def is_money(self) -> bool:
        """Whether the metric is in money."""
        return self.metric_chosen in MONEY

    @property
    def idea(self) -> PlaybookMoment | None:
        """The row of the playbook that was chosen; None where any offer at the moment is meant."""
        chosen = self.cleaned_data["what"]
        for row in playbook_moments():
            if row.key == chosen:
                return row
        return None

    @property
    def moment(self) -> Moment:
        """The moment to plan for."""
        if self.idea:
            return self.idea.moment
        return Moment(self.cleaned_data["what"])

    @property
    def unit(self) -> AssignmentUnit:
        """Whom a test there assigns: customers in messages; visitors also where no moment was chosen."""
        if "what" in self.cleaned_data and self.moment == Moment.FOLLOW_UP:
            return AssignmentUnit.CUSTOMER
        return AssignmentUnit.VISITOR

    @property
    def expected(self) -> tuple[float, float]:
        """The lifts of order value that the playbook expects there, lowest and highest."""
        if self.idea:
            return self.idea.lift_low, self.idea.lift_high
        return expected_lift(self.moment)

    @property
    def lift(self) -> float:
        """The smallest lift worth finding: as typed; else, for money, the middle of what the playbook expects."""
        typed = self.share("mde")
        if typed is not None:
            return typed
        if self.is_money and self.custom_metric is None:
            return sum(self.expected) / 2
        return USUAL_LIFT  # the playbook's lifts are of order value and say nothing about anything else

    def share(self, name: str) -> float | None:
        """Return a percentage as a fraction; ``None`` where nothing was typed."""
        value = self.cleaned_data[name]
        if value is None:
            return None
        return float(value) / 100

    def in_unit(self, name: str) -> float | None:
        """Return a typed value in minor units of money or as a fraction; ``None`` where nothing was typed."""
        value = self.cleaned_data[name]
        if value is None:
            return None
        if self.is_money:
            return float(value.scaleb(money.decimals(self.store.currency)))
        if self.is_share:
            return float(value) / 100
        return float(value)
