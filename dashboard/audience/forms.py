"""The form of a draft's audience."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from experiments.admin.rule_editor import RuleEditor, RuleField, rules_of
from experiments.admin.share_field import ShareField
from experiments.assignment import targeting
from experiments.models import Experiment, PairExposure
from experiments.targeting_words import error_text

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
LOWEST_PRIORITY, HIGHEST_PRIORITY = -100, 100  # far more than a store has tests at a moment


class AudienceRules(RuleEditor):
    """The editor of the admin, as the console draws fields."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Draw its fields by the console's classes."""
        context = super().get_context(name, value, attrs)
        return context | {"input_classes": "form-control", "select_classes": "form-select"}


class AudienceForm(forms.Form):
    """Who sees a test: its rules, its share of the traffic, and its place among the tests of the moment."""

    targeting = RuleField(label=_("Targeting"), widget=AudienceRules)
    traffic_percent = ShareField(
        label=_("Traffic share (%)"),
        min_value=1,
        max_value=100,
        help_text=_("The share of matching visitors that take part, control included."),
        widget=forms.NumberInput(attrs=CONTROL),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=LOWEST_PRIORITY,
        max_value=HIGHEST_PRIORITY,
        help_text=_("If several tests match, the one with the highest priority goes first, then the oldest."),
        widget=forms.NumberInput(attrs=CONTROL),
    )

    pair_exposure = forms.ChoiceField(
        label=_("Who takes part"),
        required=False,
        choices=PairExposure.choices,
        help_text=_(
            "Visitors of all variants take part by the same rule, control included. With the second choice, a variant "
            "that has no pair for the cart shows nothing, so more visitors take part and the effect is smaller."
        ),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, experiment: Experiment) -> None:
        initial = {
            "targeting": experiment.targeting,
            "traffic_percent": experiment.traffic_share,
            "priority": experiment.priority,
            "pair_exposure": experiment.pair_exposure,
        }
        super().__init__(data, initial=initial)
        self.currency = experiment.store.currency
        editor: Any = self.fields["targeting"].widget
        editor.currency = self.currency

    def clean_targeting(self) -> Any:
        """Return rules that the edge can read. Raises ``ValidationError`` naming the condition that can't be."""
        try:
            rules = rules_of(self.cleaned_data["targeting"], self.currency)
            targeting.validate(rules)
        except targeting.TargetingError as error:
            raise ValidationError(error_text(error), code="targeting") from error
        return rules

    def apply_to(self, experiment: Experiment) -> None:
        """Set what was typed on the test; nothing is saved."""
        experiment.targeting = self.cleaned_data["targeting"]
        experiment.traffic_share = self.cleaned_data["traffic_percent"]
        experiment.priority = self.cleaned_data["priority"]
        # A page that was opened before this release doesn't send it: what is stored stays.
        if self.cleaned_data["pair_exposure"]:
            experiment.pair_exposure = self.cleaned_data["pair_exposure"]
