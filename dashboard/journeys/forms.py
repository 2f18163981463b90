"""What is asked for a new journey, and for a step."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dashboard.journeys.typed_lists import as_lines, numbers_by_name
from experiments.models import Store
from journeys.checks.conditions import BadCondition, ConditionKind, validate_condition
from journeys.life.templates import JourneyTemplate
from journeys.models import Journey, JourneyStep

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}


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


HOURS_A_DAY = 24
LONGEST_WAIT_HOURS = 730 * HOURS_A_DAY  # two years: a reminder of a contract that ends is the longest wait


def wait_in_words(hours: int) -> str:
    """Return a wait in days where they are whole, else in hours."""
    if hours % HOURS_A_DAY == 0:
        days = hours // HOURS_A_DAY
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def unit_of(waits: Iterable[int]) -> int:
    """Return the unit that waits in hours are typed in: days where all of them are whole days."""
    if all(hours % HOURS_A_DAY == 0 for hours in waits):
        return HOURS_A_DAY
    return 1


class JourneyStepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step: when it comes, whom it is for, and what it compares."""

    wait = forms.IntegerField(
        label=_("Wait"), min_value=0, max_value=LONGEST_WAIT_HOURS, widget=forms.NumberInput(attrs=CONTROL)
    )
    wait_unit = forms.ChoiceField(
        label=_("Unit"), choices=[(HOURS_A_DAY, _("Days")), (1, _("Hours"))], widget=forms.Select(attrs=SELECT)
    )
    category_waits = forms.CharField(
        label=_("Wait per product category"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 2}),
        help_text=_(
            "One category per line, such as “Coffee: 14”, in the unit above. All others wait as above. If an order has "
            "products of several categories, the shortest wait counts."
        ),
    )  # fmt: skip
    condition_kind = forms.ChoiceField(
        label=_("Only if the customer"), required=False, choices=[("", _("Anything")), *ConditionKind.choices],
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    condition_values = forms.CharField(
        label=_("Answers or stages"), required=False, max_length=1_000, widget=forms.TextInput(attrs=CONTROL),
        help_text=_("Separated by commas: tags of answers, or stages: waiting, unboxing, usage, care, renewal."),
    )  # fmt: skip

    class Meta:
        model = JourneyStep
        fields = (
            "wait_from",
            "window_start",
            "window_end",
            "send_within_hours",
            "control_percent",
            "is_for_owners",
            "topic",
        )
        labels = {
            "wait_from": _("After"),
            "window_start": _("Earliest hour of the day"),
            "window_end": _("Latest hour of the day"),
            "send_within_hours": _("Hours until it is too late to send"),
            "is_for_owners": _("Also to customers who own the product"),
        }
        help_texts = {"window_end": _("In the customer's time zone.")}
        widgets = {
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
        unit = unit_of((step.wait_hours, *step.category_waits.values()))
        waits = {category: hours // unit for category, hours in step.category_waits.items()}
        super().__init__(
            data,
            instance=step,
            prefix=step.key,
            initial={
                "wait": step.wait_hours // unit,
                "wait_unit": unit,
                "category_waits": as_lines(waits),
                "condition_kind": condition.get("kind", ""),
                "condition_values": ", ".join(values),
            },
        )
        self.fields["topic"].help_text = gettext(
            "What the message is about. Customers can unsubscribe from a single topic."
        )

    def clean_category_waits(self) -> dict[str, int]:
        """Return the waits by category, in hours. Raises ``ValidationError``."""
        try:
            typed = numbers_by_name(self.cleaned_data["category_waits"])
        except ValueError as error:
            raise forms.ValidationError(gettext("Write each line like “Coffee: 14”.")) from error
        unit = int(self.cleaned_data.get("wait_unit") or 1)
        waits = {category: wait * unit for category, wait in typed.items()}
        if any(not 0 <= hours <= LONGEST_WAIT_HOURS for hours in waits.values()):
            raise forms.ValidationError(gettext("Enter at most two years."))
        return waits

    def clean(self) -> dict[str, Any]:
        """Put the condition together, and check the hours. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["wait_hours"] = (values.get("wait") or 0) * int(values.get("wait_unit") or 1)
        if values["wait_hours"] > LONGEST_WAIT_HOURS:
            self.add_error("wait", gettext("Enter at most two years."))
        start, end = values.get("window_start"), values.get("window_end")
        if start is not None and end is not None and not start < end <= 24:
            self.add_error("window_end", gettext("Enter an hour later than the earliest one, up to 24."))
        if (values.get("control_percent") or 0) > 90:
            self.add_error("control_percent", gettext("Enter at most 90, so that some customers get the message."))
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
        if kind == ConditionKind.STAGE:
            return {"kind": kind, "stages": named}
        if kind:
            return {"kind": kind}
        return {}
