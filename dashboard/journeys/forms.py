"""What is asked for a journey: its trigger, whom it is for, and each step with its message."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.models import Store
from journeys.checks.conditions import BadCondition, ConditionKind, validate_condition
from journeys.life.templates import JourneyTemplate
from journeys.models import Journey, JourneyExit, JourneyStep, JourneyVersion, Trigger
from journeys.triggers.options import BadOptions, read_options

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
DAYS_BY_TRIGGER = {
    Trigger.RUNS_OUT: "days",
    Trigger.CONTRACT_ENDS: "days_before",
}


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that aren't empty."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line]


def numbers_by_name(text: str) -> dict[str, int]:
    """Return what lines such as ``Coffee: 30`` say. Raises ``ValueError``."""
    found = {}
    for line in lines_of(text):
        name, _separator, number = line.rpartition(":")
        if not name.strip():
            raise ValueError(line)
        found[name.strip()] = int(number)
    return found


def as_lines(numbers: Mapping[str, int]) -> str:
    """Return numbers by name as lines."""
    return "\n".join(f"{name}: {number}" for name, number in numbers.items())


class NewJourneyForm(forms.Form):
    """A journey that is made from a template."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=CONTROL))
    key = forms.SlugField(label=_("Key"), max_length=50, widget=forms.TextInput(attrs=CONTROL))

    def __init__(self, data: Any, *, store: Store, template: JourneyTemplate) -> None:
        taken = set(Journey.objects.filter(store=store).values_list("key", flat=True))
        key, number = template.key, 2
        while key in taken:
            key, number = f"{template.key}-{number}", number + 1
        super().__init__(data, initial={"name": template.name, "key": key})
        self.taken = taken

    def clean_key(self) -> str:
        """Return a key that the store hasn't got yet. Raises ``ValidationError``."""
        key: str = self.cleaned_data["key"]
        if key in self.taken:
            raise forms.ValidationError(gettext("Another journey of the store has this key. Choose another."))
        return key


class TriggerForm(forms.Form):
    """What begins a run, and what ends it."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs=CONTROL))
    trigger = forms.ChoiceField(label=_("Trigger"), choices=Trigger.choices, widget=forms.Select(attrs=SELECT))
    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=1,
        max_value=730,
        widget=forms.NumberInput(attrs=CONTROL),
        help_text=_("Until a product runs out, before a contract ends, or without an order."),
    )
    category_days = forms.CharField(
        label=_("Days by category"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 3}),
        help_text=_("For products that run out: one category a line, such as “Coffee: 30”."),
    )
    at = forms.DateTimeField(
        label=_("Day of the campaign"),
        required=False,
        widget=forms.DateTimeInput(attrs=CONTROL | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In UTC. The audience is counted then, and nobody is added later."),
    )
    ordered_within_days = forms.IntegerField(
        label=_("Ordered within days"), required=False, min_value=1, max_value=730,
        widget=forms.NumberInput(attrs=CONTROL),
    )  # fmt: skip
    not_ordered_for_days = forms.IntegerField(
        label=_("Not ordered for days"), required=False, min_value=1, max_value=730,
        widget=forms.NumberInput(attrs=CONTROL),
    )  # fmt: skip
    least_orders = forms.IntegerField(
        label=_("Orders at least"), required=False, min_value=1, max_value=1_000,
        widget=forms.NumberInput(attrs=CONTROL),
    )  # fmt: skip
    spent_minor = forms.IntegerField(
        label=_("Tier"), required=False, min_value=1, widget=forms.NumberInput(attrs=CONTROL),
        help_text=_("What a customer has to spend within a year, in cents. Empty: days without an order."),
    )  # fmt: skip
    within_minor = forms.IntegerField(
        label=_("Close to the tier"), required=False, min_value=1, widget=forms.NumberInput(attrs=CONTROL),
        help_text=_("How much may be missing, in cents."),
    )  # fmt: skip
    skus = forms.CharField(
        label=_("SKUs"), required=False, max_length=20_000, widget=forms.Textarea(attrs=CONTROL | {"rows": 2}),
        help_text=_("One a line. Empty: orders of all products."),
    )  # fmt: skip
    categories = forms.CharField(
        label=_("Categories"), required=False, max_length=4_000, widget=forms.Textarea(attrs=CONTROL | {"rows": 2}),
        help_text=_("One a line."),
    )  # fmt: skip
    exits = forms.MultipleChoiceField(
        label=_("Leave the journey when"), required=False, choices=JourneyExit.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, data: Any, *, journey: Journey, version: JourneyVersion) -> None:
        super().__init__(data, initial=initial_of(journey, version))
        self.version = version

    def clean(self) -> dict[str, Any]:
        """Put the trigger's options together. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            values["category_days"] = numbers_by_name(values["category_days"])
        except ValueError as error:
            raise forms.ValidationError({"category_days": gettext("Write each line like “Coffee: 30”.")}) from error
        options = options_of(values)
        try:
            read_options(values["trigger"], options)
        except BadOptions as error:
            said = gettext("The trigger needs more: %(error)s") % {"error": error}
            raise forms.ValidationError(said) from error
        values["options"] = options
        return values

    def apply_to(self, version: JourneyVersion) -> None:
        """Set what was typed on the version; not saved here."""
        values = self.cleaned_data
        version.trigger, version.trigger_options = values["trigger"], values["options"]
        version.skus, version.categories = lines_of(values["skus"]), lines_of(values["categories"])
        version.exits = values["exits"]


def initial_of(journey: Journey, version: JourneyVersion) -> dict[str, Any]:
    """Return what the trigger's form begins with."""
    options = version.trigger_options
    audience = options.get("audience", {})
    at = options.get("at", "")
    return {
        "name": journey.name,
        "trigger": version.trigger,
        "days": options.get("days") or options.get("days_before"),
        "category_days": as_lines(options.get("category_days", {})),
        "at": at[:16],
        "ordered_within_days": audience.get("ordered_within_days"),
        "not_ordered_for_days": audience.get("not_ordered_for_days"),
        "least_orders": audience.get("least_orders"),
        "spent_minor": options.get("spent_minor"),
        "within_minor": options.get("within_minor"),
        "skus": "\n".join(version.skus),
        "categories": "\n".join(version.categories),
        "exits": version.exits,
    }


def options_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the chosen trigger from what was typed; the fields of others are left out."""
    trigger, days = values["trigger"], values["days"]
    options: dict[str, Any] = {}
    if trigger == Trigger.RUNS_OUT and values["category_days"]:
        options["category_days"] = values["category_days"]
    if trigger in DAYS_BY_TRIGGER and days:
        options[DAYS_BY_TRIGGER[trigger]] = days
    if trigger == Trigger.ON_A_DAY:
        options["audience"] = audience_of(values)
        if values["at"]:
            options["at"] = values["at"].isoformat()
    if trigger == Trigger.REACHED and values["spent_minor"]:
        options |= {"kind": "tier", "spent_minor": values["spent_minor"], "within_minor": values["within_minor"] or 0}
    elif trigger == Trigger.REACHED:
        options |= {"kind": "days_without_order", "days": days or 0}
    return options


def audience_of(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the rule of a campaign's audience."""
    rule = {}
    for name in ("ordered_within_days", "not_ordered_for_days", "least_orders"):
        if values[name]:
            rule[name] = values[name]
    return rule


class JourneyStepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step: when it comes, whom it is for, and what it compares."""

    category_waits = forms.CharField(
        label=_("Hours by category"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 2}),
        help_text=_("One category a line, such as “Coffee: 72”; all others wait as above."),
    )  # fmt: skip
    condition_kind = forms.ChoiceField(
        label=_("Only if the customer"), required=False, choices=[("", _("Anything")), *ConditionKind.choices],
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    condition_values = forms.CharField(
        label=_("Answers or stages"), required=False, max_length=1_000, widget=forms.TextInput(attrs=CONTROL),
        help_text=_("Separated by commas: tags of answers, or stages such as usage, care."),
    )  # fmt: skip

    class Meta:
        model = JourneyStep
        fields = (
            "wait_hours",
            "wait_from",
            "window_start",
            "window_end",
            "send_within_hours",
            "control_percent",
            "is_for_owners",
            "topic",
        )
        widgets = {
            "wait_hours": forms.NumberInput(attrs=CONTROL),
            "wait_from": forms.Select(attrs=SELECT),
            "window_start": forms.NumberInput(attrs=CONTROL | {"min": 0, "max": 23}),
            "window_end": forms.NumberInput(attrs=CONTROL | {"min": 1, "max": 24}),
            "send_within_hours": forms.NumberInput(attrs=CONTROL),
            "control_percent": forms.NumberInput(attrs=CONTROL | {"min": 0, "max": 90}),
            "is_for_owners": forms.CheckboxInput(attrs={"class": "form-check-input"}),
            "topic": forms.TextInput(attrs=CONTROL),
        }

    def __init__(self, data: Any, *, step: JourneyStep) -> None:
        condition = step.condition
        values = condition.get("tags") or condition.get("stages") or []
        super().__init__(
            data,
            instance=step,
            prefix=step.key,
            initial={
                "category_waits": as_lines(step.category_waits),
                "condition_kind": condition.get("kind", ""),
                "condition_values": ", ".join(values),
            },
        )
        self.fields["topic"].help_text = gettext("What the message is about; customers can refuse a topic alone.")
        self.thresholds = condition.get("thresholds")

    def clean_category_waits(self) -> dict[str, int]:
        """Return the hours by category. Raises ``ValidationError``."""
        try:
            waits = numbers_by_name(self.cleaned_data["category_waits"])
        except ValueError as error:
            raise forms.ValidationError(gettext("Write each line like “Coffee: 72”.")) from error
        if any(not 0 <= hours <= 24 * 730 for hours in waits.values()):
            raise forms.ValidationError(gettext("Enter hours of at most two years."))
        return waits

    def clean(self) -> dict[str, Any]:
        """Put the condition together, and check the hours. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = values.get("window_start"), values.get("window_end")
        if start is not None and end is not None and not start < end <= 24:
            self.add_error("window_end", gettext("Enter an hour after “not before”, up to 24."))
        if (values.get("control_percent") or 0) > 90:
            self.add_error("control_percent", gettext("Enter at most 90: somebody has to get the message."))
        values["condition"] = self.condition()
        try:
            validate_condition(values["condition"])
        except BadCondition as error:
            self.add_error("condition_values", str(error))
        return values

    def condition(self) -> dict[str, Any]:
        """Return the condition that was typed."""
        kind = self.cleaned_data.get("condition_kind", "")
        texts = [text.strip() for text in self.cleaned_data.get("condition_values", "").split(",")]
        named = [text for text in texts if text]
        if kind == ConditionKind.ANSWERED:
            return {"kind": kind, "tags": named}
        if kind == ConditionKind.STAGE and self.thresholds:
            return {"kind": kind, "stages": named, "thresholds": self.thresholds}
        if kind == ConditionKind.STAGE:
            return {"kind": kind, "stages": named}
        if kind:
            return {"kind": kind}
        return {}
