"""How moments in time are written: how long ago, with the date and time for those who want them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from experiments.formatting import MISSING, counted

register = template.Library()

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def distance(seconds: float) -> str:
    """A span in its largest whole unit: ``3 hours``; below a minute ``a moment``."""
    for size, name in UNITS:
        number = int(seconds // size)
        if number:
            return counted(number, name)
    return "a moment"


def relative(at: datetime, now: datetime) -> str:
    """``3 hours ago``, ``in 2 days``, ``just now``."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    return f"{distance(seconds)} ago" if seconds > 0 else f"in {distance(-seconds)}"


@register.filter
def ago(at: datetime | None, timezone_name: str = "UTC") -> SafeString | str:
    """How long ago, or how far ahead, as a ``<time>`` that shows date and time in that timezone on hover."""
    if not at:
        return MISSING
    local = at.astimezone(ZoneInfo(timezone_name))
    written = f"{local.day} {local:%B %Y, %H:%M %Z}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), written, relative(at, timezone.now())
    )
