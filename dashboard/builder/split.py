"""What a draft's variants are called, and how visitors are split between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from experiments import formatting
from experiments.models import Variant

CONTROL = {"class": "form-control"}
LARGEST_WEIGHT = 1_000  # weights are shares: 999 to 1 is as uneven as anybody needs


@dataclass(frozen=True, slots=True)
class SplitRow:
    """The fields of a variant."""

    variant: Variant
    name: BoundField
    weight: BoundField


class SplitForm(forms.Form):
    """A name and a weight for each variant: of weights 1 and 3, the second gets three of four visitors."""

    def __init__(self, data: Mapping[str, Any] | None, *, variants: list[Variant]) -> None:
        super().__init__(data, auto_id="id_split_%s")
        self.variants = variants
        for variant in variants:
            self.fields[f"name-{variant.pk}"] = forms.CharField(
                label=_("Name"), max_length=200, initial=str(variant), widget=forms.TextInput(attrs=CONTROL)
            )
            self.fields[f"weight-{variant.pk}"] = forms.IntegerField(
                label=_("Weight"),
                min_value=1,
                max_value=LARGEST_WEIGHT,
                initial=variant.weight,
                widget=forms.NumberInput(attrs=CONTROL),
            )

    @property
    def rows(self) -> list[SplitRow]:
        """The fields by variant, the control first."""
        rows = []
        for variant in self.variants:
            rows.append(SplitRow(variant, self[f"name-{variant.pk}"], self[f"weight-{variant.pk}"]))
        return rows

    def apply_to(self, variants: list[Variant]) -> None:
        """Set what was typed on the variants; nothing is saved."""
        for variant in variants:
            variant.name = self.cleaned_data[f"name-{variant.pk}"]
            variant.weight = self.cleaned_data[f"weight-{variant.pk}"]


def split_in_words(variants: list[Variant]) -> str:
    """Say how visitors are split: each variant with its share."""
    total = sum(variant.weight for variant in variants)
    shares = []
    for variant in variants:
        shares.append(f"{variant} {formatting.whole_percent(variant.weight / total)}")
    return " · ".join(shares)
