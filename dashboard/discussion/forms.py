"""What a member writes about a test."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.discussion.mentions import members
from experiments.discussion.ownership import LONGEST_TAG, MOST_TAGS, cleaned_tags
from experiments.models import Experiment
from experiments.models.comment import LONGEST_COMMENT


class CommentForm(forms.Form):
    """A comment."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST_COMMENT,
        help_text=_("Type @ and a username to mention a member of the store. They get an email."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("Enter a comment.")},
    )


class OwnerForm(forms.Form):
    """Who looks after a test, and the tags it is found by."""

    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=500,
        help_text=_("Separate tags with commas, such as checkout, spring sale."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        kwargs["initial"] = {"owner": experiment.owner_id, "tags": ", ".join(experiment.tags)}
        super().__init__(*args, **kwargs)
        # members alone: no other store's names, and nobody who couldn't open the test
        self.fields["owner"].queryset = members(experiment.store)  # type: ignore[attr-defined]

    def clean_tags(self) -> list[str]:
        """Return the tags as a list. Raises ``ValidationError`` for too many, or one that is too long."""
        tags = cleaned_tags(self.cleaned_data["tags"].split(","))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(gettext("Use at most %(most)s tags.") % {"most": MOST_TAGS})
        for tag in tags:
            if len(tag) > LONGEST_TAG:
                text = gettext("“%(tag)s” is too long: a tag has at most %(most)s characters.")
                raise forms.ValidationError(text % {"tag": tag, "most": LONGEST_TAG})
        return tags
