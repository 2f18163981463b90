"""What is asked for an annotation, and for a file of them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments import annotating
from experiments.annotating import AnnotationFields
from experiments.models import Annotation, Experiment, Store

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
MAX_BYTES = 1_000_000  # thousands of annotations, read while a browser waits


class AnnotationForm(forms.ModelForm):  # type: ignore[type-arg]
    """One annotation of a store."""

    class Meta:
        model = Annotation
        fields = ("kind", "text", "first_day", "last_day", "experiment", "is_confounding")
        widgets = {
            "kind": forms.Select(attrs=SELECT),
            "text": forms.TextInput(attrs=CONTROL),
            "first_day": forms.DateInput(attrs=CONTROL | {"type": "date"}, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs=CONTROL | {"type": "date"}, format="%Y-%m-%d"),
            "experiment": forms.Select(attrs=SELECT),
            "is_confounding": forms.CheckboxInput(attrs={"class": "form-check-input"}),
        }

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.store = store
        tests: Any = self.fields["experiment"]
        tests.queryset = Experiment.objects.filter(store=store).order_by("name")
        tests.empty_label = gettext("All tests of the store")
        # One day is the usual case.
        self.fields["last_day"].required = False
        self.fields["last_day"].help_text = gettext("Leave empty for a single day. Days are in the store's time zone.")

    def clean(self) -> dict[str, Any]:
        """Fill in the last day of a single one. Raises ``ValidationError``."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("last_day") is None and "last_day" not in self.errors:
            values["last_day"] = values.get("first_day")
        return values

    def save_as(self, actor: str) -> Annotation:
        """Add the annotation, or change the one that the form was opened with."""
        fields = AnnotationFields(**{name: self.cleaned_data[name] for name in annotating.FIELDS})
        if self.instance.pk is None:
            return annotating.add(self.instance.store, fields, actor=actor)
        # As it is stored: the form has changed its own copy already, which would then seem unchanged.
        known = Annotation.objects.select_related("experiment", "store").get(pk=self.instance.pk)
        annotating.change(known, fields, actor=actor)
        return known


class AnnotationFileForm(forms.Form):
    """A file of annotations."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs=CONTROL | {"accept": ".csv,.gz,text/csv"}),
        help_text=_(
            "CSV with the columns first_day and text, and if you like last_day, kind, test, confounding, and id."
        ),
    )

    def clean_file(self) -> Any:
        """Return a file that can be read while the browser waits. Raises ``ValidationError``."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(gettext("The file is larger than 1 MB. Split it."))
        return file
