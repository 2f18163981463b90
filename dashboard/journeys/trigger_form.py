"""What begins a journey's runs, for whom, and what ends them. Amounts are typed in the store's currency, times by its
clock."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.journeys.typed_lists import as_lines, lines_of, numbers_by_name
from experiments import money
from experiments.admin.money_form import LARGEST_AMOUNT, too_many_decimals
from experiments.models import Store
from experiments.models.years import validate_year
from journeys.models import Journey, JourneyExit, JourneyVersion, Trigger
from journeys.stages import Stage
from journeys.triggers.options import BadOptions, read_options

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
DAYS_BY_TRIGGER = {Trigger.RUNS_OUT: "days", Trigger.CONTRACT_ENDS: "days_before"}
TIER, DAYS_WITHOUT_ORDER, AT_STAGE = "tier", "days_without_order", "stage"
AMOUNTS = ("spent", "within", "least_spent")


def number(label: Any, most: int, **more: Any) -> forms.IntegerField:
    """Return a field for a whole number that may be left out."""
    widget = forms.NumberInput(attrs=CONTROL)
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most, widget=widget, **more)


def amount(label: Any, **more: Any) -> forms.DecimalField:
    """Return a field for an amount that may be left out."""
    widget = forms.NumberInput(attrs=CONTROL | {"step": "any"})
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=LARGEST_AMOUNT, widget=widget, **more
    )


def lines(label: Any, longest: int, **more: Any) -> forms.CharField:
    """Return a field for texts, one a line."""
    widget = forms.Textarea(attrs=CONTROL | {"rows": 2})
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget, **more)


class TriggerForm(forms.Form):
    """What begins a run, and what ends it. Fields of other triggers than the chosen one are left out."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=CONTROL))
    trigger = forms.ChoiceField(label=_("Starts when"), choices=Trigger.choices, widget=forms.Select(attrs=SELECT))
    days = number(_("Days"), 730)
    category_days = lines(
        _("Days by category"), 4_000, help_text=_("One category per line, such as “Coffee: 30”. All others as above.")
    )
    from_orders = forms.BooleanField(
        label=_("Count the days in our orders"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        help_text=_(
            "Where enough customers have bought a product again, its own days count. For all others, the days above do."
        ),
    )
    reached = forms.ChoiceField(
        label=_("Milestone"),
        required=False,
        choices=[
            (DAYS_WITHOUT_ORDER, _("Days without an order")),
            (TIER, _("Close to a tier of spending")),
            (AT_STAGE, _("A stage")),
        ],
        widget=forms.Select(attrs=SELECT),
    )
    stage = forms.ChoiceField(
        label=_("Stage"),
        required=False,
        choices=[choice for choice in Stage.choices if choice[0] != Stage.WAITING],
        widget=forms.Select(attrs=SELECT),
    )
    spent = amount(_("Tier"), help_text=_("What a customer has to spend within a year."))
    within = amount(_("Distance to the tier"), help_text=_("How much is left to spend at most."))
    at = forms.DateTimeField(
        label=_("Day of the campaign"),
        required=False,
        validators=[validate_year],
        widget=forms.DateTimeInput(attrs=CONTROL | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ordered_within_days = number(_("Ordered within days"), 730)
    not_ordered_for_days = number(_("Not ordered for days"), 730)
    least_orders = number(_("Minimum number of orders"), 1_000)
    least_spent = amount(_("Minimum spent"))
    countries = lines(
        _("Countries"), 1_000, help_text=_("Codes such as DE, one per line. Leave it empty for all countries.")
    )
    answers = lines(
        _("Answers"), 4_000, help_text=_("Tags of answers to questions, one per line. Leave it empty for any answer.")
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages"),
        required=False,
        choices=Stage.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave it empty for customers at any stage."),
    )
    skus = lines(_("SKUs"), 20_000, help_text=_("One per line. Leave it empty for orders of all products."))
    categories = lines(_("Categories"), 4_000, help_text=_("One per line."))
    exits = forms.MultipleChoiceField(
        label=_("Leave the journey when"), required=False, choices=JourneyExit.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, data: Any, *, journey: Journey, version: JourneyVersion) -> None:
        super().__init__(data, initial=initial_of(journey, version))
        self.store = journey.store
        self.fields["at"].help_text = gettext(
            "Times are in %(zone)s. The audience is fixed at this time; nobody is added later."
        ) % {"zone": journey.store.timezone}
        for name in AMOUNTS:
            self.fields[name].label = f"{self.fields[name].label} ({journey.store.currency})"

    def clean_category_days(self) -> dict[str, int]:
        """Return the days by category. Raises ``ValidationError``."""
        try:
            return numbers_by_name(self.cleaned_data["category_days"])
        except ValueError as error:
            raise forms.ValidationError(gettext("Write each line like “Coffee: 30”.")) from error

    def clean(self) -> dict[str, Any]:
        """Put the trigger's options together. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in AMOUNTS:
            self.clean_amount(name)
        if values.get("at"):
            # typed by the store's clock, and read by Django as that of the installation
            values["at"] = timezone.make_naive(values["at"]).replace(tzinfo=self.store.zone)
        if self.errors:
            return values
        options = options_of(values)
        try:
            read_options(values["trigger"], options)
        except BadOptions as error:
            text = gettext("The trigger isn't complete: %(error)s") % {"error": error}
            raise forms.ValidationError(text) from error
        values["options"] = options
        return values

    def clean_amount(self, name: str) -> None:
        """Turn an amount into minor units; too many decimals are the field's error."""
        typed, currency = self.cleaned_data.get(name), self.store.currency
        if typed is None:
            return
        minor = money.to_minor(typed, currency)
        if money.to_major(minor, currency) != typed:
            self.add_error(name, too_many_decimals(currency))
        else:
            self.cleaned_data[name] = minor

    def apply_to(self, version: JourneyVersion) -> None:
        """Set what was typed on the version; not saved here."""
        values = self.cleaned_data
        version.trigger, version.trigger_options = values["trigger"], values["options"]
        version.skus, version.categories = lines_of(values["skus"]), lines_of(values["categories"])
        version.exits = values["exits"]


def initial_of(journey: Journey, version: JourneyVersion) -> dict[str, Any]:
    """Return what the trigger's form begins with."""
    options, store = version.trigger_options, journey.store
    audience = options.get("audience", {})
    return {
        "name": journey.name,
        "trigger": version.trigger,
        "days": options.get("days") or options.get("days_before"),
        "category_days": as_lines(options.get("category_days", {})),
        "from_orders": options.get("from_orders", False),
        "reached": options.get("kind", DAYS_WITHOUT_ORDER),
        "stage": options.get("stage", Stage.CARE),
        "spent": typed_amount(options.get("spent_minor"), store),
        "within": typed_amount(options.get("within_minor"), store),
        "at": typed_time(options.get("at"), store),
        "ordered_within_days": audience.get("ordered_within_days"),
        "not_ordered_for_days": audience.get("not_ordered_for_days"),
        "least_orders": audience.get("least_orders"),
        "least_spent": typed_amount(audience.get("least_spent_minor"), store),
        "countries": "\n".join(audience.get("countries", [])),
        "answers": "\n".join(audience.get("answers", [])),
        "stages": audience.get("stages", []),
        "skus": "\n".join(version.skus),
        "categories": "\n".join(version.categories),
        "exits": version.exits,
    }


def typed_amount(minor: int | None, store: Store) -> Decimal | None:
    """Return an amount as somebody would type it."""
    if minor is None:
        return None
    return money.to_major(minor, store.currency)


def typed_time(stored: str | None, store: Store) -> str:
    """Return a time as the store's clock has it, as a browser's field takes it."""
    if not stored:
        return ""
    return datetime.fromisoformat(stored).astimezone(store.zone).strftime("%Y-%m-%dT%H:%M")


def options_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the chosen trigger from what was typed."""
    trigger, days = values["trigger"], values["days"]
    options: dict[str, Any] = {}
    if trigger == Trigger.RUNS_OUT and values["category_days"]:
        options["category_days"] = values["category_days"]
    if trigger == Trigger.RUNS_OUT and values["from_orders"]:
        options["from_orders"] = True
    if trigger in DAYS_BY_TRIGGER and days:
        options[DAYS_BY_TRIGGER[trigger]] = days
    if trigger == Trigger.ON_A_DAY:
        options["audience"] = audience_of(values)
        if values["at"]:
            options["at"] = values["at"].isoformat()
    if trigger == Trigger.REACHED and values["reached"] == TIER:
        options |= {"kind": TIER, "spent_minor": values["spent"] or 0, "within_minor": values["within"] or 0}
    elif trigger == Trigger.REACHED and values["reached"] == AT_STAGE:
        options |= {"kind": AT_STAGE, "stage": values["stage"]}
    elif trigger == Trigger.REACHED:
        options |= {"kind": DAYS_WITHOUT_ORDER, "days": days or 0}
    return options


def audience_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule of a campaign's audience: what was left out asks for nothing."""
    asked: dict[str, Any] = {
        "ordered_within_days": values["ordered_within_days"],
        "not_ordered_for_days": values["not_ordered_for_days"],
        "least_orders": values["least_orders"],
        "least_spent_minor": values["least_spent"],
        "countries": lines_of(values["countries"].upper()),
        "answers": lines_of(values["answers"]),
        "stages": values["stages"],
    }
    rule: dict[str, Any] = {}
    for name, value in asked.items():
        if value:
            rule[name] = value
    return rule
