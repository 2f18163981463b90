"""What a page says where its figures are read from a replica that is behind, or can't be."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboard.templatetags.times import distance
from experiments.reading import replica

register = template.Library()

SAID_FROM = timedelta(minutes=1)  # less is no more than a reader takes to look


@register.simple_tag
def replica_note() -> SafeString:
    """A sentence where there is something to say; empty where figures are as of now."""
    text = note_text()
    if not text:
        return SafeString("")
    return format_html('<p class="note">{}</p>', text)


def note_text() -> str:
    """Say how far behind the figures are, or that the replica isn't used."""
    if not replica.has_replica():
        return ""
    now = timezone.now()
    complete_to = replica.complete_up_to()
    if complete_to is None or now - complete_to > replica.MOST_BEHIND:
        return _("The reports database can't be used at the moment. Figures come from the main database instead.")
    if now - complete_to < SAID_FROM:
        return ""
    values = {"time": f"{complete_to:%H:%M}", "lag": distance((now - complete_to).total_seconds())}
    return _("Figures are as of %(time)s UTC: the reports database is %(lag)s behind.") % values
