"""Whether a field is marked as optional beside its label."""

from typing import Any

from django import forms, template
from django.forms import BoundField

register = template.Library()
NOTHING = "---------"  # as Django writes a choice of nothing


@register.filter
def is_optional(field: BoundField) -> bool:
    """Return whether a field may stay empty. A choice that says in words what each entry means always has a value."""
    if field.field.required:
        return False
    if not isinstance(field.field, forms.ChoiceField) or isinstance(field.field, forms.MultipleChoiceField):
        return True
    if isinstance(field.field, forms.ModelChoiceField):  # its rows are asked for once, when they are written
        return field.field.empty_label in (NOTHING, "")
    # A select always sends something: without an entry for nothing, it can't stay empty.
    choices: Any = field.field.choices
    labels = [str(label) for _value, label in choices]
    return NOTHING in labels or "" in labels
