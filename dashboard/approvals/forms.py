"""What is said to a request for approval."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_ANSWER = 2000  # a few sentences, which go into an email


class AnswerForm(forms.Form):
    """An answer; kept in the timeline."""

    answer = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_ANSWER,
        help_text=_("Shown in the test's timeline with your name."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
