"""Advice on a treatment's words, beside the field that it is about."""

from django import template
from django.forms import BoundField

register = template.Library()


@register.filter
def copy_advice(field: BoundField) -> list[str]:
    """Return what could be better about the field's text; nothing where the form has no words for shoppers."""
    advice: dict[str, list[str]] = getattr(field.form, "advice", {})
    return advice.get(field.name, [])
