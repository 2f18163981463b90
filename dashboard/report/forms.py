"""What a member is asked for before a step of the test's life, or a share link, is taken."""

from typing import Any

from django import forms

from experiments.models import Decision, Experiment, Variant

LONGEST_TEXT = 2000


def text(label: str, *, rows: int = 2, is_required: bool = False, help_text: str = "") -> forms.CharField:
    """A field for a few sentences."""
    widget = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
    return forms.CharField(
        label=label, widget=widget, required=is_required, max_length=LONGEST_TEXT, help_text=help_text
    )


class StepForm(forms.Form):
    """Why a step is taken; kept in the timeline."""

    reason = text("Reason", is_required=True, help_text="Stays in the test's timeline, with your name.")

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.experiment = experiment


class ConcludeForm(StepForm):
    """What was decided, and what was learnt."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[(value, label) for value, label in Decision.choices if value],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    rolled_out_variant: "forms.ModelChoiceField[Variant]" = forms.ModelChoiceField(
        label="Variant to roll out",
        queryset=Variant.objects.none(),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        empty_label="None",
        help_text="Where the decision is to roll one out.",
    )
    learning = text("What was learnt", rows=3)
    next_step = text("Next step")

    field_order = ("decision", "rolled_out_variant", "learning", "next_step", "reason")

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, experiment=experiment, **kwargs)
        self.fields["reason"].required = False
        self.fields["rolled_out_variant"].queryset = experiment.variants.filter(is_control=False)  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    """How long a link shows the report."""

    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        choices=[(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year")],
        initial=30,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
