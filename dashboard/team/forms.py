"""What a store's admin chooses for its team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from experiments.models import ApprovalRule


class ApprovalRulesForm(forms.Form):
    """Which steps need a second person."""

    rules = forms.MultipleChoiceField(
        label=_("Steps that need approval"),
        choices=ApprovalRule.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
