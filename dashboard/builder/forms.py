"""The forms of a draft's settings: its question, its goal, and how long it runs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets.launching.candidate import LaunchCandidate
from checkout_widgets.launching.drafts import LONGEST_DAYS
from dashboard.builder.lengths import OWN, WEEKS, suits, visitors_per_variant
from experiments.admin.experiment import measurable_goals
from experiments.admin.guardrail_editor import GuardrailEditor, GuardrailField
from experiments.models import Covariate, Experiment, Moment
from experiments.models.experiment_choices import UNDELIVERED
from experiments.plan.guarding import effective_guardrails

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
LONGEST_WINDOW = 365
LONGEST_HYPOTHESIS = 5_000  # room for a page of reasons; it is shown whole in the report


class QuestionForm(forms.Form):
    """What is asked, and where in the checkout."""

    name = forms.CharField(label=_("Name"), max_length=190, widget=forms.TextInput(attrs=CONTROL))
    hypothesis = forms.CharField(
        label=_("Hypothesis"),
        required=False,
        max_length=LONGEST_HYPOTHESIS,
        help_text=_("What you expect and why. It is shown at the top of the report."),
        widget=forms.Textarea(attrs=CONTROL | {"rows": 2}),
    )
    moment = forms.ChoiceField(
        label=_("Moment"),
        choices=Moment.choices,
        help_text=_("Where in the checkout shoppers see it."),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, experiment: Experiment) -> None:
        initial = {"name": experiment.name, "hypothesis": experiment.hypothesis, "moment": experiment.moment}
        super().__init__(data, initial=initial, auto_id="id_question_%s")
        moment: Any = self.fields["moment"]
        if experiment.is_of_customers:
            moment.choices = [choice for choice in Moment.choices if choice[0] in UNDELIVERED]
        elif experiment.moment not in UNDELIVERED:
            moment.choices = [choice for choice in Moment.choices if choice[0] not in UNDELIVERED]

    def apply_to(self, experiment: Experiment) -> None:
        """Set what was typed on the test; nothing is saved."""
        experiment.name = self.cleaned_data["name"]
        experiment.hypothesis = self.cleaned_data["hypothesis"]
        experiment.moment = self.cleaned_data["moment"]


class ConsoleGuardrails(GuardrailEditor):
    """The editor of the admin, as the console draws fields."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Draw its fields by the console's classes."""
        return super().get_context(name, value, attrs) | {"input_classes": "form-control"}


class GoalForm(forms.Form):
    """What decides, and what must not get worse."""

    goal_metric = forms.ChoiceField(
        label=_("Goal"),
        help_text=_("The metric that decides. Revenue per visitor also counts visitors who don't buy."),
        widget=forms.Select(attrs=SELECT),
    )
    attribution_window_days = forms.IntegerField(
        label=_("Attribution window in days"),
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text=_("How long after the exposure an order counts."),
        widget=forms.NumberInput(attrs=CONTROL),
    )
    guardrails = GuardrailField(
        label=_("Guardrails"),
        help_text=_("How much worse each metric may get against control. Leave a metric empty for no guardrail."),
        widget=ConsoleGuardrails,
    )
    covariates = forms.MultipleChoiceField(
        label=_("Adjusted for"),
        choices=Covariate.choices,
        required=False,
        help_text=_(
            "What is known of visitors before the offer makes the confidence intervals narrower, and does no harm if "
            "it explains nothing. You can't change it after the launch."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    # Boxes without a check aren't sent: this says that they were there.
    has_covariates = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, experiment: Experiment) -> None:
        moment = experiment.moment
        initial = {
            "goal_metric": experiment.goal_metric,
            "attribution_window_days": experiment.attribution_window_days,
            "guardrails": effective_guardrails(experiment.guardrails, moment),
            "covariates": experiment.covariates,
            "has_covariates": True,
        }
        super().__init__(data, initial=initial, auto_id="id_goal_%s")
        goal: Any = self.fields["goal_metric"]
        goal.choices = measurable_goals(experiment)
        editor: Any = self.fields["guardrails"].widget
        editor.moment = moment

    def apply_to(self, experiment: Experiment) -> None:
        """Set what was typed on the test; nothing is saved."""
        experiment.goal_metric = self.cleaned_data["goal_metric"]
        experiment.attribution_window_days = self.cleaned_data["attribution_window_days"]
        experiment.guardrails = self.cleaned_data["guardrails"]
        if self.cleaned_data["has_covariates"]:
            experiment.covariates = self.cleaned_data["covariates"]


class LengthForm(forms.Form):
    """How long it runs: some weeks with all visitors that come by then, or figures of one's own."""

    weeks = forms.ChoiceField(
        label=_("How long"),
        choices=[*((str(weeks), str(weeks)) for weeks in WEEKS), (OWN, _("Other figures"))],
        widget=forms.RadioSelect,
    )
    planned_days = forms.IntegerField(
        label=_("Planned days"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Plan whole weeks: weekdays and weekends differ."),
        widget=forms.NumberInput(attrs=CONTROL),
    )
    planned_sample = forms.IntegerField(
        label=_("Planned sample size"),
        required=False,
        min_value=100,  # below, no test can tell anything from chance
        max_value=2_000_000_000,  # the column holds little more
        help_text=_("Visitors per variant. The planner works out how many you need."),
        widget=forms.NumberInput(attrs=CONTROL),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, candidate: LaunchCandidate) -> None:
        self.candidate = candidate
        experiment = candidate.experiment
        initial = {
            "weeks": self.chosen_weeks(),
            "planned_days": experiment.planned_days,
            "planned_sample": experiment.planned_sample,
        }
        super().__init__(data, initial=initial, auto_id="id_length_%s")

    def chosen_weeks(self) -> str:
        """Return which choice the stored figures are."""
        experiment = self.candidate.experiment
        for weeks in WEEKS:
            if experiment.planned_days == weeks * 7 and suits(experiment.planned_sample, self.visitors_in(weeks)):
                return str(weeks)
        return OWN

    def visitors_in(self, weeks: int) -> int | None:
        """Return how many visitors each variant would get in so many weeks."""
        return visitors_per_variant(self.candidate, self.candidate.lately, weeks)

    def clean(self) -> dict[str, Any] | None:
        """Ask for the days where no number of weeks was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("weeks") == OWN and not cleaned.get("planned_days") and "planned_days" not in self.errors:
            self.add_error("planned_days", gettext("Enter the days, or choose a number of weeks."))
        return cleaned

    def apply_to(self, experiment: Experiment) -> None:
        """Set what was typed on the test; nothing is saved."""
        chosen = self.cleaned_data["weeks"]
        days, sample = self.cleaned_data["planned_days"], self.cleaned_data["planned_sample"]
        if chosen != OWN:
            days = int(chosen) * 7
            sample = self.visitors_in(int(chosen)) or sample
        experiment.planned_days, experiment.planned_sample = days, sample
        experiment.planned_looks = days  # one a day
