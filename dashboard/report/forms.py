"""What a member is asked for before a step of the test's life is taken, or a share link is made."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from experiments.models import Decision, Experiment, Variant

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_TEXT = 2000
# Without the empty one, which stands for "not decided".
CONCLUSIONS = [(value, label) for value, label in Decision.choices if value]


def text(label: "_StrPromise", *, rows: int = 2, missing: "_StrPromise", help_text: "_StrPromise") -> forms.CharField:
    """Return a required field for a few sentences; ``missing`` says what to write where nothing was."""
    widget = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
    return forms.CharField(
        label=label,
        widget=widget,
        max_length=LONGEST_TEXT,
        help_text=help_text,
        error_messages={"required": missing},
    )


class StepForm(forms.Form):
    """Why a step is taken; kept in the timeline."""

    reason = text(
        _("Reason"),
        missing=_("Give a reason for this step."),
        help_text=_("Shown in the test's timeline with your name."),
    )

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.experiment = experiment

    def focus_first_error(self) -> None:
        """Let the page begin in the first field that has to be corrected."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return


class SafeStepForm(StepForm):
    """A step that takes an offer away from visitors: no required field may hold it up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class ConcludeForm(StepForm):
    """What was decided, and what was learned."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", _("Choose a decision")), *CONCLUSIONS],
        error_messages={"required": _("Choose what you decided.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    rolled_out_variant: "forms.ModelChoiceField[Variant]" = forms.ModelChoiceField(
        label=_("Variant to roll out"),
        queryset=Variant.objects.none(),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        empty_label=_("None"),
        help_text=_("Only if you decide to roll out a variant."),
    )
    learning = text(
        _("What you learned"),
        rows=3,
        missing=_("Write what you learned: one sentence is enough."),
        help_text=_(
            "What worked or didn't, for whom, and why you think so. For example: “Shoppers with full carts took the "
            "cake stand, those on phones rarely.” Others find it in the playbook."
        ),
    )
    next_step = text(
        _("Next step"),
        missing=_("Write the next step, even if it is “Nothing for now”."),
        help_text=_("What you do or test next, and why. For example: “Test a cheaper stand on phones.”"),
    )

    field_order = ("decision", "rolled_out_variant", "learning", "next_step", "reason")

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, experiment=experiment, **kwargs)
        self.fields["reason"].required = False  # what was learned is the reason, unless the verdict says otherwise
        self.fields["reason"].help_text = _("Required if you decide against the verdict.")
        self.fields["rolled_out_variant"].queryset = experiment.variants.filter(is_control=False)  # type: ignore[attr-defined]


class ShareForm(forms.Form):
    """How long a link shows the report."""

    days = forms.TypedChoiceField(
        label=_("Link expires after"),
        coerce=int,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year"))],
        initial=30,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
