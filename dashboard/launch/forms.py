"""What a member is asked for on the way to a running test."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.launching.drafts import DraftChoices
from checkout_widgets.launching.templates import Template
from checkout_widgets.models import Offer
from experiments.models import Experiment, Moment, Store
from experiments.models.years import validate_year
from experiments.wording import listed

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
LONGEST_DAYS = 10 * 52 * 7  # a small store may need years: the page says so, and accepts it


class DraftForm(forms.Form):
    """What a template can't know: the store's name for it, and which offers it sells."""

    name = forms.CharField(label=_("Name"), max_length=190, widget=forms.TextInput(attrs=CONTROL))
    moment = forms.ChoiceField(label=_("Moment"), choices=Moment.choices, widget=forms.Select(attrs=SELECT))
    planned_sample = forms.IntegerField(
        label=_("Planned sample size"),
        required=False,
        min_value=100,  # below, no test can tell anything from chance
        max_value=2_000_000_000,  # the column holds little more
        help_text=_("Visitors per variant. The planner works out how many you need."),
        widget=forms.NumberInput(attrs=CONTROL),
    )
    planned_days = forms.IntegerField(
        label=_("Planned days"),
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Plan whole weeks: weekdays and weekends differ."),
        widget=forms.NumberInput(attrs=CONTROL),
    )

    def __init__(self, *args: Any, template: Template, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template, self.store = template, store
        for number in range(template.offers):
            self.fields[f"offer_{number}"] = self.offer_field(number)

    def offer_field(self, number: int) -> "forms.ModelChoiceField[Offer]":
        """Return a choice among the store's offers, named after the treatments that sell it."""
        names = []
        for arm in self.template.arms:
            if arm.offer == number:
                names.append(f"“{arm.name}”")
        return forms.ModelChoiceField(
            label=gettext("Offer for %(variants)s") % {"variants": listed(names)},
            queryset=Offer.objects.filter(store=self.store).order_by("name"),  # refuses other stores' offers, too
            required=False,
            empty_label=gettext("Choose later"),
            widget=forms.Select(attrs=SELECT),
        )

    @property
    def offer_fields(self) -> list[forms.BoundField]:
        """The choices of offers."""
        return [self[f"offer_{number}"] for number in range(self.template.offers)]

    @property
    def offers(self) -> list[Offer | None]:
        """The chosen offers, in the template's order."""
        chosen = []
        for number in range(self.template.offers):
            chosen.append(self.cleaned_data[f"offer_{number}"])
        return chosen

    def choices(self) -> DraftChoices:
        """Return what was chosen."""
        chosen = self.cleaned_data
        return DraftChoices(
            key=self.free_key(),
            name=chosen["name"],
            offers=self.offers,
            moment=chosen["moment"],
            planned_sample=chosen["planned_sample"],
            planned_days=chosen["planned_days"],
        )

    def free_key(self) -> str:
        """Return a key made of the name that the store doesn't have yet."""
        slug = slugify(self.cleaned_data["name"])[:56].strip("-")  # a key has 64 characters: there is room for a number
        return self.store.free_key(slug or self.template.key)


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
