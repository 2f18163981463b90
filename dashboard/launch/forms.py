"""What a member is asked for on the way to a running test."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.launching.drafts import LONGEST_DAYS
from experiments.models import Experiment, Moment, Store
from experiments.models.years import validate_year

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
# The last step of a ramp, everybody, isn't listed: it is what every test comes to.
RAMPS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "careful": [{"share": 0.05, "days": 2}, {"share": 0.25, "days": 2}],
    "quick": [{"share": 0.25, "days": 1}],
}
RAMP_LABELS = {
    "none": _("All visitors from the start"),
    "careful": _("5% for two days, 25% for two days, then all visitors"),
    "quick": _("25% for a day, then all visitors"),
}


class PlanForm(forms.Form):
    """The figures that a link of the planner carries to a new draft. What can't be read is left out: all can be changed
    in the draft."""

    moment = forms.ChoiceField(required=False, choices=Moment.choices)
    planned_sample = forms.IntegerField(
        required=False,
        min_value=100,  # below, no test can tell anything from chance
        max_value=2_000_000_000,  # the column holds little more
    )
    planned_days = forms.IntegerField(required=False, min_value=1, max_value=LONGEST_DAYS)

    @property
    def asked(self) -> dict[str, Any]:
        """The figures that the link has."""
        self.is_valid()
        asked = {}
        for name, value in self.cleaned_data.items():
            if value:
                asked[name] = value
        return asked


class LaunchForm(forms.Form):
    """When and how it starts."""

    starts_at = forms.DateTimeField(
        label=_("Start"),
        required=False,
        validators=[validate_year],
        help_text=_("Leave empty to start now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", **CONTROL}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=_("Stop"),
        required=False,
        validators=[validate_year],
        help_text=_("Leave empty to run until you stop it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", **CONTROL}, format="%Y-%m-%dT%H:%M"),
    )
    ramp = forms.ChoiceField(
        label=_("Traffic"), choices=RAMP_LABELS.items(), initial="none", widget=forms.Select(attrs=SELECT)
    )
    is_pausing_on_harm = forms.BooleanField(
        label=_("Pause on harm"),
        required=False,
        initial=True,
        help_text=Experiment._meta.get_field("is_pausing_on_harm").help_text,
    )
    override_reason = forms.CharField(
        label=_("Reason to launch anyway"),
        required=False,
        max_length=500,
        help_text=_("Shown in the test's timeline, with your name."),
        widget=forms.Textarea(attrs={"rows": 2, **CONTROL}),
    )

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = store.zone
        for name in ("starts_at", "ends_at"):
            time_zone = gettext("Times are in %(zone)s.") % {"zone": store.timezone}
            self.fields[name].help_text = f"{self.fields[name].help_text} {time_zone}"

    def clean(self) -> dict[str, Any] | None:
        """Take times as the store's clock has them; refuse past ones, and an end before the start."""
        cleaned = super().clean() or {}
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name):
                # typed in the store's zone, and read by Django in that of the installation
                cleaned[name] = timezone.make_naive(cleaned[name]).replace(tzinfo=self.zone)
                if cleaned[name] <= timezone.now():
                    self.add_error(name, gettext("Choose a time in the future, or leave it empty."))
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", gettext("Choose an end after the start."))
        return cleaned

    @property
    def ramp_plan(self) -> Sequence[dict[str, Any]]:
        """The steps of the chosen ramp."""
        return RAMPS[self.cleaned_data["ramp"]]
