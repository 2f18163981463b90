"""A test's reach, as pages show it."""

from django import template

from checkout_widgets.reach import words
from checkout_widgets.reach.estimate import Reach

register = template.Library()


@register.filter
def reach_visitors(reach: Reach) -> str:
    """Say how many visitors a day the test would get."""
    return words.visitors(reach)


@register.filter
def reach_parts(reach: Reach) -> list[words.Part]:
    """Return what would become of last week's requests."""
    return words.parts_of(reach)
