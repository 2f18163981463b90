"""How moments in time are written: how long ago, with the date and time for those who want them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from experiments import formatting
from experiments.formatting import MISSING, count

register = template.Library()

# The context "span": after "in" or before "ago", where German has another case than alone.
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # in seconds


def distance(seconds: float) -> str:
    """A span in its largest whole unit: ``3 hours``; below a minute ``a moment``."""
    if seconds >= DAY:
        number = int(seconds // DAY)
        return npgettext("span", "%(count)s day", "%(count)s days", number) % {"count": count(number)}
    if seconds >= HOUR:
        number = int(seconds // HOUR)
        return npgettext("span", "%(count)s hour", "%(count)s hours", number) % {"count": number}
    if seconds >= MINUTE:
        number = int(seconds // MINUTE)
        return npgettext("span", "%(count)s minute", "%(count)s minutes", number) % {"count": number}
    return pgettext("span", "a moment")


def relative(at: datetime, now: datetime) -> str:
    """``3 hours ago``, ``in 2 days``, ``just now``."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now")
    if seconds < 0:
        return _("in %(span)s") % {"span": distance(-seconds)}
    return _("%(span)s ago") % {"span": distance(seconds)}


@register.filter
def ago(at: datetime | None, timezone_name: str = "UTC") -> SafeString | str:
    """How long ago, or how far ahead, as a ``<time>`` that shows date and time in that timezone on hover."""
    if not at:
        return MISSING
    local = at.astimezone(ZoneInfo(timezone_name))
    # in the reader's language, with the zone, as a store's clock isn't the reader's
    written = formatting.dated(local, "j F Y, H:i T")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), written, relative(at, timezone.now())
    )


@register.filter
def at_clock(at: datetime | None, timezone_name: str = "UTC") -> SafeString | str:
    """Date and time by a store's clock, with its zone."""
    if not at:
        return MISSING
    written = formatting.dated(at.astimezone(ZoneInfo(timezone_name)), "j F Y, H:i T")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), written)
