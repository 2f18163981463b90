"""What the weekly digest says of a store's journeys."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from experiments import formatting
from experiments.models import Store
from experiments.notifications.email import EmailSection
from journeys.life.spans import JourneySpan, SpanFigures, journey_spans, total
from journeys.models import JourneyStatus

WEEK = timedelta(days=7)


def journeys_section(store: Store, now: datetime) -> EmailSection | None:
    """Write what the store's journeys came to in seven days; None where none is on and nothing was due."""
    spans = journey_spans(store, now - WEEK, now)
    if not spans:
        return None
    facts = []
    for span in spans:
        facts.append((span.journey.name, sentence_of(span)))
    return EmailSection(
        title=_("Journeys in the last 7 days"),
        paragraphs=[summary(total(spans))],
        facts=facts,
        report_url=f"{settings.CONSOLE_URL}{reverse('dashboard:journeys')}?store={store.slug}",
        link_text=_("Open journeys"),
    )


def summary(figures: SpanFigures) -> str:
    """Say how many messages were due, sent, and what people did with them."""
    words = counted(figures)
    text = _("%(due)s due: %(sent)s sent, %(control)s without a message to compare with. %(opted_out)s opted out.")
    return text % words


def sentence_of(span: JourneySpan) -> str:
    """Say what became of one journey's messages; that it is paused, where it is."""
    if span.journey.status == JourneyStatus.PAUSED:
        return _("Paused. %(reason)s") % {"reason": span.journey.paused_reason}
    return _("%(due)s due, %(sent)s sent, %(clicked)s clicked") % counted(span.figures)


def counted(figures: SpanFigures) -> dict[str, str]:
    """Return the figures as text, by name."""
    return {name: formatting.count(number) for name, number in figures._asdict().items()}
