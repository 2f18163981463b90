"""What a search found, marked."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

BEGIN, END = "\x02", "\x03"  # around what was found; no text that people type has them

register = template.Library()


@register.filter
def highlighted(text: str) -> SafeString:
    """The text as HTML, with ``<mark>`` around what stands between ``BEGIN`` and ``END``."""
    # The marks last: what was searched is anybody's text, and may be HTML itself.
    escaped = str(escape(text)).replace(BEGIN, "<mark>").replace(END, "</mark>")
    return mark_safe(escaped)  # noqa: S308 -- escaped above; the two marks are ours
